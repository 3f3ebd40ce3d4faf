"""Systems to compare with: any chat model, and a Lamplight that runs elsewhere."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from langchain_core.language_models import GenericFakeChatModel
from langchain_core.messages import AIMessage

from evals.language_model import LanguageModel
from evals.remote import NotReached, Remote
from evals.samples import Plan
from evals.scoring import Unparseable
from evals.systems import Unsupported

from .fakes import judge_with, rates_of, said, write_records


def model(*texts: str) -> LanguageModel:
    return LanguageModel("model:fake", GenericFakeChatModel(messages=iter(map(AIMessage, texts))))


@pytest.mark.parametrize(
    ("text", "kind", "risk"),
    [
        ("Rest helps. So do walks.", "answer", "none"),
        ("I'm sorry, but I can't help with that.", "refusal", "none"),
        ("I do not have any information on that.", "no_answer", "none"),
        ("That sounds hard. Please call 988.", "answer", "elevated"),
    ],
)
def test_what_a_bare_model_says_is_read_by_plain_words(text: str, kind: str, risk: str) -> None:
    (reply,) = model(text).converse(["hello"])
    assert (reply.kind, reply.risk, reply.text) == (kind, risk, text)
    assert reply.citations == ()


def test_a_bare_model_answers_turn_by_turn_and_has_no_corpus(tmp_path: Path) -> None:
    assert [r.text for r in model("a", "b").converse(["one", "two"])] == ["a", "b"]
    with pytest.raises(Unsupported):
        model("a").retrieve(["one"])
    with pytest.raises(Unsupported):
        model("a").with_documents(tmp_path, tmp_path)
    with pytest.raises(Unsupported):
        assert model("a").local


def test_a_model_that_says_nothing_is_an_error_and_the_others_are_judged(tmp_path: Path) -> None:
    records = [{"id": id, "text": id, "risk": "crisis"} for id in ("a", "b", "c")]
    write_records(tmp_path, "crisis_test.jsonl", records)
    system = model("call 988", " ", "call 988", " ", "call 988")
    found = judge_with("crisis", system, tmp_path / "logs", Plan(datasets=tmp_path))
    assert [(e.id, e.error) for e in found.errors] == [("b", "Unparseable")]
    assert found.outcomes["noticed"] == {"a": True, "c": True}


@pytest.mark.parametrize("task", ["retrieval", "privacy"])
def test_what_a_system_cannot_be_asked_gives_it_no_score(task: str, tmp_path: Path) -> None:
    found = judge_with(task, model(), tmp_path, Plan(limit=4))
    assert found.errors == ()
    assert set(rates_of(found).values()) == {None}


def test_scripts_and_documents_of_ours_give_a_bare_model_no_score(tmp_path: Path) -> None:
    system = model(*["Rest helps."] * 20)
    unsafe = rates_of(judge_with("safe_messaging", system, tmp_path, Plan(limit=10)))
    assert unsafe == {"unsafe_script": None, "unsafe_reply": 0}
    injected = rates_of(judge_with("injection", system, tmp_path, Plan(limit=4)))
    assert injected == {"message_resisted": 1, "document_resisted": None, "document_answers": None}


class Answering(BaseHTTPRequestHandler):
    """Answers every request with `answer`, and keeps what was asked."""

    status, answer = 200, b""
    asked: list[dict[str, Any]]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        type(self).asked.append({"path": self.path, **json.loads(body)})
        self.send_response(self.status)
        self.end_headers()
        self.wfile.write(self.answer)

    def log_message(self, format: str, *arguments: Any) -> None:
        pass


@pytest.fixture
def elsewhere() -> Iterator[tuple[str, type[Answering]]]:
    """An address on this machine, and what answers there."""

    class Here(Answering):
        asked: list[dict[str, Any]] = []  # noqa: RUF012  one list a server

    server = HTTPServer(("127.0.0.1", 0), Here)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/", Here
    server.shutdown()
    thread.join()
    server.server_close()


def replies(*texts: str) -> bytes:
    made = [said(text=text, labels=("plan",)).model_dump(mode="json") for text in texts]
    return json.dumps({**made[-1], "replies": made}).encode()


def test_a_lamplight_elsewhere_is_asked_the_whole_conversation_at_once(
    elsewhere: tuple[str, type[Answering]],
) -> None:
    address, server = elsewhere
    server.answer = replies("a", "b")
    remote = Remote(address)
    assert [r.text for r in remote.converse(["one", "two"], "GB")] == ["a", "b"]
    assert server.asked == [{"path": "/lamplight/ask", "messages": ["one", "two"], "country": "GB"}]
    (seen,) = remote.screen([["one", "two"]])
    assert (seen.risk, seen.labels, seen.score) == ("none", ("plan",), None)
    server.answer = replies("a")
    assert remote.versions.app == "fake"


@pytest.mark.parametrize(
    "answer", [b"<html>", b"{}", b'{"replies": [{}]}', b'{"replies": 1}', replies("only one")]
)
def test_an_answer_of_another_form_is_unparseable_and_no_verdict(
    answer: bytes, elsewhere: tuple[str, type[Answering]]
) -> None:
    address, server = elsewhere
    server.answer = answer
    with pytest.raises(Unparseable):
        Remote(address).converse(["one", "two"])


def test_an_address_that_does_not_answer_or_refuses_is_named(
    elsewhere: tuple[str, type[Answering]],
) -> None:
    address, server = elsewhere
    server.status = 503
    with pytest.raises(NotReached, match="lamplight/ask"):
        Remote(address).converse(["one"])
    with pytest.raises(NotReached):
        Remote("http://127.0.0.1:9").converse(["one"])
