"""The corpus as it stands on disk, read apart from the chatbot that is judged by it."""

from functools import lru_cache
from pathlib import Path

from chatbot.library import Library, stamp
from evals.systems import the_settings


def shelf() -> Library:
    """The corpus of the settings in use; read again only when a file of it has changed."""
    folders = the_settings().corpus.folders
    return _read(tuple(folders), stamp(*folders))


@lru_cache(maxsize=1)
def _read(folders: tuple[Path, ...], stamped: object) -> Library:
    return Library.load(*folders)
