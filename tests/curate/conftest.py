"""A desk for each test, a web server on this machine, and one encoder and set of guards for all."""

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from chatbot.encoder import Encoder
from chatbot.pipeline import load_guards
from chatbot.screen import Guard
from chatbot.settings import Settings

from .desk import HERE, Desk, RememberingEncoder


@dataclass
class Site:
    """What a web server on this machine serves: `pages` by path, redirects among them."""

    port: int
    pages: dict[str, bytes] = field(default_factory=dict)
    redirects: dict[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def put(self, path: str, data: bytes) -> str:
        """Serve bytes at a path; the address."""
        self.pages[path] = data
        return self.at(path)

    def redirect(self, path: str, to: str) -> str:
        self.redirects[path] = to
        return self.at(path)

    def at(self, path: str) -> str:
        return f"http://{HERE}:{self.port}{path}"


@pytest.fixture
def site() -> Iterator[Site]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            served.asked.append(self.path)
            data = served.pages.get(self.path)
            if self.path in served.redirects:
                self.send_response(302)
                self.send_header("Location", served.redirects[self.path])
                data = b""
            else:
                self.send_response(404 if data is None else 200)
            self.send_header("Content-Length", str(len(data or b"")))
            self.end_headers()
            self.wfile.write(data or b"")

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer((HERE, 0), Handler)
    served = Site(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield served
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk.make(tmp_path)


@pytest.fixture(scope="session")
def encoder() -> Encoder:
    return RememberingEncoder(Encoder.load(Settings.load().encoder))


@pytest.fixture(scope="session")
def guards() -> Sequence[Guard]:
    return load_guards(Settings.load())
