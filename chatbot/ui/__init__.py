"""The web chat: a page of our own around a Gradio app.

    serve(settings, "127.0.0.1", 7860)      opens the chatbot and serves until stopped
    build(chatbot, settings)                the app alone, for another server or a test

No message is stored or logged here, nothing is asked of any other host, and the crisis lines are
on the page even where the chatbot could not be opened.
"""

import os
import sys
import time
from typing import TYPE_CHECKING

from chatbot.errors import LamplightError
from chatbot.settings import Settings

if TYPE_CHECKING:
    from fastapi import FastAPI

    from chatbot.pipeline import Chatbot
    from chatbot.ui.open_chats import Clock

__all__ = ["build", "serve"]


def build(chatbot: "Chatbot | None", settings: Settings, clock: "Clock" = time.time) -> "FastAPI":
    """The whole app. Without a chatbot it serves the crisis lines and says that it cannot answer.

    `clock` gives seconds; a conversation's three hours are counted by it.
    """
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # read when Gradio is imported
    from chatbot.ui.web import app

    return app(chatbot, settings, clock)


def serve(settings: Settings, host: str | None = None, port: int | None = None) -> None:
    """Open the chatbot and serve the page until interrupted.

    A corpus, index or model that cannot be opened is reported, and the page is served all the
    same, with the crisis lines and no answers.
    """
    from chatbot.pipeline import Chatbot

    try:
        opened = Chatbot.open(settings, progress=True)
        opened.warm_up()
        chatbot: Chatbot | None = opened
    except LamplightError as error:
        print(
            f"{error}\nServing the crisis lines only, until this is mended.",
            file=sys.stderr,
        )
        chatbot = None
    built = build(chatbot, settings)
    from chatbot.ui.web import run

    run(
        built,
        settings.server.host if host is None else host,
        settings.server.port if port is None else port,
    )
