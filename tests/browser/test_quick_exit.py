"""Leaving at once: the page is blank, gone from history, and the conversation is forgotten."""

from playwright.sync_api import expect

from .pages import NEUTRAL, Served, Visit, Watch, ask, attribute


def test_the_button_replaces_the_page_with_a_neutral_one(visit: Visit, watch: Watch) -> None:
    watch.allowed.add(NEUTRAL)
    page = visit()
    ask(page, "What is a panic attack?")
    before = page.evaluate("history.length")
    page.get_by_role("button", name="Quick exit").click()
    page.wait_for_url(NEUTRAL)
    assert page.evaluate("history.length") == before, "the chat is still in the history"


def test_shift_three_times_leaves_from_within_the_message_box(visit: Visit, watch: Watch) -> None:
    watch.allowed.add(NEUTRAL)
    page = visit()
    page.get_by_label("Your message").focus()
    for _ in range(3):
        page.keyboard.press("Shift")
    page.wait_for_url(NEUTRAL)


def test_capital_letters_and_slow_presses_do_not_leave(visit: Visit) -> None:
    page = visit()
    page.get_by_label("Your message").focus()
    for letter in "ABCD":
        page.keyboard.press(f"Shift+{letter}")
    page.keyboard.press("Shift")
    page.keyboard.press("Shift")
    page.wait_for_timeout(1600)
    page.keyboard.press("Shift")
    page.wait_for_timeout(200)
    expect(page.get_by_label("Your message")).to_have_value("ABCD")


def test_the_page_is_blank_before_the_neutral_one_arrives(visit: Visit, watch: Watch) -> None:
    watch.allowed.add(NEUTRAL)
    page = visit()
    ask(page, "What is a panic attack?")
    words = page.evaluate(
        "() => { document.getElementById('quick-exit').click(); return document.body.innerText; }"
    )
    assert words == ""
    page.wait_for_url(NEUTRAL)


def test_leaving_makes_the_server_forget_the_conversation(
    visit: Visit, watch: Watch, served: Served
) -> None:
    watch.allowed.add(NEUTRAL)
    page = visit()
    reply = ask(page, "Does social media make depression worse?")
    asked = {
        "chat": page.locator("#live [data-chat]").get_attribute("data-chat"),
        "turn": int(attribute(reply, "data-turn")),
    }
    there = page.request.post(served.url + "lamplight/cited", data=asked)
    assert there.status == 200
    page.get_by_role("button", name="Quick exit").click()
    page.wait_for_url(NEUTRAL)
    assert page.request.post(served.url + "lamplight/cited", data=asked).status == 404


def test_closing_the_page_makes_the_server_forget_the_conversation(
    visit: Visit, served: Served
) -> None:
    page = visit()
    ask(page, "Does social media make depression worse?")
    token = page.locator("#live [data-chat]").get_attribute("data-chat")
    other = visit()
    page.close(run_before_unload=True)
    for _ in range(50):
        asked = other.request.post(served.url + "lamplight/cited", data={"chat": token, "turn": 1})
        if asked.status == 404:
            break
        other.wait_for_timeout(100)
    assert asked.status == 404
