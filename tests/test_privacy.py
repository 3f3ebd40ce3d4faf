"""Privacy: nothing a person writes leaves the machine, and nothing of it stays behind.

Whole chats run in processes of their own, with everything they may write under one folder. Run as
a program, this file is such a process: it watches first, and imports Lamplight after that.
"""

import json
import logging
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

CANARY = "My heron Quillobert wept under the Zarnivole tree"
WORDS = ("quillob", "zarniv")
"""Parts of the canary's rare words: a stemmer or a tokenizer may cut the ends off."""
SAID = (
    f"{CANARY}. What is a panic attack?",
    f"{CANARY}. How many mg of sertraline should I take?",
    f"{CANARY} and I want to die",
    f"{CANARY} " * 100,  # over the limit: an error
    f"{CANARY} \x00",  # not text: an error
)
HOSTILE = {
    "ANONYMIZED_TELEMETRY": "True",
    "CHROMA_OTEL_COLLECTION_ENDPOINT": "https://collector.example.org",
    "CHROMA_OTEL_GRANULARITY": "all",
    "GRADIO_ANALYTICS_ENABLED": "True",
    "GUARDRAILS_RUN_HUB_TELEMETRY": "true",
    "LANGCHAIN_TRACING_V2": "true",
    "LANGSMITH_API_KEY": "a-key",
    "LANGSMITH_TRACING": "true",
    "OTEL_EXPORTER_OTLP_ENDPOINT": "https://collector.example.org",
    "OTEL_SDK_DISABLED": "false",
}
PACKETS = Path("/proc/net/snmp"), Path("/proc/net/snmp6")


# --- the process that is watched ------------------------------------------------------------------


