"""What leaves the page, and what stays behind on the server: nothing that was typed."""

from playwright.sync_api import expect

from .pages import Served, Visit, ask

CANARY = "My heron Zebedee wept under the quince tree"


def test_nothing_that_is_typed_is_written_to_any_file_or_printed(
    visit: Visit, served: Served
) -> None:
    page = visit()
    ask(page, f"{CANARY} and I feel anxious")
    page.get_by_label("Your message").fill(CANARY + "\0" + "\x01")
    page.get_by_label("Your message").press("Enter")
    page.wait_for_timeout(500)
    page.get_by_role("tab", name="Sources").click()
    page.get_by_label("Search the library").fill("heron Zebedee")
    expect(page.locator(".found")).to_contain_text("0 of")
    page.close()
    files = [file for file in served.folder.rglob("*") if file.is_file()]
    assert served.output in files
    holding = [str(file) for file in files if b"Zebedee" in file.read_bytes()]
    assert holding == []


def test_the_server_tells_the_browser_to_keep_and_share_nothing(
    visit: Visit, served: Served
) -> None:
    page = visit()
    answer = page.request.get(served.url)
    headers = answer.headers
    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-content-type-options"] == "nosniff"
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe-eval" not in policy
    assert "//" not in answer.text().split("<body", 1)[0].replace(served.url, "")


def test_the_browser_keeps_nothing(visit: Visit) -> None:
    page = visit()
    ask(page, f"{CANARY} and I feel anxious")
    kept = page.evaluate(
        """async () => JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie,
        (await indexedDB.databases()).map(d => d.name), await caches.keys()])"""
    )
    assert "Zebedee" not in kept
    assert kept == '[{},{},"",[],[]]'
    config = page.request.get(page.url + "config").json()
    assert config["run_history"] is False
    assert config["analytics_enabled"] is False


def test_what_a_chat_does_not_need_is_not_served(visit: Visit, served: Served) -> None:
    page = visit()
    for path in (
        "gradio_api/upload",
        "gradio_api/file=app.py",
        "gradio_api/runs",
        "gradio_api/openapi.json",
        "monitoring",
        "docs",
        "openapi.json",
        "manifest.json",
        "lamplight/../app.py",
    ):
        assert page.request.get(served.url + path).status == 404, path
    upload = page.request.post(
        served.url + "gradio_api/upload",
        multipart={"files": {"name": "a.txt", "mimeType": "text/plain", "buffer": b"x"}},
    )
    assert upload.status == 404
    large = page.request.post(served.url + "gradio_api/queue/join", data="x" * 300_000)
    assert large.status == 413
