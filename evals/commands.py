"""`lamplight evals run|report|gate|add`: the arguments; what they do is imported when needed."""

import argparse
import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chatbot.errors import LamplightError
from chatbot.settings import Settings

if TYPE_CHECKING:
    from evals.record import Run

RISKS = ("none", "elevated", "crisis")
ADDED = (
    "text", "risk", "labels", "request", "reason", "topic", "register", "language", "rationale",
    "source",
)  # fmt: skip
"""What a sample may be given on the command line; which of it a dataset needs, it says."""
Action = Callable[[argparse.Namespace, Settings], int]


class ExtraMissing(LamplightError):
    """The evals need packages that the chatbot does not."""


def add_parsers(commands: Any) -> None:
    """Add `evals` and its actions to the `lamplight` command's sub-parsers."""
    evals = commands.add_parser("evals", help="judge the chatbot: run, report, gate, add")
    actions = evals.add_subparsers(required=True, metavar="ACTION")
    _add_run(actions.add_parser("run", help="run tasks, all of them by default"))
    _add_report(actions.add_parser("report", help="write a run's report: HTML, JSON, JUnit, text"))
    _add_gate(actions.add_parser("gate", help="fail where a figure fell too low, or fell by more"))
    _add_add(actions.add_parser("add", help="add a sample to a dataset, with checks"))


