"""Systems that read documents of an eval's own: withdrawn ones, and ones that try to give orders.

Each is opened once, over a copy of the index, in a temporary folder that goes with the process.
"""

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from evals.systems import System, open_system, the_settings

_folders: list[tempfile.TemporaryDirectory[str]] = []
_opened: dict[tuple[str, str], tuple[System, System]] = {}


def with_own(name: str, purpose: str, write: Callable[[Path], None]) -> System:
    """A system with documents beside the corpus; `write` puts them into the folder it is given.

    Parameters
    ----------
    purpose : names what is written, so that it is written and indexed once.

    Raises
    ------
    Unsupported : the system's corpus is out of reach.
    """
    opened = open_system(name)
    kept = _opened.get((name, purpose))
    if kept is None or kept[0] is not opened:  # another system took the name
        kept = (opened, _open(opened, write))
        _opened[name, purpose] = kept
    return kept[1]


def _open(system: System, write: Callable[[Path], None]) -> System:
    temporary = tempfile.TemporaryDirectory(prefix="lamplight-evals-")
    _folders.append(temporary)
    folder, index = Path(temporary.name) / "own", Path(temporary.name) / "index"
    (folder / "documents").mkdir(parents=True)
    write(folder / "documents")
    built = the_settings().index.folder
    if built.is_dir():  # vectors of text that was read before are reused
        shutil.copytree(built, index, ignore_dangling_symlinks=True)
    return system.with_documents(folder, index)
