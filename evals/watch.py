"""Watches what a stretch of code writes: files, logs, spans, output. For the privacy task."""

import contextlib
import io
import logging
import os
import sys
from pathlib import Path
from types import TracebackType
from typing import Any

_WRITING = os.O_WRONLY | os.O_RDWR
_watching: list["Watch"] = []
_hooked: list[bool] = []
_spans: list[Any] = []


class Watch:
    """Everything that is written while it stands open.

    >>> with Watch() as watch:
    ...     logging.getLogger("any").warning("Zarquil")
    >>> watch.holding("Zarquil")
    ['a log']
    """

    def __init__(self) -> None:
        self.files: set[str] = set()
        self._logs, self._output = io.StringIO(), io.StringIO()
        self._handler = logging.StreamHandler(self._logs)
        self._stack = contextlib.ExitStack()
        self._level = logging.NOTSET
        self._spans: list[str] = []

    def __enter__(self) -> "Watch":
        _hook()
        _exporter().clear()
        root = logging.getLogger()
        self._level = root.level
        root.setLevel(logging.DEBUG)
        for handler in root.handlers:  # ours sees every record; a terminal need not show it
            if type(handler) is logging.StreamHandler:
                self._stack.callback(handler.setLevel, handler.level)
                handler.setLevel(logging.CRITICAL)
        root.addHandler(self._handler)
        self._stack.enter_context(contextlib.redirect_stdout(self._output))
        self._stack.enter_context(contextlib.redirect_stderr(self._output))
        _watching.append(self)
        return self

    def __exit__(
        self,
        type: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        _watching.remove(self)
        self._stack.close()
        root = logging.getLogger()
        root.removeHandler(self._handler)
        root.setLevel(self._level)
        self._spans = [span.to_json() for span in _exporter().get_finished_spans()]

    def holding(self, word: str) -> list[str]:
        """Where a word was left, in any case; files as UTF-8 or UTF-16."""
        low = word.lower()
        places = []
        if low in self._logs.getvalue().lower():
            places.append("a log")
        if low in self._output.getvalue().lower():
            places.append("the output")
        if any(low in span.lower() for span in self._spans):
            places.append("a span")
        needles = [low.encode(coding) for coding in ("utf-8", "utf-16-le")]
        for name in sorted(self.files):
            with contextlib.suppress(OSError):
                content = Path(name).read_bytes().lower()
                if any(needle in content for needle in needles):
                    places.append(f"a file: {Path(name).name}")
        return places


def _hook() -> None:
    """Note every file that is opened for writing; an audit hook cannot be taken out again."""
    if _hooked:
        return
    _hooked.append(True)

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event != "open" or not _watching or not isinstance(arguments[0], str):
            return
        mode, flags = arguments[1], arguments[2]
        written = any(ch in mode for ch in "wax+") if isinstance(mode, str) else False
        if written or (isinstance(flags, int) and flags & _WRITING):
            for watch in _watching:
                watch.files.add(arguments[0])

    sys.addaudithook(hook)


def _exporter() -> Any:
    """An exporter that keeps spans in memory, behind a provider that is really switched on."""
    if _spans:
        return _spans[0]
    from opentelemetry import trace
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SimpleSpanProcessor
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

    off = os.environ.pop("OTEL_SDK_DISABLED", None)  # read when a provider makes a tracer
    try:
        provider = TracerProvider()
        exporter = InMemorySpanExporter()
        provider.add_span_processor(SimpleSpanProcessor(exporter))
        trace.set_tracer_provider(provider)
        with provider.get_tracer("evals").start_as_current_span("made"):
            pass
        if not exporter.get_finished_spans():
            raise RuntimeError("spans are not seen, so none could be found")
    finally:
        if off is not None:
            os.environ["OTEL_SDK_DISABLED"] = off
    _spans.append(exporter)
    return exporter
