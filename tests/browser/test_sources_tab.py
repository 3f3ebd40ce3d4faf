"""The Sources tab: every document, found by a word, with where each paragraph comes from."""

from playwright.sync_api import expect

from chatbot.library import Library
from chatbot.settings import Settings

from .pages import Visit


def test_every_document_can_be_found_and_read_with_its_provenance(visit: Visit) -> None:
    library = Library.load(Settings.load().corpus.folder)
    page = visit()
    page.get_by_role("tab", name="Sources").click()
    expect(page.locator(".book")).to_have_count(len(library.documents))
    document = library.documents["panic-attacks"]
    search = page.get_by_label("Search the library")
    search.fill("panic attack")
    expect(page.locator(".book h4").first).to_have_text(document.title)
    opener = page.get_by_role("button", name=document.title, exact=True)
    opener.click()
    panel = page.locator("#panel")
    expect(panel.get_by_role("heading", level=2)).to_be_focused()
    expect(panel).to_contain_text(document.sections[0].heading)
    expect(panel.locator(".record")).to_contain_text("not clinically reviewed")
    expect(panel.locator(".record")).to_contain_text(str(document.review_due.year))
    expect(panel.locator(".behind")).to_have_count(len(document.paragraphs))
    panel.locator(".behind summary").first.click()
    first = library.sources[document.sections[0].paragraphs[0].sources[0]]
    expect(panel.locator(".behind").first.get_by_role("link").first).to_have_attribute(
        "href", first.url
    )
    page.keyboard.press("Escape")
    expect(opener).to_be_focused()


def test_a_search_that_finds_nothing_says_so(visit: Visit) -> None:
    page = visit()
    page.get_by_role("tab", name="Sources").click()
    page.get_by_label("Search the library").fill("xylophone <b>")
    expect(page.locator(".found")).to_contain_text("0 of")
    expect(page.locator(".book")).to_have_count(0)