def watch(record: Path) -> None:
    """From here on: what tries to leave is refused and written down, and so is what is opened."""
    written = os.open(record, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        host = _asked_for(event, arguments)
        if host is not None and not host.startswith(("127.", "::1", "localhost")):
            os.write(written, f"left for {host}\n".encode())
            raise OSError(f"not allowed to reach {host}")
        if event == "open" and isinstance(arguments[0], str) and _to_write(arguments):
            os.write(written, f"wrote {arguments[0]}\n".encode())

    sys.addaudithook(hook)


def _asked_for(event: str, arguments: tuple[Any, ...]) -> str | None:
    """The host that an event asks for; None for events that ask for none."""
    if event in ("socket.getaddrinfo", "socket.gethostbyname"):
        return str(arguments[0] or "localhost")
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        asked, address = arguments[0], arguments[1]
        return None if asked.family == socket.AF_UNIX or not address else str(address[0])
    return None


def _to_write(arguments: tuple[Any, ...]) -> bool:
    mode, flags = arguments[1], arguments[2]
    if isinstance(mode, str):
        return any(letter in mode for letter in "wax+")
    return isinstance(flags, int) and bool(flags & (os.O_WRONLY | os.O_RDWR))


def chat(record: Path) -> None:
    """A program that traces itself, and then imports Lamplight and chats; prints what happened."""
    from opentelemetry import trace
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SimpleSpanProcessor
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

    spans = InMemorySpanExporter()
    provider = TracerProvider()  # made before Lamplight can say that it wants none
    provider.add_span_processor(SimpleSpanProcessor(spans))
    trace.set_tracer_provider(provider)
    logging.basicConfig(filename="everything.log", level=logging.DEBUG)
    watch(record)

    import chatbot

    print(
        json.dumps(
            {
                "in_force": {name: os.environ.get(name) for name in chatbot.SILENCED},
                "forced": chatbot.SILENCED,
                "kinds": _say_everything(),
                "guards": _use_guardrails(),
                "spans": [span.to_json() for span in spans.get_finished_spans()],
            }
        )
    )


def _say_everything() -> list[str]:
    from chatbot.errors import MessageError
    from chatbot.pipeline import Chatbot
    from chatbot.settings import Settings

    lamplight = Chatbot.open(Settings.load())
    kinds = []
    for text in SAID:
        try:
            kinds.append(str(lamplight.reply(text).kind))
        except MessageError as error:
            kinds.append(type(error).__name__)
    return kinds


def _use_guardrails() -> list[bool]:
    from guardrails import Guard

    from chatbot.guards import CrisisPhrases

    refused = []
    for text in (f"{CANARY}.", f"{CANARY} and I want to die"):
        try:
            Guard().use(CrisisPhrases(on_fail="exception")).validate(text)
            refused.append(False)
        except Exception as error:
            refused.append("crisis_phrases" in str(error))
    return refused


# --- what is done with it -------------------------------------------------------------------------


@dataclass(frozen=True)
class Seen:
    """What came of a process: its folder, its output, and where it tried to go."""

    folder: Path
    stdout: str
    stderr: str
    record: tuple[str, ...] = ()
    packets: int | None = None

    @property
    def left_for(self) -> list[str]:
        return [line for line in self.record if line.startswith("left for ")]

    @property
    def said(self) -> dict[str, Any]:
        """The last line printed, as JSON."""
        value: dict[str, Any] = json.loads(self.stdout.splitlines()[-1])
        return value


def holding(folder: Path, words: Sequence[str] = WORDS) -> list[str]:
    """The files under a folder that hold any of some words, in any case, as UTF-8 or UTF-16."""
    needles = [w.lower().encode(coding) for w in words for coding in ("utf-8", "utf-16-le")]
    found = []
    for file in sorted(folder.rglob("*")):
        content = str(file.relative_to(folder)).encode()
        if file.is_file():
            content += b"\0" + file.read_bytes()
        if any(needle in content.lower() for needle in needles):
            found.append(str(file))
    return found


def sandbox(folder: Path, index: Path, **more: str) -> dict[str, str]:
    """An environment in which everything that can be written is written under `folder`."""
    for name in ("home", "tmp", "work"):
        (folder / name).mkdir(parents=True)
    shutil.copytree(index, folder / "index")
    kept = ("PATH", "LANG", "LD_LIBRARY_PATH", "PYTHONPATH")
    xdg = ("CACHE_HOME", "CONFIG_HOME", "DATA_HOME", "STATE_HOME", "RUNTIME_DIR")
    return {
        **{name: os.environ[name] for name in kept if name in os.environ},
        **{f"XDG_{name}": str(folder / "home" / name.lower()) for name in xdg},
        "HOME": str(folder / "home"),
        "TMPDIR": str(folder / "tmp"),
        "LAMPLIGHT_INDEX__FOLDER": str(folder / "index"),
        "PYTHONDONTWRITEBYTECODE": "1",
        **more,
    }


def run(command: list[str], folder: Path, environment: dict[str, str], stdin: str = "") -> Seen:
    """Run a command in the sandbox, with no network at all where the system can take it away."""
    count = _counting()
    done = subprocess.run(
        [*count, *command],
        cwd=folder / "work",
        env=environment,
        input=stdin,
        capture_output=True,
        text=True,
        timeout=280,
    )
    out, _, counters = done.stdout.partition("\n#counters\n")
    record = folder / "record.txt"
    return Seen(
        folder,
        out,
        done.stderr,
        tuple(record.read_text().splitlines()) if record.is_file() else (),
        _unroutable(counters) if count else None,
    )


def _counting() -> list[str]:
    """A prefix that runs a command without a network and prints the kernel's counters after it.

    The kernel counts each packet that had nowhere to go, whoever sent it: also the parts of
    Lamplight's dependencies that are not Python, which no hook of Python sees.
    """
    unshare = shutil.which("unshare")
    alone = [unshare or "", "--map-root-user", "--net"]
    if not unshare or subprocess.run([*alone, "true"], capture_output=True).returncode:
        return []
    after = " ".join(f"cat {file};" for file in PACKETS)
    return [*alone, "sh", "-c", f'"$@"; printf "\\n#counters\\n"; {after}', "sh"]


def _unroutable(counters: str) -> int:
    lines = counters.splitlines()
    names, values = (line.split() for line in lines if line.startswith("Ip:"))
    six = next(line for line in lines if line.startswith("Ip6OutNoRoutes"))
    return int(values[names.index("OutNoRoutes")]) + int(six.split()[1])


@pytest.fixture(scope="module")
def index(lamplight: object, settings: Any) -> Path:
    """A whole index, to be copied: building one is not what is looked at here."""
    folder: Path = settings.index.folder
    return folder


@pytest.fixture(scope="module", params=["clean", "hostile"])
def chatted(
    request: pytest.FixtureRequest, index: Path, tmp_path_factory: pytest.TempPathFactory
) -> Seen:
    """A whole chat through the Python API, and two messages through a guardrails `Guard`."""
    folder = tmp_path_factory.mktemp(request.param)
    environment = sandbox(folder, index, **(HOSTILE if request.param == "hostile" else {}))
    record = folder / "record.txt"
    return run([sys.executable, __file__, str(record)], folder, environment)


def test_a_whole_chat_tries_to_reach_nobody(chatted: Seen) -> None:
    kinds = ["answer", "refusal", "crisis", "MessageTooLong", "NotText"]
    assert chatted.said["kinds"] == kinds, chatted.stderr
    assert chatted.left_for == []


def test_the_kernel_too_saw_nothing_that_wanted_to_leave(chatted: Seen) -> None:
    if chatted.packets is None:
        pytest.skip("No network namespaces here: only what Python sends was watched.")
    assert chatted.packets == 0


def test_a_program_that_traces_itself_gets_no_word_of_a_message(chatted: Seen) -> None:
    assert chatted.said["guards"] == [False, True]
    assert chatted.said["spans"] == []


def test_what_silences_dependencies_is_forced_and_not_a_default(chatted: Seen) -> None:
    assert chatted.said["in_force"] == chatted.said["forced"]
    assert chatted.said["forced"]["OTEL_SDK_DISABLED"] == "true"


def test_a_chat_leaves_no_word_in_any_file_even_when_everything_is_logged(chatted: Seen) -> None:
    assert (chatted.folder / "work" / "everything.log").stat().st_size > 0
    assert holding(chatted.folder) == []


def test_a_chat_prints_no_word_of_a_message(chatted: Seen) -> None:
    for word in WORDS:
        assert word not in (chatted.stdout + chatted.stderr).lower()


def test_a_chat_opens_no_file_to_write_outside_its_own_folders(chatted: Seen) -> None:
    written = [line.removeprefix("wrote ") for line in chatted.record if line.startswith("wrote ")]
    inside = (str(chatted.folder), "/dev/", "/proc/")
    outside = [name for name in written if name.startswith("/") and not name.startswith(inside)]
    assert outside == []


# --- the command line -----------------------------------------------------------------------------

LAMPLIGHT = [sys.executable, "-m", "chatbot.cli"]
LINES = "\n".join(
    [
        *(json.dumps({"id": n, "messages": [text]}) for n, text in enumerate(SAID)),
        json.dumps({"id": "two", "messages": [f"{CANARY} and I want to die", CANARY]}),
        json.dumps({"id": "wrong", "messages": {CANARY: CANARY}}),
        json.dumps({"id": "keys", "messages": [CANARY], CANARY: 1}),
        '{"id": "cut", "messages": ["' + CANARY,
    ]
)
COMMANDS = {
    "ask": ([*LAMPLIGHT, "ask", SAID[2]], ""),
    "ask --jsonl": ([*LAMPLIGHT, "ask", "--jsonl"], LINES),
    "screen --jsonl": ([*LAMPLIGHT, "screen", "--jsonl"], LINES),
}


@pytest.fixture(scope="module", params=COMMANDS)
def commanded(
    request: pytest.FixtureRequest, index: Path, tmp_path_factory: pytest.TempPathFactory
) -> Seen:
    """A command of `lamplight`, given the canary."""
    folder = tmp_path_factory.mktemp("command")
    command, stdin = COMMANDS[request.param]
    return run(command, folder, sandbox(folder, index), stdin)


def test_a_command_leaves_no_word_in_any_file(commanded: Seen) -> None:
    assert commanded.stdout
    assert holding(commanded.folder) == []


def test_a_command_prints_no_word_of_a_message(commanded: Seen) -> None:
    assert "Traceback" not in commanded.stderr
    for word in WORDS:
        assert word not in (commanded.stdout + commanded.stderr).lower()


# --- exceptions and logs --------------------------------------------------------------------------


class QuotingGuard:
    """Fails as careless code does: with the person's words in the exception."""

    guard = "quoting"

    def check(self, texts: Sequence[str]) -> list[Any]:
        try:
            raise KeyError(texts[0])
        except KeyError as error:
            raise ValueError(f"cannot read {texts[0]!r}") from error


def test_a_guard_whose_error_quotes_the_message_is_logged_by_its_type_alone(
    lamplight: Any, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    broken = type(lamplight)(settings, lamplight.encoder, lamplight._shelf, [QuotingGuard()])
    with caplog.at_level(logging.DEBUG):
        reply = broken.reply(f"{CANARY}. What is a panic attack?")
    assert reply.citations == ()
    assert "quoting failed: ValueError" in caplog.text
    logged = (
        caplog.text + "".join(f"{r.__dict__}" for r in caplog.records) + reply.model_dump_json()
    )
    for word in WORDS:
        assert word not in logged.lower()


def test_the_search_says_nothing_of_what_is_searched(
    lamplight: Any, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        for text in ("no", "?", f"{CANARY}. What is OCD?"):
            lamplight.reply(text)
    assert [r.getMessage() for r in caplog.records if r.name.startswith("bm25s")] == []


# --- these tests can fail -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "leak",
    [
        CANARY,
        CANARY.upper(),
        "quillobert",
        "stem: zarnivol",
        CANARY.encode("utf-16").decode("latin-1"),
    ],
)
def test_a_log_that_holds_a_message_would_be_found(tmp_path: Path, leak: str) -> None:
    handler = logging.FileHandler(tmp_path / "careless.log", encoding="latin-1")
    careless = logging.Logger("careless")
    careless.addHandler(handler)
    careless.info("a message came: %s", leak)
    handler.close()
    assert holding(tmp_path) == [str(tmp_path / "careless.log")]


def test_a_file_named_after_a_message_would_be_found(tmp_path: Path) -> None:
    (tmp_path / "my-heron-quillobert.txt").touch()
    assert len(holding(tmp_path)) == 1


CALLS_HOME = "import socket; socket.create_connection(('192.0.2.1', 443), timeout=1)"
ASKS_A_NAME = "import socket; socket.getaddrinfo('telemetry.example.org', 443)"


@pytest.mark.parametrize("careless", [CALLS_HOME, ASKS_A_NAME])
def test_a_program_that_calls_home_would_be_seen(tmp_path: Path, careless: str) -> None:
    (tmp_path / "work").mkdir()
    record = tmp_path / "record.txt"
    watched = f"import runpy, pathlib; watch = runpy.run_path({__file__!r})['watch']"
    program = f"{watched}; watch(pathlib.Path({str(record)!r})); {careless}"
    seen = run([sys.executable, "-c", program], tmp_path, dict(os.environ))
    assert len(seen.left_for) == 1


def test_a_program_that_is_not_python_would_be_seen_by_the_kernel(tmp_path: Path) -> None:
    (tmp_path / "work").mkdir()
    seen = run(["bash", "-c", "true > /dev/tcp/192.0.2.1/443"], tmp_path, dict(os.environ))
    if seen.packets is None:
        pytest.skip("No network namespaces here.")
    assert seen.packets == 1


GUARDRAILS_ALONE = f"""
import json
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
spans, provider = InMemorySpanExporter(), TracerProvider()
provider.add_span_processor(SimpleSpanProcessor(spans))
trace.set_tracer_provider(provider)
from guardrails import Guard
Guard().validate({CANARY!r})
print(json.dumps([span.to_json() for span in spans.get_finished_spans()]))
"""


def test_guardrails_left_to_itself_does_put_messages_into_traces(tmp_path: Path) -> None:
    """What `chatbot` switches off is real: the same program without it tells."""
    (tmp_path / "work").mkdir()
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}
    seen = run([sys.executable, "-c", GUARDRAILS_ALONE], tmp_path, environment)
    assert "quillobert" in seen.stdout.lower(), seen.stderr


if __name__ == "__main__":
    chat(Path(sys.argv[1]))
