"""The JSON contract over HTTP: what `lamplight ask` prints, served."""

from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from chatbot.pipeline import Chatbot
from chatbot.schema import Reply
from chatbot.ui.asking import add_ask_route
from chatbot.ui.headers import Guarded


def _served(chatbot: Chatbot | None) -> FastAPI:
    served = FastAPI()
    served.add_middleware(Guarded)
    add_ask_route(served, chatbot)
    return served


@pytest.fixture(scope="module")
def client(lamplight: Chatbot) -> Iterator[TestClient]:
    with TestClient(_served(lamplight)) as client:
        yield client


def test_a_reply_is_the_reply_of_the_contract(client: TestClient, lamplight: Chatbot) -> None:
    question = "What is a panic attack?"
    answered = client.post("/lamplight/ask", json={"messages": [question], "country": "GB"})
    assert answered.status_code == 200
    reply = Reply.model_validate({k: v for k, v in answered.json().items() if k != "replies"})
    there = lamplight.reply(question, country="GB")
    unlike = {"timings_ms"}
    assert reply.model_dump(exclude=unlike) == there.model_dump(exclude=unlike)


def test_every_message_gets_its_reply_and_a_crisis_stays(client: TestClient) -> None:
    messages = ["I am going to kill myself tonight", "never mind, what is grief?"]
    replies = client.post("/lamplight/ask", json={"messages": messages}).json()["replies"]
    assert replies[0]["risk"] == "crisis"
    assert replies[1]["latched"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        b'{"messages": []}',
        b'{"messages": [1]}',
        b'{"messages": ["hi"], "country": "gb"}',
        b'{"messages": ["hi"], "more": 1}',
        b'{"messages": [""]}',
        b"\xff\xfe",
    ],
)
def test_a_bad_question_is_told_what_is_expected(client: TestClient, body: bytes) -> None:
    answered = client.post("/lamplight/ask", content=body)
    assert answered.status_code in (400, 413)
    assert answered.json()["error"]


def test_without_a_chatbot_it_says_so() -> None:
    with TestClient(_served(None)) as client:
        assert client.post("/lamplight/ask", json={"messages": ["hi"]}).status_code == 503
