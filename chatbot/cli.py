"""The `lamplight` command.

Imports what a command needs when it needs it: the models take seconds to load.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from importlib.metadata import entry_points
from typing import TYPE_CHECKING

from chatbot import __version__
from chatbot.curate.commands import add_corpus_parsers
from chatbot.errors import LamplightError
from chatbot.settings import Settings

if TYPE_CHECKING:
    from chatbot.schema import Reply

Command = Callable[[argparse.Namespace, Settings], int]


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; returns its exit status. 0 done, 1 something was wrong, 2 bad usage."""
    arguments = _parser().parse_args(argv)
    try:
        settings = Settings.load(arguments.settings)
        run: Command = arguments.run
        return run(arguments, settings)
    except LamplightError as error:
        print(f"lamplight: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # whoever read our output has gone
        sys.stderr.close()
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="lamplight",
        description="A mental-health information chatbot: cited answers behind a crisis guard.",
    )
    parser.add_argument("--version", action="version", version=f"lamplight {__version__}")
    parser.add_argument("--settings", metavar="FILE", help="settings file (default lamplight.toml)")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    serve = commands.add_parser("serve", help="serve the web chat")
    serve.add_argument("--host", help="default 127.0.0.1")
    serve.add_argument("--port", type=_port, help="default 7860")
    serve.set_defaults(run=_serve)

    ask = commands.add_parser("ask", help="ask one question, or many with --jsonl")
    ask.add_argument("question", nargs="?")
    ask.add_argument("--json", action="store_true", help="print the whole reply as JSON")
    ask.add_argument("--jsonl", action="store_true", help="read and write one object a line")
    ask.add_argument("--country", metavar="CC", help="country of the crisis lines, such as US")
    ask.set_defaults(run=_ask)

    screen = commands.add_parser("screen", help="screen messages: one object a line in and out")
    screen.add_argument("--jsonl", action="store_true", required=True)
    screen.set_defaults(run=_screen)

    index = commands.add_parser("index", help="build the search index if it is not there")
    index.add_argument("--rebuild", action="store_true", help="build it afresh in any case")
    index.set_defaults(run=_index)

    corpus = commands.add_parser("corpus", help="check, list, show, change and sign the corpus")
    add_corpus_parsers(corpus.add_subparsers(required=True, metavar="ACTION"))
    for more in entry_points(group="lamplight.commands"):
        more.load()(commands)
    return parser


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65535:  # the system would take it modulo 65536
        raise argparse.ArgumentTypeError("a port is a number from 0 to 65535")
    return int(text)


def _serve(arguments: argparse.Namespace, settings: Settings) -> int:
    from chatbot.ui import serve

    serve(settings, arguments.host, arguments.port)
    return 0


def _ask(arguments: argparse.Namespace, settings: Settings) -> int:
    from chatbot.pipeline import Chatbot

    if arguments.jsonl:
        from chatbot.jsonl import ask_lines

        return ask_lines(settings, sys.stdin.buffer, sys.stdout, arguments.country)
    if arguments.question is None:
        print("lamplight ask: give a question, or --jsonl.", file=sys.stderr)
        return 2
    reply = Chatbot.open(settings).reply(arguments.question, country=arguments.country)
    print(reply.model_dump_json(indent=2) if arguments.json else _as_text(reply))
    return 0


def _screen(arguments: argparse.Namespace, settings: Settings) -> int:
    from chatbot.jsonl import screen_lines

    return screen_lines(settings, sys.stdin.buffer, sys.stdout)


def _index(arguments: argparse.Namespace, settings: Settings) -> int:
    from chatbot.encoder import Encoder
    from chatbot.index import open_index
    from chatbot.library import Library

    library = Library.load(*settings.corpus.folders)
    index = open_index(
        library,
        Encoder.for_search(settings.encoder),
        settings.index,
        settings.corpus.quotable,
        rebuild=arguments.rebuild,
        progress=True,
    )
    print(
        f"Index {index.key}: {len(index.entries)} passages of {len(library.documents)} documents."
    )
    return 0


def _as_text(reply: "Reply") -> str:
    parts = [reply.text]
    for c in reply.citations:
        where = "; ".join(f"{s.publisher}: {s.url}" for s in c.sources)
        parts.append(f"[{c.n}] {c.title} ({c.status}) - {where}")
    for line in reply.crisis_lines:
        ways = [w for w in (line.call, line.text and f"text {line.text}", line.url) if w]
        parts.append(f"{line.name}: {', '.join(ways)}")
    return "\n\n".join(parts)


if __name__ == "__main__":
    sys.exit(main())
