"""A real Chromium on the real app: started once, with its own index, home and temporary folder.

Every request a page makes to anything but this machine is stopped and written down, and a test
fails if there was one it did not expect. Without Chromium these tests are skipped, never in CI.
"""

import os
import shutil
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from .pages import Served, Watch

ROOT = Path(__file__).resolve().parents[2]
STARTS_WITHIN_S = 240
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "visit" in getattr(item, "fixturenames", ()):
            item.add_marker("browser")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """`python app.py`, as a person runs it, with everything it may write under one folder."""
    folder = tmp_path_factory.mktemp("served")
    port, output = free_port(), folder / "output.txt"
    home, tmp = folder / "home", folder / "tmp"
    home.mkdir()
    tmp.mkdir()
    environment = {
        **{k: v for k, v in os.environ.items() if not k.startswith(("LAMPLIGHT_", "GRADIO_"))},
        "HOME": str(home),
        "TMPDIR": str(tmp),
        "LAMPLIGHT_SERVER__PORT": str(port),
        "LAMPLIGHT_INDEX__FOLDER": str(folder / "index"),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    with output.open("w") as written:
        process = subprocess.Popen(
            [sys.executable, str(ROOT / "app.py")],
            cwd=folder,
            env=environment,
            stdout=written,
            stderr=subprocess.STDOUT,
        )
    try:
        _wait(f"http://127.0.0.1:{port}", process, output)
        yield Served(f"http://127.0.0.1:{port}/", folder, output)
    finally:
        process.terminate()
        process.wait(30)


def _wait(url: str, process: "subprocess.Popen[bytes]", output: Path) -> None:
    until = time.monotonic() + STARTS_WITHIN_S
    while time.monotonic() < until and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{url}/healthz", timeout=2) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.3)
    pytest.fail(f"The app did not start. It printed:\n{output.read_text()}")


@pytest.fixture
def serve_in_thread() -> Iterator[Callable[[Any], str]]:
    """Serves an app from this process, for chatbots that break on purpose; gives its address."""
    import uvicorn

    servers: list[tuple[uvicorn.Server, threading.Thread]] = []

    def serve(app: Any) -> str:
        port = free_port()
        server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="critical"))
        thread = threading.Thread(target=server.run)
        thread.start()
        servers.append((server, thread))
        while not server.started and thread.is_alive():
            time.sleep(0.05)
        return f"http://127.0.0.1:{port}/"

    yield serve
    for server, thread in servers:
        server.should_exit = server.force_exit = True
        thread.join(20)


@pytest.fixture(scope="package")
def browser() -> Iterator[Any]:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        why = "No Chromium on this machine: install the `chromium` package to run these tests."
        if os.environ.get("CI", "").lower() == "true":
            pytest.fail(why)
        pytest.skip(why)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield opened
        opened.close()


@pytest.fixture
def watch() -> Iterator[Watch]:
    watched = Watch()
    yield watched
    assert set(watched.outside) <= watched.allowed, "the page asked another host for something"
    assert watched.allowed or not watched.troubles


@pytest.fixture
def visit(browser: Any, request: pytest.FixtureRequest, watch: Watch) -> Iterator[Any]:
    """Opens a page of the app: `visit()`, or with another address or the context's options."""
    contexts = []

    def open_page(url: str | None = None, ready: bool = True, **options: Any) -> Any:
        context = browser.new_context(
            **({"locale": "en-US", "viewport": {"width": 1200, "height": 820}} | options)
        )
        contexts.append(context)
        context.set_default_timeout(15_000)
        context.route("**/*", lambda route: _only_here(route, watch))
        page = context.new_page()
        page.on("pageerror", lambda error: watch.troubles.append(str(error)))
        page.on("console", lambda said: _note(said, watch))
        page.goto(url or request.getfixturevalue("served").url)
        if ready:
            page.wait_for_selector("body.ready")
        return page

    yield open_page
    for context in contexts:
        context.close()


def _only_here(route: Any, watch: Watch) -> None:
    if urlsplit(route.request.url).hostname in ("127.0.0.1", "localhost"):
        route.continue_()
        return
    watch.outside.append(route.request.url)
    if route.request.url in watch.allowed:
        route.fulfill(body="A neutral page.", content_type="text/html")
    else:
        route.abort()


def _note(said: Any, watch: Watch) -> None:
    if said.type == "error":
        watch.troubles.append(said.text)
