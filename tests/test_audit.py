"""What is counted, and that nothing of a person is."""

from collections.abc import Sequence
from datetime import UTC, datetime

from chatbot.audit import Tally
from chatbot.pipeline import Chatbot
from chatbot.schema import Finding
from chatbot.settings import Settings


class BrokenGuard:
    guard = "broken"

    def check(self, texts: Sequence[str]) -> list[Finding]:
        raise RuntimeError


def test_crisis_notices_are_counted_by_year_kind_country_and_language(lamplight: Chatbot) -> None:
    tally = Tally(now=lambda: datetime(2027, 7, 1, tzinfo=UTC))
    for country in ("US", "US", "GB"):
        tally.count(lamplight.reply("I want to die", country=country), country, ())
    found = {(c.year, c.kind, c.country, c.language): c.replies for c in tally.snapshot()}
    assert found == {(2027, "crisis", "US", "en"): 2, (2027, "crisis", "GB", "en"): 1}


def test_a_failed_guard_is_counted(lamplight: Chatbot, settings: Settings) -> None:
    broken = Chatbot(settings, lamplight.encoder, lamplight._shelf, [BrokenGuard()])
    broken.reply("What is OCD?")
    broken.reply("What is grief?")
    assert broken.tally.failures == {"broken": 2}


def test_counts_hold_no_words_of_anybody(lamplight: Chatbot) -> None:
    lamplight.reply("I want to die and my street is Brambleberry Road")
    assert "rambleberry" not in str(lamplight.tally.snapshot())
