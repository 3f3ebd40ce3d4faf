"""Asking in the browser: answers, citations, refusals, what is typed is only ever text."""

from playwright.sync_api import expect

from .pages import Visit, ask, attribute, whole_reply

QUESTION = "Does social media make depression worse?"


def test_the_notice_stands_before_the_first_message(visit: Visit) -> None:
    page = visit()
    expect(page.get_by_role("banner")).to_contain_text("computer program, not a person")
    expect(page.locator(".welcome")).to_contain_text("not a therapist")
    expect(page.locator(".welcome")).to_contain_text("does not diagnose")
    expect(page.locator(".welcome")).to_contain_text("not stored")


def test_a_question_gets_a_cited_answer_that_appears_sentence_by_sentence(visit: Visit) -> None:
    page = visit()
    page.evaluate(
        """() => { window.lengths = []; const live = document.querySelector('#live');
        new MutationObserver(() => window.lengths.push(live.querySelectorAll('.sentence').length))
          .observe(live, {childList: true, subtree: true}); }"""
    )
    reply = ask(page, QUESTION)
    sentences = reply.locator(".sentence").count()
    assert sentences >= 2
    seen = page.evaluate("window.lengths")
    assert len({n for n in seen if 0 < n <= sentences}) >= 2, "all sentences came at once"
    for n in range(sentences):
        expect(reply.locator(".sentence").nth(n).locator(".cite")).not_to_have_count(0)
    expect(reply.locator(".standing")).to_contain_text("Not clinically reviewed.")


def test_the_whole_answer_is_there_in_well_under_a_second_once_warm(visit: Visit) -> None:
    page = visit()
    ask(page, QUESTION)
    page.get_by_label("Your message").fill("What is a panic attack?")
    page.evaluate("window.asked = performance.now()")
    page.get_by_label("Your message").press("Enter")
    whole_reply(page, 2)
    assert page.evaluate("performance.now() - window.asked") < 1500  # with a shared, busy machine


def test_a_citation_opens_the_passage_with_exactly_the_quotation_highlighted(visit: Visit) -> None:
    from chatbot.library import Library
    from chatbot.settings import Settings

    page = visit()
    reply = ask(page, QUESTION)
    marker = reply.locator(".cite").first
    name = attribute(marker, "aria-label")
    assert name.startswith("Citation 1: ")
    marker.click()
    entry = page.locator("#panel .entry").first
    expect(entry).to_be_focused()
    title = name.partition(": ")[2]
    expect(page.locator("#panel").get_by_role("heading", level=3).first).to_have_text(title)
    expect(entry.locator("mark.asked")).to_have_count(1)
    highlighted = entry.locator("mark.asked").evaluate("element => element.textContent")
    passage = entry.locator(".passage p").evaluate("element => element.textContent")
    library = Library.load(Settings.load().corpus.folder)
    document = next(d for d in library.documents.values() if d.title == title)
    paragraph = next(p for p in document.paragraphs.values() if p.text == passage)
    assert highlighted in [document.body[a:b] for a, b in paragraph.units]
    first = reply.locator(".sentence").first.evaluate("element => element.innerText")
    assert first.startswith(highlighted)
    source = page.locator("#panel .source").first
    expect(source).to_contain_text("Draft")
    expect(source).to_contain_text("Not clinically reviewed.")
    for link in entry.locator(".authorities a").all():
        assert attribute(link, "href").startswith("https://")
        assert link.get_attribute("rel") == "noopener noreferrer"
    page.keyboard.press("Escape")
    expect(page.locator("#panel")).to_be_hidden()
    expect(marker).to_be_focused()


def test_a_question_we_cannot_answer_is_not_guessed_at(visit: Visit) -> None:
    reply = ask(visit(), "What is the capital of Mongolia?")
    expect(reply.locator(".cite")).to_have_count(0)
    expect(reply).not_to_contain_text("Ulaanbaatar")


def test_a_refused_dose_points_to_a_prescriber(visit: Visit) -> None:
    reply = ask(visit(), "How many mg of sertraline should I take?")
    expect(reply).to_contain_text("prescribed")
    expect(reply).not_to_contain_text(" mg ")


def test_html_markdown_and_scripts_are_shown_as_they_were_typed(visit: Visit) -> None:
    page = visit()
    typed = (
        "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>"
        " **bold** [link](javascript:alert(1)) `code` $x^2$ &lt;b&gt; # heading"
    )
    ask(page, typed)
    expect(page.locator("#live .mine p")).to_have_text(typed)
    assert page.locator("#live .mine p *").count() == 0
    assert page.title() == "Lamplight"


def test_blank_lines_in_a_message_do_not_let_markdown_through(visit: Visit) -> None:
    page = visit()
    box = page.get_by_label("Your message")
    box.fill("one\n\n# two\n\n- [three](https://example.org)\n\n<b>four</b>")
    box.press("Enter")
    whole_reply(page, 1)
    assert page.locator("#live .mine p *").count() == 0
    assert page.locator("#live .mine p").evaluate("e => e.textContent").count("\n") == 6


def test_right_to_left_and_many_emoji_are_shown_and_answered(visit: Visit) -> None:
    page = visit()
    ask(page, "كيف حالك؟ " + "🙂" * 500)
    expect(page.locator("#live .mine p")).to_contain_text("كيف حالك؟")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_an_empty_message_is_explained_and_changes_nothing(visit: Visit) -> None:
    page = visit()
    page.get_by_label("Your message").fill("   ")
    page.get_by_label("Your message").press("Enter")
    expect(page.get_by_role("alert")).not_to_be_empty()
    expect(page.locator(".reply")).to_have_count(0)


def test_a_message_that_is_too_long_stays_in_the_box_with_a_count(visit: Visit) -> None:
    page = visit()
    box = page.get_by_label("Your message")
    box.fill("a" * 4010)
    expect(page.locator("#counter")).to_have_text("10 characters too long: shorten it to send")
    box.press("Enter")
    page.locator("#send").click()
    expect(box).to_have_value("a" * 4010)
    expect(page.locator(".message")).to_have_count(0)
    box.fill("a" * 3900)
    expect(page.locator("#counter")).to_have_text("100 characters left")


def test_a_starter_question_is_asked_with_one_click(visit: Visit) -> None:
    page = visit()
    page.get_by_role("button", name="What is a panic attack?").click()
    reply = whole_reply(page, 1)
    expect(page.locator("#live .mine")).to_contain_text("What is a panic attack?")
    expect(reply.locator(".cite")).not_to_have_count(0)
    expect(page.locator(".welcome")).to_have_count(0)


def test_a_new_conversation_clears_the_old_one(visit: Visit) -> None:
    page = visit()
    ask(page, "I want to die")
    expect(page.locator(".strip")).to_be_visible()
    page.get_by_role("button", name="New conversation").click()
    expect(page.locator(".message")).to_have_count(0)
    expect(page.locator(".strip")).to_have_count(0)
    expect(page.locator(".welcome")).to_be_visible()
    expect(page.get_by_label("Your message")).to_be_focused()
    ask(page, "What is a panic attack?")
    expect(page.locator(".strip")).to_have_count(0)
