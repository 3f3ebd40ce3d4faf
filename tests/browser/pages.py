"""What the tests do on a page, in a person's words."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page

from chatbot.schema import Reply, Versions

NEUTRAL = "https://www.wikipedia.org/"
Visit = Callable[..., Page]


@dataclass
class Served:
    """The app under test: where it is, the folder that holds all it may write, what it printed."""

    url: str
    folder: Path
    output: Path


@dataclass
class Watch:
    """What the pages of one test did.

    `allowed` are other hosts' addresses that it may go to. A page that goes there breaks off what
    it was doing, which Gradio reports as errors.
    """

    outside: list[str] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)
    allowed: set[str] = field(default_factory=set)


def ask(page: Page, text: str) -> Locator:
    """Type a message, press Enter, wait for the whole reply; gives the reply."""
    box = page.get_by_label("Your message")
    box.fill(text)
    box.press("Enter")
    return whole_reply(page, page.locator(".reply").count() + 1)


def whole_reply(page: Page, turn: int) -> Locator:
    reply = page.locator(f'#live .reply[data-turn="{turn}"][data-done]')
    reply.wait_for()
    page.locator("#send:not([disabled])").wait_for()
    return reply


def overflow(page: Page) -> int:
    """By how many pixels the page is wider than its window."""
    wider: int = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    return wider


def serious_violations(page: Page) -> list[str]:
    """What axe-core calls serious or critical, each with the elements it means."""
    found = Axe().run(page).response["violations"]
    return [
        f"{v['id']}: {[node['target'] for node in v['nodes']]}"
        for v in found
        if v["impact"] in ("serious", "critical")
    ]


def attribute(element: Locator, name: str) -> str:
    """An attribute that must be there."""
    value = element.get_attribute(name)
    assert value is not None, f"no {name} on {element}"
    return value


VERSIONS = Versions(corpus="c", guard="g", app="a")


def a_reply(**given: Any) -> Reply:
    usual: dict[str, Any] = {
        "kind": "answer",
        "risk": "none",
        "latched": False,
        "labels": (),
        "refusal_reason": None,
        "language": "en",
        "text": "",
        "versions": VERSIONS,
    }
    return Reply(**(usual | given))
