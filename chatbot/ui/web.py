"""The web server: our page, our few routes, Gradio mounted beneath them."""

import json
from typing import TYPE_CHECKING, Any

import gradio as gr
import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response
from fastapi.staticfiles import StaticFiles

from chatbot.settings import Settings
from chatbot.ui.asking import add_ask_route
from chatbot.ui.chat import blocks
from chatbot.ui.cited import cited, sources
from chatbot.ui.headers import Guarded
from chatbot.ui.open_chats import Clock, OpenChats
from chatbot.ui.page import page
from chatbot.ui.places import lines_now
from chatbot.ui.render import HERE, render
from chatbot.ui.standing import standing
from chatbot.ui.turns import Turns

if TYPE_CHECKING:
    from chatbot.pipeline import Chatbot

FONTS = ("system-ui", "-apple-system", "Segoe UI", "Roboto", "sans-serif")
MONO = ("ui-monospace", "Consolas", "monospace")


def app(chatbot: "Chatbot | None", settings: Settings, clock: Clock) -> FastAPI:
    """The FastAPI app. Gradio's pages, docs, uploads and history are switched off or shut out."""
    page(lines_now(chatbot, settings), settings)  # a page that cannot be drawn fails here
    chats = OpenChats(clock)
    served = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    served.add_middleware(Guarded)
    _routes(served, chatbot, settings, chats)
    _panels(served, chatbot, chats)
    add_ask_route(served, chatbot)
    served.mount("/lamplight", StaticFiles(directory=HERE / "static"))
    gr.mount_gradio_app(
        served,
        blocks(Turns(chatbot, settings, chats)),
        "/",
        footer_links=[],
        run_history=False,
        show_error=False,
        enable_monitoring=False,
        mcp_server=False,
        pwa=False,
        ssr_mode=False,
        theme=gr.themes.Base(font=FONTS, font_mono=MONO),
    )
    return served


def run(served: FastAPI, host: str, port: int) -> None:
    """Serve until interrupted. No access log: an address and a time are personal too."""
    config = uvicorn.Config(
        served,
        host=host,
        port=port,
        access_log=False,
        log_level="warning",
        server_header=False,
    )
    _Server(config).run()


class _Server(uvicorn.Server):
    async def startup(self, sockets: Any = None) -> None:
        await super().startup(sockets)
        if self.started:
            port = self.servers[0].sockets[0].getsockname()[1]
            print(f"Lamplight is at http://{self.config.host}:{port}", flush=True)


def _routes(
    served: FastAPI, chatbot: "Chatbot | None", settings: Settings, chats: OpenChats
) -> None:
    @served.api_route("/", methods=["GET", "HEAD"])
    def whole_page() -> Response:
        return HTMLResponse(page(lines_now(chatbot, settings), settings))

    @served.get("/healthz")
    def health() -> Response:
        if chatbot is None:
            return JSONResponse({"status": "lines only"}, 503)
        failures = chatbot.tally.failures
        status = "guards failing" if failures else "ok"
        return JSONResponse({"status": status, "guard_failures": failures})

    @served.post("/lamplight/forget")
    async def forget(request: Request) -> Response:
        chats.forget((await request.body()).decode("utf-8", "replace"))
        return Response(status_code=204)


def _panels(served: FastAPI, chatbot: "Chatbot | None", chats: OpenChats) -> None:
    """What the panel beside the chat shows, drawn from the library as it is when asked."""

    @served.post("/lamplight/cited")
    async def cited_by_a_reply(request: Request) -> Response:
        asked = await _asked(request)
        chat, turn = chats.get(str(asked.get("chat", ""))), asked.get("turn")
        if chatbot is None or chat is None or not isinstance(turn, int):
            return _nothing()
        if not 1 <= turn <= len(chat.turns):
            return _nothing()
        documents = cited(chat.turns[turn - 1].reply.citations, chatbot.library)
        return HTMLResponse(render("panel_cited.html", documents=documents))

    @served.post("/lamplight/document")
    async def document(request: Request) -> Response:
        asked = await _asked(request)
        found = chatbot.library.documents.get(str(asked.get("id", ""))) if chatbot else None
        if chatbot is None or found is None:
            return _nothing()
        chapters = [
            {
                "heading": section.heading,
                "paragraphs": [
                    (p, sources(p.sources, chatbot.library)) for p in section.paragraphs
                ],
            }
            for section in found.sections
        ]
        return HTMLResponse(
            render(
                "panel_document.html",
                document=found,
                standing=standing(found),
                sections=chapters,
            )
        )


async def _asked(request: Request) -> dict[str, Any]:
    try:
        asked = json.loads(await request.body())
    except ValueError:
        return {}
    return asked if isinstance(asked, dict) else {}


def _nothing() -> Response:
    return HTMLResponse(render("panel_nothing.html"), 404)
