"""When something breaks: crisis lines and the person's own words back, and never a traceback."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn, cast

import pytest
from playwright.sync_api import expect

from chatbot.library import Library
from chatbot.pipeline import Chatbot
from chatbot.schema import Conversation
from chatbot.settings import Settings
from chatbot.ui import build

from .pages import Visit

pytestmark = pytest.mark.filterwarnings("ignore")  # Gradio's own, in this process

WORDS = "something only I would write"


class BreakingChatbot:
    """Fails at every message, with the person's words in the error."""

    def __init__(self, settings: Settings) -> None:
        self.library = Library.load(settings.corpus.folder)

    def converse(self, text: str, conversation: Conversation, country: str | None) -> NoReturn:
        raise RuntimeError(f"cannot answer {text!r}")


def test_an_error_gives_the_lines_and_the_words_back(
    visit: Visit,
    serve_in_thread: Callable[[Any], str],
    settings: Settings,
    capfd: pytest.CaptureFixture[str],
) -> None:
    page = visit(serve_in_thread(build(cast(Chatbot, BreakingChatbot(settings)), settings)))
    box = page.get_by_label("Your message")
    box.fill(WORDS)
    box.press("Enter")
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("Something went wrong on our side")
    expect(alert.locator('a[href="tel:988"]')).to_be_visible()
    expect(box).to_have_value(WORDS)
    expect(page.locator("body")).not_to_contain_text("Traceback")
    printed = capfd.readouterr()
    assert WORDS not in printed.out + printed.err


def test_without_a_chatbot_the_help_panel_still_opens(
    visit: Visit, serve_in_thread: Callable[[Any], str], settings: Settings
) -> None:
    page = visit(serve_in_thread(build(None, settings)))
    page.get_by_role("button", name="Get help now").click()
    expect(page.locator('[data-place="US"] a[href="tel:988"]')).to_be_visible()
    page.keyboard.press("Escape")
    box = page.get_by_label("Your message")
    box.fill(WORDS)
    box.press("Enter")
    expect(page.get_by_role("alert").locator('a[href="tel:988"]')).to_be_visible()
    expect(box).to_have_value(WORDS)


def test_with_broken_crisis_lines_the_page_sends_people_to_the_emergency_number(
    visit: Visit, serve_in_thread: Callable[[Any], str], tmp_path: Path
) -> None:
    settings = Settings.load(corpus={"folder": tmp_path})
    page = visit(serve_in_thread(build(None, settings)))
    page.get_by_role("button", name="Get help now").click()
    expect(page.locator("#help")).to_contain_text("your local emergency number")
    expect(page.locator('#help a[href="https://findahelpline.com/"]')).to_be_visible()
