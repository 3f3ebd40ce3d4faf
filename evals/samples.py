"""Datasets: where they are, whether they are what was pinned, and which samples are taken.

A dataset is a JSONL file of records with `id`, `rationale` and `source`. A maintainer's own folder
takes the place of ours file by file; its records need only what the task asks for.
"""

import hashlib
import json
import tomllib
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from chatbot.errors import LamplightError
from chatbot.schema import RISKS
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
CHOICES: dict[str, tuple[str, ...]] = {"risk": RISKS, "request": ("allowed", "refused")}
"""Fields that decide how a record is judged: another value would be taken for the wrong one."""
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
    """The file of a dataset: the maintainer's own where there is one. Raises DatasetError."""
    if plan.datasets and not plan.datasets.is_dir():
        raise DatasetError(f"{plan.datasets}: no such folder of datasets.")
    own = plan.datasets / name if plan.datasets else None
    return own if own and own.is_file() else DATASETS / name


def read_records(name: str, plan: Plan, needs: Sequence[str] = ("id",)) -> list[Record]:
    """The records of a dataset, in order, with what they may leave out filled in.

    Raises
    ------
    DatasetError : no such file, nothing in it, a line that is no record, a field that is missing or
        has a value that nothing judges, an id used twice.
    """
    file = find(name, plan)
    records, seen = [], set[str]()
    for n, line in enumerate(read_lines(file), 1):
        if line.strip():
            records.append(_record(line, f"{file}:{n}", needs, seen))
    if not records:
        raise DatasetError(f"{file}: no records.")
    return records


def read_lines(file: Path) -> list[str]:
    """The lines of a JSONL file, ended by newlines only: a message may hold other line ends."""
    try:
        return file.read_text("utf-8-sig").rstrip("\n").split("\n")
    except (OSError, UnicodeDecodeError):
        raise DatasetError(f"{file}: cannot be read.") from None


def _record(line: str, where: str, needs: Sequence[str], seen: set[str]) -> Record:
    try:
        record = json.loads(line)
    except ValueError:
        raise DatasetError(f"{where}: not JSON.") from None
    if not isinstance(record, dict) or any(record.get(key) in (None, "", []) for key in needs):
        raise DatasetError(f"{where}: a record needs {', '.join(needs)}.")
    for key, allowed in CHOICES.items():
        if key in needs and record[key] not in allowed:
            raise DatasetError(f"{where}: {key} is one of {', '.join(allowed)}.")
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

    Which are taken hangs on their ids alone: neither the order of a file nor a sample that was
    added to it changes the place of another.

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
    for name, members in strata.items():
        members.sort(key=lambda n: _drawn(records[n], plan.seed))
        ranked += [(place / len(members), name, n) for place, n in enumerate(members)]
    return [records[n] for n in sorted(n for _, _, n in sorted(ranked)[:most])]


def _drawn(record: Record, seed: int) -> str:
    """A lot for a record, the same wherever it stands."""
    return hashlib.sha256(f"{seed} {record['id']}".encode()).hexdigest()


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


def pin(*names: str) -> None:
    """Pin some datasets, or all of them, to what they hold now."""
    held = pins() if names else {}
    files = [DATASETS / name for name in names] or sorted(DATASETS.glob("*.jsonl"))
    write_pins(held | {file.name: sha256(file) for file in files})


def strayed() -> list[str]:
    """Datasets whose bytes are not what was pinned, and files that are not pinned at all."""
    pinned = pins()
    files = {f.name: f for f in sorted(DATASETS.glob("*.jsonl"))}
    changed = [name for name, f in files.items() if pinned.get(name) != sha256(f)]
    return changed + [name for name in pinned if name not in files]
