"""What the harness's tests share: the systems that they put in place are taken out again."""

import gc
import warnings
from collections.abc import Iterator

import pytest

from chatbot.settings import Settings
from evals import systems

LEFT_OPEN = "ignore:Unclosed <MemoryObject:ResourceWarning"
"""Inspect leaves streams of its own to the garbage collector."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let Inspect be as it is, in these tests only."""
    for item in items:
        if item.path.parent.name == "harness":
            item.add_marker(pytest.mark.filterwarnings(LEFT_OPEN))


@pytest.fixture(scope="module", autouse=True)
def _swept() -> Iterator[None]:
    """What Inspect left is collected here, and not in somebody else's test."""
    yield
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


@pytest.fixture(autouse=True)
def _own_systems(settings: Settings) -> Iterator[None]:
    """Systems of a test's own, over the settings of the tests."""
    provided, opened, used = systems._provided, systems._opened, systems._settings[:]
    systems._provided, systems._opened = dict(provided), dict(opened)
    systems._settings[:] = [settings]
    yield
    systems._provided, systems._opened = provided, opened
    systems._settings[:] = used
