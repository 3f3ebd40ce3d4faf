"""For everybody: keyboard alone, screen readers, a small phone, light and dark, axe-core."""

import pytest
from playwright.sync_api import expect

from .pages import Visit, ask, overflow, serious_violations, whole_reply

QUESTION = "Does social media make depression worse?"
PHONE = {"viewport": {"width": 360, "height": 740}, "is_mobile": True, "has_touch": True}


def test_a_question_can_be_asked_and_a_citation_read_by_keyboard_alone(visit: Visit) -> None:
    page = visit()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the message box")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Quick exit")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Get help now")).to_be_focused()
    box = page.get_by_label("Your message")
    for _ in range(20):
        if box.evaluate("e => e === document.activeElement"):
            break
        page.keyboard.press("Tab")
    page.keyboard.type("first line")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type(QUESTION)
    expect(box).to_have_value(f"first line\n{QUESTION}")
    box.fill(QUESTION)
    page.keyboard.press("Enter")
    reply = whole_reply(page, 1)
    expect(box).to_be_focused()
    expect(box).to_have_value("")
    marker = reply.locator(".cite").first
    for _ in range(40):
        if marker.evaluate("e => e === document.activeElement"):
            break
        page.keyboard.press("Shift+Tab")
    expect(marker).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#panel .entry").first).to_be_focused()
    page.keyboard.press("Escape")
    expect(marker).to_be_focused()


def test_the_skip_link_leads_to_the_message_box(visit: Visit) -> None:
    page = visit()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Your message")).to_be_focused()


def test_focus_can_be_seen(visit: Visit) -> None:
    page = visit()
    for _ in range(6):
        page.keyboard.press("Tab")
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineWidth")
        assert float(outline.removesuffix("px")) >= 2


def test_a_finished_reply_is_announced_once_and_the_transcript_is_not_live(visit: Visit) -> None:
    page = visit()
    page.evaluate(
        """() => { window.said = []; const region = document.getElementById('announce');
        new MutationObserver(() => window.said.push(region.textContent))
          .observe(region, {childList: true, characterData: true, subtree: true}); }"""
    )
    reply = ask(page, QUESTION)
    said = page.evaluate("window.said")
    assert len(said) == 1
    assert said[0].startswith("Lamplight replied: ")
    first = reply.locator(".sentence").first.evaluate("e => e.firstChild.textContent")
    assert first.strip() in said[0]
    expect(page.locator("#announce")).to_have_attribute("role", "status")
    live = page.locator("#live, #transcript").locator("[aria-live], [role=log], [role=status]")
    expect(live).to_have_count(0)
    page.get_by_role("button", name="Get help now").click()
    page.get_by_label("Country").select_option("GB")
    page.wait_for_timeout(400)
    assert len(page.evaluate("window.said")) == 1, "a reply drawn anew is not said again"


def test_it_works_on_a_phone_360_pixels_wide(visit: Visit) -> None:
    page = visit(**PHONE)
    assert overflow(page) <= 0
    reply = ask(page, QUESTION)
    assert overflow(page) <= 0
    reply.locator(".cite").first.click()
    expect(page.locator("#panel .entry mark").first).to_be_in_viewport()
    assert overflow(page) <= 0
    page.get_by_role("button", name="Close sources").click()
    ask(page, "I want to die")
    assert overflow(page) <= 0
    page.get_by_role("tab", name="Sources").click()
    expect(page.locator(".book").first).to_be_visible()
    assert overflow(page) <= 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_serious_violation(visit: Visit, scheme: str) -> None:
    page = visit(color_scheme=scheme)
    assert serious_violations(page) == []
    reply = ask(page, QUESTION)
    assert serious_violations(page) == []
    reply.locator(".cite").first.click()
    expect(page.locator("#panel .entry").first).to_be_visible()
    page.wait_for_timeout(300)  # a colour in the midst of fading in has no contrast to measure
    assert serious_violations(page) == []
    page.keyboard.press("Escape")
    ask(page, "I feel like everyone would be better off without me")
    assert serious_violations(page) == []
    ask(page, "I want to die")
    assert serious_violations(page) == []
    page.get_by_role("button", name="Get help now").click()
    page.wait_for_timeout(300)
    assert serious_violations(page) == []
    page.keyboard.press("Escape")
    page.get_by_role("tab", name="Sources").click()
    expect(page.locator(".book").first).to_be_visible()
    assert serious_violations(page) == []


def test_axe_finds_no_serious_violation_on_a_phone(visit: Visit) -> None:
    page = visit(**PHONE)
    ask(page, QUESTION)
    assert serious_violations(page) == []


def test_dark_mode_is_dark_and_light_mode_light(visit: Visit) -> None:
    def brightness(scheme: str) -> int:
        page = visit(color_scheme=scheme)
        colour = page.evaluate("getComputedStyle(document.body).backgroundColor")
        return sum(int(part) for part in colour[4:-1].split(","))

    assert brightness("dark") < 150 < 600 < brightness("light")