def _add_run(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("tasks", nargs="*", metavar="TASK", help="such as crisis; default: all")
    parser.add_argument("--quick", action="store_true", help="a seeded subset, under a minute")
    parser.add_argument("--limit", type=_positive, metavar="N", help="at most N samples a task")
    parser.add_argument("--seed", type=int, default=0, help="of subsets and canaries (default 0)")
    judged = parser.add_mutually_exclusive_group()
    judged.add_argument("--against", metavar="URL", help="judge a running Lamplight")
    judged.add_argument(
        "--system",
        default="lamplight",
        help="keyword-guard, no-guard, retrieval-off, or model:NAME (LangChain's name)",
    )
    parser.add_argument(
        "--datasets", type=Path, metavar="FOLDER", help="datasets that take the place of ours"
    )
    parser.add_argument("--workers", type=_positive, default=2, help="processes (default 2)")
    parser.add_argument("--results", type=Path, metavar="FOLDER", help="default evals/results")
    parser.set_defaults(run=_with_extra(_run))


def _add_report(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--run", dest="run_file", type=Path, metavar="FILE", help="default: newest")
    parser.add_argument("--out", type=Path, metavar="FOLDER", help="default: beside the run")
    parser.add_argument("--baseline", type=Path, metavar="FILE", help="default evals/baseline.json")
    parser.add_argument(
        "--keep", action="store_true", help="make this run the baseline, without texts"
    )
    parser.set_defaults(run=_with_extra(_report))


def _add_gate(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--run", dest="run_file", type=Path, metavar="FILE", help="default: newest")
    parser.add_argument("--baseline", type=Path, metavar="FILE", help="default evals/baseline.json")
    parser.add_argument("--gates", type=Path, metavar="FILE", help="default evals/gates.toml")
    parser.set_defaults(run=_with_extra(_gate))


def _add_add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "dataset", metavar="DATASET", help="crisis_test, languages_test or requests_test"
    )
    parser.add_argument("--text")
    parser.add_argument("--risk", choices=RISKS)
    parser.add_argument("--labels", help="separated by commas; a crisis: explicit or oblique")
    parser.add_argument("--request", choices=("allowed", "refused"), help="of requests_test")
    parser.add_argument("--reason", help="why refused, or which refusal it stands near")
    parser.add_argument("--topic", help="of requests_test: what is asked about")
    parser.add_argument("--register", help="how it is written (default plain)")
    parser.add_argument("--language", help="ISO 639-1, such as es (default en)")
    parser.add_argument("--rationale", help="why it is what you say it is")
    parser.add_argument("--source", help="who wrote it, such as `clinician, invented`")
    parser.add_argument("--datasets", type=Path, metavar="FOLDER", help="default evals/datasets")
    parser.set_defaults(run=_with_extra(_add))


def _with_extra(action: Action) -> Action:
    """An action that says how to install what it needs, where that is missing."""

    def run(arguments: argparse.Namespace, settings: Settings) -> int:
        try:
            return action(arguments, settings)
        except ModuleNotFoundError as error:
            if (error.name or "").partition(".")[0] in ("chatbot", "evals", ""):
                raise  # ours: no package would mend that
            raise ExtraMissing(
                f"The evals need {error.name}, which is not installed: pip install -e '.[evals]'"
            ) from None

    return run


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError("a number from 1")
    return int(text)


def _run(arguments: argparse.Namespace, settings: Settings) -> int:
    from evals.record import RESULTS
    from evals.run import TASKS, Options, run
    from evals.samples import Plan
    from evals.summary import table

    options = Options(
        tasks=tuple(dict.fromkeys(arguments.tasks)) or TASKS,
        system=arguments.against or arguments.system,
        plan=Plan(arguments.limit, arguments.seed, arguments.quick, arguments.datasets),
        workers=arguments.workers,
        results=arguments.results or RESULTS,
        command=_command(arguments),
    )
    found, folder = run(options, settings)
    print(table(found))
    print(f"\n{found.seconds:.0f} s. {folder}/run.json; logs: inspect view --log-dir {folder}/logs")
    return 1 if any(task.errors for task in found.tasks) else 0


def _command(arguments: argparse.Namespace) -> str:
    """The command as it can be typed again, without paths of this machine."""
    said = ["lamplight", "evals", "run", *arguments.tasks]
    said += ["--quick"] if arguments.quick else []
    said += ["--limit", str(arguments.limit)] if arguments.limit else []
    said += ["--seed", str(arguments.seed)] if arguments.seed else []
    said += ["--against", arguments.against] if arguments.against else []
    said += ["--system", arguments.system] if arguments.system != "lamplight" else []
    said += ["--datasets", arguments.datasets.name] if arguments.datasets else []
    return shlex.join(said)


def _report(arguments: argparse.Namespace, settings: Settings) -> int:
    from evals.record import BASELINE, for_keeping, latest, read_run, write_run
    from evals.report import write_report

    file = arguments.run_file or latest()
    found = read_run(file)
    if arguments.keep:
        write_run(for_keeping(found), arguments.baseline or BASELINE)
        print(f"{arguments.baseline or BASELINE} is now the run of {found.date}.")
        return 0
    baseline = _baseline(arguments)
    for written in write_report(found, baseline, arguments.out or file.parent):
        print(written)
    return 0


def _gate(arguments: argparse.Namespace, settings: Settings) -> int:
    from evals.bounds import GATES, read_gates, unlogged
    from evals.gate import notes, verdicts
    from evals.record import latest, read_run

    gates = read_gates(arguments.gates or GATES)
    found, baseline = read_run(arguments.run_file or latest()), _baseline(arguments)
    judged = verdicts(found, baseline, gates)
    failed = [v for v in judged if not v.passed]
    for note in notes(found, baseline, gates):
        print(note, file=sys.stderr)
    for verdict in failed:
        print(f"{verdict.task}.{verdict.figure}: {verdict.said}", file=sys.stderr)
    complaint = unlogged(gates)
    if complaint:
        print(complaint, file=sys.stderr)
    if not failed and not complaint:
        held = sum(v.rule == "bound" for v in judged)
        print(f"The gate is open: {held} of {len(gates.bounds)} bounds held, run of {found.date}.")
    return 1 if failed or complaint else 0


def _baseline(arguments: argparse.Namespace) -> "Run | None":
    from evals.record import BASELINE, read_run

    file = arguments.baseline or BASELINE
    if arguments.baseline is None and not file.is_file():
        print(
            "No baseline is kept yet: `lamplight evals report --keep` keeps one.", file=sys.stderr
        )
        return None
    return read_run(file)


def _add(arguments: argparse.Namespace, settings: Settings) -> int:
    from evals.add import add, ask_for

    given = {name: getattr(arguments, name) for name in ADDED}
    record = ask_for(given, arguments.dataset)
    id, digest = add(arguments.dataset, record, arguments.datasets)
    print(f"{id}\nsha256 {digest}")
    return 0
