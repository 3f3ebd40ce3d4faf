"""`POST /lamplight/ask`: the JSON contract over HTTP, for evals and other programs.

In: {"messages": ["first user message", ...], "country": "GB"}. Out: the reply to the last message,
as `lamplight ask --json` prints it, and `replies`, one for each message. Nothing is kept.
"""

from typing import TYPE_CHECKING, Any

from fastapi import FastAPI, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field, StrictStr, ValidationError

from chatbot.errors import MessageError
from chatbot.schema import Conversation

if TYPE_CHECKING:
    from chatbot.pipeline import Chatbot

MOST_MESSAGES = 100


class Question(BaseModel):
    """A conversation so far: the person's messages only."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    messages: tuple[StrictStr, ...] = Field(min_length=1, max_length=MOST_MESSAGES)
    country: str | None = Field(default=None, pattern=r"^[A-Z]{2}$")


def add_ask_route(served: FastAPI, chatbot: "Chatbot | None") -> None:
    """Put the route on the server. Without a chatbot it says so, with status 503."""

    @served.post("/lamplight/ask")
    async def ask(request: Request) -> Response:
        if chatbot is None:
            return JSONResponse({"error": "Only the crisis lines are served just now."}, 503)
        try:
            question = Question.model_validate_json(await request.body())
            return JSONResponse(await run_in_threadpool(_replies, chatbot, question))
        except ValidationError:
            expected = '{"messages": [text, ...], "country": "GB"}'
            return JSONResponse({"error": f"Expected {expected}."}, 400)
        except MessageError as error:
            return JSONResponse({"error": str(error)}, 400)


def _replies(chatbot: "Chatbot", question: Question) -> dict[str, Any]:
    conversation, replies = Conversation(), []
    for message in question.messages:
        reply, conversation = chatbot.converse(message, conversation, question.country)
        replies.append(reply.model_dump(mode="json"))
    return {**replies[-1], "replies": replies}
