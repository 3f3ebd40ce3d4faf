"""Every test runs with sockets blocked but to loopback, HOME moved, and no settings of its host."""

import os
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

_home = tempfile.TemporaryDirectory(prefix="lamplight-home-")
os.environ["HOME"] = _home.name
os.environ["XDG_CACHE_HOME"] = str(Path(_home.name) / "cache")
for _name in [n for n in os.environ if n.startswith("LAMPLIGHT_")]:
    del os.environ[_name]

import chatbot  # noqa: E402  switches telemetry off before any dependency is imported
from chatbot.pipeline import Chatbot  # noqa: E402
from chatbot.settings import Settings  # noqa: E402

LOOPBACK = ("127.", "::1", "localhost")
_connect = socket.socket.connect


class OutsideTraffic(AssertionError):
    """Something tried to reach a host that is not this machine."""


def _only_loopback(self: socket.socket, address: Any) -> Any:
    if self.family != socket.AF_UNIX and not str(address[0]).startswith(LOOPBACK):
        raise OutsideTraffic(f"a test tried to connect to {address[0]}")
    return _connect(self, address)


@pytest.fixture(scope="session", autouse=True)
def only_loopback() -> Iterator[None]:
    """Nothing here may leave the machine."""
    socket.socket.connect = _only_loopback  # type: ignore[method-assign,assignment]
    yield
    socket.socket.connect = _connect  # type: ignore[method-assign]


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Default settings with the index in a temporary folder."""
    return Settings.load(index={"folder": tmp_path_factory.mktemp("index")})


@pytest.fixture(scope="session")
def lamplight(settings: Settings) -> Chatbot:
    """The whole chatbot on the shipped corpus, opened once."""
    assert chatbot.SILENCED
    return Chatbot.open(settings)
