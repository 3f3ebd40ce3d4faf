"""Every error that Lamplight raises on purpose.

    LamplightError
    ├── SettingsError            a setting is unknown, missing or wrong
    ├── MessageError             what was typed cannot be read as a message
    │   ├── EmptyMessage
    │   ├── MessageTooLong
    │   └── NotText
    ├── CorpusError              a file under corpus/ is broken; names the file and line
    │   ├── UnknownDocument
    │   └── UnreadableSource     a page or file that `corpus add` was given cannot be read
    ├── ModelError               an encoder cannot be loaded
    │   └── ChecksumMismatch     its weights are not the ones that were published
    ├── SearchIndexError              the search index cannot be built, opened or swapped
    └── GuardError               a guard could not give a verdict
        └── GuardTimeout

An error's text never holds a person's words: it may reach a log.
"""

from pathlib import Path


class LamplightError(Exception):
    """Base of the tree: catch this to catch everything Lamplight raises on purpose."""


class SettingsError(LamplightError):
    """A setting is unknown, missing or wrong."""


class MessageError(LamplightError):
    """What was typed cannot be read as a message. The text is fit to show to the person."""


class EmptyMessage(MessageError):
    """Nothing is left once white space and invisible characters are taken out."""


class MessageTooLong(MessageError):
    """The message is over the limit in `settings.limits.message_characters`."""


class NotText(MessageError):
    """The message holds bytes or control characters that no keyboard writes."""


class CorpusError(LamplightError):
    """A corpus file is broken.

    Parameters
    ----------
    problem : what is wrong and what to do, in one sentence.
    file : the file it is in, if there is one.
    line : 1-based line number, if there is one.
    """

    def __init__(self, problem: str, file: Path | str | None = None, line: int | None = None):
        self.problem, self.file, self.line = problem, file, line
        where = "" if file is None else f"{file}:{line}: " if line else f"{file}: "
        super().__init__(where + problem)


class UnknownDocument(CorpusError):
    """No document has the id that was asked for."""


class UnreadableSource(CorpusError):
    """A page or file that was to go into the corpus cannot be fetched, read or used."""


class ModelError(LamplightError):
    """An encoder or classifier cannot be loaded."""


class ChecksumMismatch(ModelError):
    """The weights on disk are not the ones that their authors published."""


class SearchIndexError(LamplightError):
    """The search index cannot be built, opened or swapped in."""


class GuardError(LamplightError):
    """A guard could not give a verdict. Never read as "no risk"."""


class GuardTimeout(GuardError):
    """A guard took longer than `settings.screen.timeout_s`."""
