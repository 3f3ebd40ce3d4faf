"""A Lamplight that runs elsewhere, over `POST /lamplight/ask`: nothing but its replies is seen."""

import http.client
import json
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from chatbot.errors import LamplightError
from chatbot.pipeline import Chatbot
from chatbot.schema import Reply, Versions
from evals.observed import Found, Seen
from evals.scoring import Unparseable
from evals.systems import System, Unsupported

TIMEOUT_S = 60.0


class NotReached(LamplightError):
    """The address does not answer as a Lamplight does."""


class Remote:
    """A running Lamplight. Datasets hold invented messages only, so they may be sent to it."""

    def __init__(self, address: str):
        self.name = address
        self._url = address.rstrip("/") + "/lamplight/ask"
        self._versions: Versions | None = None

    @property
    def local(self) -> Chatbot:
        raise Unsupported("A Lamplight that runs elsewhere cannot be looked into.")

    @property
    def versions(self) -> Versions:
        if self._versions is None:
            self._versions = self.converse(["hello"])[-1].versions
        return self._versions

    def converse(self, messages: Sequence[str], country: str | None = None) -> list[Reply]:
        asked: dict[str, Any] = {"messages": list(messages)}
        if country:
            asked["country"] = country
        request = urllib.request.Request(  # noqa: S310  the maintainer typed the address
            self._url, json.dumps(asked).encode(), {"Content-Type": "application/json"}
        )
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:  # noqa: S310
                replies = json.loads(answer.read())["replies"]
            read = [Reply.model_validate(reply) for reply in replies]
        except (OSError, http.client.HTTPException) as error:
            reason = getattr(error, "reason", type(error).__name__)
            raise NotReached(f"{self._url} did not answer: {reason}.") from None
        except (ValueError, KeyError, TypeError, ValidationError):
            raise Unparseable(f"{self._url} gave no reply of Lamplight's form") from None
        if len(read) != len(messages):
            raise Unparseable(f"{self._url} did not give one reply for each message")
        return read

    def screen(self, conversations: Sequence[Sequence[str]]) -> list[Seen]:
        return [Seen.in_reply(self.converse(messages)[-1]) for messages in conversations]

    def retrieve(self, messages: Sequence[str]) -> Found:
        raise Unsupported("A Lamplight that runs elsewhere does not say what it found.")

    def with_documents(self, folder: Path, index: Path) -> System:
        raise Unsupported("A Lamplight that runs elsewhere keeps its corpus.")
