"""A crisis in the browser: the card, the numbers that dial, the latch, help always in sight."""

import pytest
from playwright.sync_api import Locator, expect

from .pages import Visit, ask


def links(part: Locator) -> list[str | None]:
    return [a.get_attribute("href") for a in part.locator("a[href]").all()]


def test_a_crisis_message_shows_the_card_with_numbers_to_dial_and_no_corpus_answer(
    visit: Visit,
) -> None:
    page = visit()
    reply = ask(page, "I want to die")
    card = reply.locator(".crisis-card")
    expect(card.get_by_role("heading")).to_be_visible()
    found = links(card)
    assert "tel:988" in found
    assert "sms:988" in found
    assert "sms:741741?&body=HOME" in found
    assert found[0] == "tel:911", "the emergency number stands first"
    expect(reply.locator(".cite, .sentence, .standing")).to_have_count(0)


def test_a_harmless_message_afterwards_leaves_the_lines_pinned(visit: Visit) -> None:
    page = visit()
    ask(page, "I want to kill myself")
    ask(page, "What is a panic attack?")
    strip = page.locator(".strip")
    expect(strip).to_be_in_viewport()
    assert "tel:988" in links(strip)
    page.mouse.wheel(0, 4000)
    expect(strip).to_be_in_viewport()


def test_the_card_follows_the_country_that_is_chosen(visit: Visit) -> None:
    page = visit()
    ask(page, "I want to die")
    page.locator(".crisis-card").get_by_role("button", name="Choose another country").click()
    page.get_by_label("Country").select_option("GB")
    page.keyboard.press("Escape")
    card = page.locator(".crisis-card")
    expect(card).to_contain_text("Samaritans")
    expect(card).not_to_contain_text("988")
    assert links(card)[:2] == ["tel:999", "tel:112"]
    assert "tel:116123" in links(card)
    assert "tel:999" in links(page.locator(".strip"))


@pytest.mark.parametrize(
    ("locale", "name", "number"),
    [
        ("en-GB", "Samaritans", "tel:116123"),
        ("en-US", "988 Suicide & Crisis Lifeline", "tel:988"),
        ("es-CL", "", "tel:*4141"),
        ("de-DE", "", "tel:08001110111"),
        ("is-IS", "Find A Helpline", None),
    ],
)
def test_get_help_now_opens_with_the_lines_of_the_browsers_language(
    visit: Visit, locale: str, name: str, number: str | None
) -> None:
    page = visit(locale=locale)
    page.get_by_role("button", name="Get help now").click()
    panel = page.get_by_role("dialog", name="Get help now")
    expect(panel).to_be_visible()
    shown = panel.locator("[data-place]:visible")
    expect(shown).to_have_count(1)
    expect(shown).to_contain_text(name)
    if number:
        assert number in links(shown)
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(page.get_by_role("button", name="Get help now")).to_be_focused()


def test_get_help_now_works_without_any_script(visit: Visit) -> None:
    page = visit(ready=False, java_script_enabled=False)
    page.locator("#get-help").click()
    panel = page.locator("#help")
    expect(panel).to_be_visible()
    assert {"tel:988", "tel:116123", "tel:112"} <= set(links(panel))


@pytest.mark.parametrize("width", [360, 1200])
def test_help_and_exit_stay_in_sight_however_far_one_scrolls(visit: Visit, width: int) -> None:
    page = visit(viewport={"width": width, "height": 640})
    ask(page, "Does social media make depression worse?")
    page.mouse.wheel(0, 5000)
    expect(page.locator("#get-help")).to_be_in_viewport(ratio=1)
    expect(page.locator("#quick-exit")).to_be_in_viewport(ratio=1)
