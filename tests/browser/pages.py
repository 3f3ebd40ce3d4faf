"""What the tests do on a page, in a person's words."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe


def ask(page: Any, text: str) -> Any:
    """Type a message, press Enter, wait for the whole reply; gives the reply."""
    box = page.get_by_label("Your message")
    box.fill(text)
    box.press("Enter")
    return whole_reply(page, page.locator(".reply").count() + 1)


def whole_reply(page: Any, turn: int) -> Any:
    reply = page.locator(f'#live .reply[data-turn="{turn}"][data-done]')
    reply.wait_for()
    page.locator("#send:not([disabled])").wait_for()
    return reply


def overflow(page: Any) -> int:
    """By how many pixels the page is wider than its window."""
    wider: int = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    return wider


def serious_violations(page: Any) -> list[str]:
    """What axe-core calls serious or critical, each with the elements it means."""
    found = Axe().run(page).response["violations"]
    return [
        f"{v['id']}: {[node['target'] for node in v['nodes']]}"
        for v in found
        if v["impact"] in ("serious", "critical")
    ]
