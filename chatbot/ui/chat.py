"""The Gradio part of the page: the conversation, the message box, the Sources tab."""

from collections.abc import Iterator
from typing import Any

import gradio as gr

from chatbot.ui.browse import search
from chatbot.ui.render import one_block, render
from chatbot.ui.turns import Frame, Turns

AT_ONCE = 40
"""Messages answered at the same time; more than these wait in line."""

PRIVATE = gr.InputHTMLAttributes(autocomplete="off", spellcheck=False)
"""No suggestions from, and no checking of spelling by, a service of the browser's maker."""


def blocks(turns: Turns) -> gr.Blocks:
    """The whole Gradio app."""
    demo: gr.Blocks
    with gr.Blocks(title=turns.settings.ui.title, analytics_enabled=False) as demo:
        country = gr.Textbox(label="Place", visible="hidden", elem_id="country")
        with gr.Tabs(elem_id="views"):
            with gr.Tab("Chat", id="chat", elem_id="chat-tab"):
                _chat(turns, country)
            with gr.Tab("Sources", id="sources", elem_id="sources-tab"):
                _sources(turns)
    demo.queue(api_open=False, default_concurrency_limit=AT_ONCE)
    return demo


def _html(value: Any, id: str) -> gr.Markdown:
    """A place for our own HTML; `render.one_block` says why this is a Markdown component."""
    return gr.Markdown(value, elem_id=id, sanitize_html=False, latex_delimiters=[], container=False)


def _chat(turns: Turns, country: gr.Textbox) -> None:
    token = gr.State("")
    _html("<h2 class='vh'>Chat</h2>", "chat-heading")
    strip = _html("", "strip")
    transcript = _html(turns.welcome, "transcript")
    live = _html("", "live")
    problem = _html("", "problem")
    with gr.Column(elem_id="composer"):
        with gr.Row(elem_id="composer-row"):
            box = gr.Textbox(
                label="Your message",
                placeholder="Type your question here",
                lines=1,
                max_lines=8,
                elem_id="message",
                container=False,
                html_attributes=PRIVATE,
                scale=1,
            )
            send = gr.Button("Send", variant="primary", elem_id="send", scale=0)
        with gr.Row(elem_id="composer-foot"):
            restart = gr.Button("New conversation", elem_id="restart", size="sm", scale=0)
            _html(render("hint.html"), "hint")
    parts = [strip, transcript, live, problem, box, token, send]
    _listen(turns, parts, restart, country)


def _listen(turns: Turns, parts: list[Any], restart: gr.Button, country: gr.Textbox) -> None:
    """Every listener is private: the page can call it, a script through the API cannot.

    `parts` are what a frame changes, in the order of `_updates`.
    """
    *_, box, token, send = parts
    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}

    def on_send(text: str, token: str, country: str) -> Iterator[list[Any]]:
        for frame in turns.send(text or "", token, country or ""):
            yield _updates(frame)

    gr.on(
        [box.submit, send.click],
        on_send,
        [box, token, country],
        parts,
        trigger_mode="once",
        concurrency_limit=AT_ONCE,
        **quiet,
    )
    restart.click(lambda token: _updates(turns.restart(token)), token, parts, **quiet)
    country.change(
        lambda token, country: _updates(turns.redraw(token, country or "")),
        [token, country],
        parts,
        **quiet,
    )


def _updates(frame: Frame) -> list[Any]:
    values = (
        frame.strip,
        frame.transcript,
        frame.live,
        frame.problem,
        frame.box,
        frame.token,
    )
    kept = [gr.skip() if value is None else value for value in values]
    if frame.busy is None:
        return [*kept, gr.skip()]
    label = "Replying…" if frame.busy else "Send"
    return [*kept, gr.Button(label, interactive=not frame.busy)]


def _sources(turns: Turns) -> None:
    def on_search(query: str) -> str:
        if turns.chatbot is None:
            return one_block(
                "<section class='found'><p>The library could not be opened.</p></section>"
            )
        library = turns.chatbot.library
        found = search(library, query or "")
        return one_block(
            render(
                "found.html",
                found=found,
                query=(query or "").strip(),
                total=len(library.documents),
            )
        )

    _html(render("sources.html"), "sources-about")
    query = gr.Textbox(
        label="Search the library",
        placeholder="A word or a topic",
        elem_id="search",
        html_attributes=PRIVATE,
    )
    found = _html(lambda: on_search(""), "found")
    gr.on(
        [query.change, query.submit],
        on_search,
        query,
        found,
        show_progress="hidden",
        trigger_mode="always_last",
        api_visibility="private",
        concurrency_limit=AT_ONCE,
    )
