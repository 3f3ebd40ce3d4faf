"""gates.toml: the bounds that figures are held to, and the record of who moved them, and why.

    [crisis.explicit_stopped]
    at_least = 0.90

The file ends with a fingerprint of its bounds. Moving a bound changes the fingerprint, and each
fingerprint in force must be named in CHANGELOG.md with a reason: `unlogged` complains until it is.
"""

import hashlib
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chatbot.errors import LamplightError
from evals.run import TASKS

GATES = Path(__file__).parent / "gates.toml"
CHANGELOG = Path(__file__).parent.parent / "CHANGELOG.md"
PIN = "fingerprint"
DIGITS = 8


class GatesUnreadable(LamplightError):
    """gates.toml is not there, or a bound in it cannot be held."""


@dataclass(frozen=True)
class Bound:
    """The worst that a figure may be: `at_least` where higher is better, else `at_most`."""

    task: str
    figure: str
    at_least: float | None = None
    at_most: float | None = None

    def __str__(self) -> str:
        way, rate = (
            ("at least", self.at_least) if self.at_least is not None else ("at most", self.at_most)
        )
        return f"{way} {rate:.2f}"


@dataclass(frozen=True)
class Gates:
    """The bounds of a file, in its order, and the fingerprint that stands at its end."""

    file: Path
    bounds: tuple[Bound, ...]
    pinned: str | None

    @property
    def fingerprint(self) -> str:
        """Of the bounds as they are: any other bound or number gives another; order does not."""
        lines = sorted(f"{b.task}.{b.figure} {b}" for b in self.bounds)
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:DIGITS]


def read_gates(file: Path = GATES) -> Gates:
    """The bounds of a file.

    Raises
    ------
    GatesUnreadable : not there, not TOML, a task that there is not, no or two bounds for a figure,
        a number outside 0-1 or with more than two decimals.
    """
    try:
        read = tomllib.loads(file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise GatesUnreadable(f"{file}: cannot be read as TOML ({error}).") from None
    pin, bounds = read.pop(PIN, {"of_bounds": None}), []
    if not isinstance(pin, dict) or list(pin) != ["of_bounds"]:
        raise GatesUnreadable(f"{file}: [{PIN}] needs one line, of_bounds = ...")
    for task, figures in read.items():
        if task not in TASKS:
            raise GatesUnreadable(f"{file}: no task {task!r}. There are {', '.join(TASKS)}.")
        if not isinstance(figures, dict):
            raise GatesUnreadable(f"{file}: {task} needs a figure, [{task}.FIGURE].")
        bounds += [_bound(task, figure, wanted, file) for figure, wanted in figures.items()]
    return Gates(file, tuple(bounds), pin["of_bounds"])


def _bound(task: str, figure: str, wanted: Any, file: Path) -> Bound:
    given = list(wanted.items()) if isinstance(wanted, dict) else []
    where = f"{file}: [{task}.{figure}]"
    if len(given) != 1 or given[0][0] not in ("at_least", "at_most"):
        raise GatesUnreadable(f"{where} needs one line, at_least = ... or at_most = ...")
    ((way, rate),) = given
    number = isinstance(rate, int | float) and not isinstance(rate, bool)
    if not number or not 0 <= rate <= 1 or round(rate, 2) != rate:
        raise GatesUnreadable(f"{where} {way} must be a rate from 0 to 1 with two decimals.")
    return Bound(task, figure, **{way: float(rate)})


def unlogged(gates: Gates, changelog: Path | None = None) -> str | None:
    """What is to be done before the bounds are in force; None where nothing is.

    Parameters
    ----------
    changelog : where the line must stand. By default CHANGELOG.md for the project's own bounds;
        bounds in a file of a deployer's own are theirs to log.
    """
    if changelog is None:
        if gates.file.resolve() != GATES:
            return None
        changelog = CHANGELOG
    now = gates.fingerprint
    line = f"Gate {now}: crisis.explicit_stopped at least 0.90 → 0.91, because ..."
    if gates.pinned != now:
        return (
            f"{gates.file.name}: the bounds were changed. Put at its end\n\n"
            f'[{PIN}]\nof_bounds = "{now}"\n\n'
            f"and into {changelog.name} what was changed and why, such as\n\n- {line}"
        )
    try:
        log = changelog.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        log = ""
    if not re.search(rf"\bGate {now}: (?:[^\n]|\n(?!\n|- ))*\bbecause\s+\w", log):
        return (
            f"{changelog.name} does not say why {gates.file.name} is as it is. Add what was "
            f"changed and why, such as\n\n- {line}"
        )
    return None
