"""Whether the evals can fail: broken builds go through the evals, and each must be caught.

    python -m evals.mutants                 all of them
    python -m evals.mutants latch_off       one

A mutant is caught when the gate holds the figure that is named for it against its run: by its
bound, which the sound build passes, or by a drop against the sound build on the same samples. An
error is no catch, and neither is a figure that went missing: what fell over was not judged.
"""

import argparse
import dataclasses
import logging
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from chatbot.settings import Settings
from evals import broken
from evals.bounds import Gates, read_gates
from evals.gate import Verdict, verdicts
from evals.record import Figure, Run
from evals.run import Options, run
from evals.samples import Plan
from evals.systems import System, provide

BY_FIGURE = ("bound", "drop")


@dataclass(frozen=True)
class Mutant:
    """A broken build, and the figure that must tell; `whole` asks every sample of its task."""

    build: Callable[[], AbstractContextManager[System]]
    task: str
    figure: str
    whole: bool = False

    @property
    def name(self) -> str:
        return self.build.__name__


MUTANTS = (
    Mutant(broken.guard_off, "crisis", "oblique_noticed"),
    Mutant(broken.floor_off, "crisis", "language_stopped"),
    Mutant(broken.threshold_moved, "crisis", "oblique_noticed"),
    Mutant(broken.latch_off, "conversation", "latched"),
    Mutant(broken.refusals_off, "refusal", "refused"),
    Mutant(broken.words_off, "retrieval", "in_first_five", whole=True),
    Mutant(broken.follow_ups_off, "retrieval", "follow_up_relevant", whole=True),
    Mutant(broken.answers_everything, "abstention", "kept_silent", whole=True),
    Mutant(broken.verification_off, "grounding", "verbatim"),
    Mutant(broken.withdrawn_served, "grounding", "withdrawn_cited"),
    Mutant(broken.hallucinating_model, "grounding", "supported"),
    Mutant(broken.leaking_logger, "privacy", "leaked"),
)


@dataclass(frozen=True)
class Outcome:
    """What came of one mutant: the figure in the sound and the broken build, and who caught it."""

    mutant: Mutant
    sound: Figure | None
    broken: Figure | None
    caught_by: tuple[Verdict, ...]


def judge(mutant: Mutant, sound: Run, run_broken: Run, gates: Gates) -> Outcome:
    """Whether the gate catches a broken run by the named figure, and the sound build passes."""

    def failed(found: Run, baseline: Run | None) -> list[Verdict]:
        return [
            v
            for v in verdicts(found, baseline, gates)
            if not v.passed
            and v.rule in BY_FIGURE
            and (v.task, v.figure) == (mutant.task, mutant.figure)
        ]

    already = {v.rule for v in failed(sound, None)}
    return Outcome(
        mutant=mutant,
        sound=_figure(sound, mutant),
        broken=_figure(run_broken, mutant),
        caught_by=tuple(v for v in failed(run_broken, sound) if v.rule not in already),
    )


def _figure(found: Run, mutant: Mutant) -> Figure | None:
    task = found.task(mutant.task)
    return task.figure(mutant.figure) if task else None


def row(outcome: Outcome) -> str:
    """One line of the table."""
    mutant = outcome.mutant
    by = ", ".join(v.rule for v in outcome.caught_by) or "NOT CAUGHT"
    return (
        f"{mutant.name:<20} {mutant.task + '.' + mutant.figure:<28} "
        f"{_told(outcome.sound):>16} → {_told(outcome.broken):<16} {by}"
    )


def _told(figure: Figure | None) -> str:
    if figure is None or figure.rate is None:
        return "nothing"
    return f"{figure.rate:.1%} ({figure.hits}/{figure.n})"


def _asked(system: str, tasks: Sequence[str], plan: Plan, folder: Path, settings: Settings) -> Run:
    command = "python -m evals.mutants"
    options = Options(tuple(tasks), system, plan, workers=1, results=folder, command=command)
    return run(options, settings, progress=False)[0]


def hunt(mutants: Sequence[Mutant], plan: Plan, gates: Gates, settings: Settings) -> list[Outcome]:
    """Run the sound build, then each broken one on the same samples; prints a line for each."""
    outcomes, sound = [], dict[Plan, Run]()
    with tempfile.TemporaryDirectory(prefix="lamplight-mutants-") as name:
        folder = Path(name)
        for whole in sorted({m.whole for m in mutants}):
            tasks = dict.fromkeys(m.task for m in mutants if m.whole == whole)
            asked = _plan(plan, whole)
            sound[asked] = _asked("lamplight", tuple(tasks), asked, folder, settings)
        for mutant in mutants:
            asked = _plan(plan, mutant.whole)
            with mutant.build() as system:
                provide(mutant.name, system)
                found = _asked(mutant.name, (mutant.task,), asked, folder, settings)
            outcomes.append(judge(mutant, sound[asked], found, gates))
            print(row(outcomes[-1]), flush=True)
    return outcomes


def _plan(plan: Plan, whole: bool) -> Plan:
    return dataclasses.replace(plan, quick=False) if whole else plan


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit status 1 unless each mutant asked for is caught."""
    names = [m.name for m in MUTANTS]
    parser = argparse.ArgumentParser(prog="python -m evals.mutants", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(names)}")
    parser.add_argument("--seed", type=int, default=0, help="of the quick subset (default 0)")
    given = parser.parse_args(arguments)
    unknown = sorted(set(given.names) - set(names))
    if unknown:
        parser.error(f"no mutant {', '.join(unknown)}; there are {', '.join(names)}")
    _only_warnings()
    begun = time.monotonic()
    chosen = [m for m in MUTANTS if m.name in (given.names or names)]
    print(f"{'mutant':<20} {'figure':<28} {'sound':>16} → {'broken':<16} caught by", flush=True)
    outcomes = hunt(chosen, Plan(seed=given.seed, quick=True), read_gates(), Settings.load())
    missed = [o.mutant.name for o in outcomes if not o.caught_by]
    caught = len(outcomes) - len(missed)
    print(f"{caught} of {len(outcomes)} caught, {time.monotonic() - begun:.0f} s.")
    if missed:
        print(
            f"Not caught: {', '.join(missed)}. Either the task cannot see the break, or its bound "
            "is too loose: mend the task, its dataset or evals/gates.toml.",
            file=sys.stderr,
        )
    return 1 if missed else 0


def _only_warnings() -> None:
    """Keep debugging lines off the table: the privacy task listens to loggers at every level."""
    handler = logging.StreamHandler()
    handler.setLevel(logging.WARNING)
    logging.basicConfig(handlers=[handler])


if __name__ == "__main__":
    sys.exit(main())
