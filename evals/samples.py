"""Datasets: where they are, whether they are what was pinned, and which samples are taken.

A dataset is a JSONL file of records with `id`, `rationale` and `source`. A maintainer's own folder
takes the place of ours file by file; its records need only what the task asks for.
"""

import hashlib
import json
import random
import tomllib
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from chatbot.errors import LamplightError
from evals.rates import DATASETS, Record

PINS = DATASETS / "pins.toml"
DEFAULTS: Record = {
    "labels": [],
    "register": "plain",
    "language": "en",
    "kind": "",
    "rationale": "",
    "source": "own",
}
"""What a record of a maintainer's own may leave out."""
LENGTHS = (("short", 8), ("medium", 60), ("long", 199))


class DatasetError(LamplightError):
    """A dataset is not there, or a line of it is broken."""


@dataclass(frozen=True)
class Plan:
    """Which samples of a task are asked: all, `limit` of them, or the quick subset.

    `datasets` is a maintainer's own folder.
    """

    limit: int | None = None
    seed: int = 0
    quick: bool = False
    datasets: Path | None = None

    @classmethod
    def of(cls, limit: int, seed: int, quick: bool, datasets: str) -> "Plan":
        """From the arguments of an Inspect task, which are plain values: 0 and "" are none."""
        return cls(limit or None, seed, quick, Path(datasets) if datasets else None)

    def most(self, quick: int) -> int | None:
        """How many samples at most; `quick` is the size of the task's quick subset."""
        sizes = [n for n in (self.limit, quick if self.quick else None) if n is not None]
        return min(sizes, default=None)


def find(name: str, plan: Plan) -> Path:
    """The file of a dataset: the maintainer's own where there is one."""
    own = plan.datasets / name if plan.datasets else None
    return own if own and own.is_file() else DATASETS / name


def read_records(name: str, plan: Plan, needs: Sequence[str] = ("id",)) -> list[Record]:
    """The records of a dataset, in order, with what they may leave out filled in.

    Raises
    ------
    DatasetError : no such file, a line that is no record, a field missing, an id used twice.
    """
    file = find(name, plan)
    try:
        lines = file.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        raise DatasetError(f"{file}: cannot be read.") from None
    records, seen = [], set[str]()
    for n, line in enumerate(lines, 1):
        if line.strip():
            records.append(_record(line, f"{file}:{n}", needs, seen))
    return records


def _record(line: str, where: str, needs: Sequence[str], seen: set[str]) -> Record:
    try:
        record = json.loads(line)
    except ValueError:
        raise DatasetError(f"{where}: not JSON.") from None
    if not isinstance(record, dict) or any(key not in record for key in needs):
        raise DatasetError(f"{where}: a record needs {', '.join(needs)}.")
    id = str(record["id"])
    if id in seen:
        raise DatasetError(f"{where}: id {id!r} is used twice.")
    seen.add(id)
    filled = {**DEFAULTS, **record, "id": id}
    if "text" in filled:
        filled.setdefault("length", length_of(str(filled["text"])))
    return filled


def length_of(text: str) -> str:
    """The name of a message's length, for records that do not say.

    >>> length_of("i am tired")
    'short'
    """
    words = len(text.split())
    return next((name for name, most in LENGTHS if words <= most), "very_long")


def chosen(
    records: Sequence[Record], plan: Plan, quick: int, stratum: Callable[[Record], str]
) -> list[Record]:
    """The samples that a plan asks for: seeded, each stratum in its share and at least once.

    Parameters
    ----------
    quick : the size of the task's quick subset.
    stratum : what must stay in proportion, such as risk and language.
    """
    most = plan.most(quick)
    if most is None or most >= len(records):
        return list(records)
    strata: dict[str, list[int]] = defaultdict(list)
    for n, record in enumerate(records):
        strata[stratum(record)].append(n)
    ranked = []
    for name, members in sorted(strata.items()):
        random.Random(f"{plan.seed} {name}").shuffle(members)  # noqa: S311  no secret
        ranked += [(place / len(members), name, n) for place, n in enumerate(members)]
    return [records[n] for n in sorted(n for _, _, n in sorted(ranked)[:most])]


def sha256(file: Path) -> str:
    """A file's hash, as it is pinned."""
    return hashlib.sha256(file.read_bytes()).hexdigest()


def pins() -> dict[str, str]:
    """Dataset → the hash that it is pinned to."""
    read = tomllib.loads(PINS.read_text("utf-8"))
    return {str(name): str(value) for name, value in read["sha256"].items()}


def write_pins(hashes: dict[str, str]) -> None:
    """Pin datasets to what they hold now."""
    lines = [f'"{name}" = "{value}"' for name, value in sorted(hashes.items())]
    head = "# What each dataset holds, by hash. A changed dataset without a changed pin fails."
    PINS.write_text("\n".join([head, "[sha256]", *lines]) + "\n", "utf-8")


def strayed() -> list[str]:
    """Datasets whose bytes are not what was pinned, and files that are not pinned at all."""
    pinned = pins()
    files = {f.name: f for f in sorted(DATASETS.glob("*.jsonl"))}
    changed = [name for name, f in files.items() if pinned.get(name) != sha256(f)]
    return changed + [name for name in pinned if name not in files]
