"""Every small way to break the small corpus, and the one problem that each has to lead to."""

from dataclasses import dataclass

from .small_corpus import TODAY, signature

EVENINGS, WALKS = "documents/evenings.md", "documents/walks.md"
FIRST = "Evenings are a gentle way to end the day. [@who-calm]"
ASKED, ASKED_NEXT = "## What are evenings?", "## What do evenings look like?"
LIST = "Evenings can help with:\n- tired legs\n- a busy mind [@who-calm]"


@dataclass(frozen=True)
class Breach:
    """One change to one file, and the one problem it has to lead to, at the line with `at`."""

    rule: str
    file: str
    old: str
    new: str
    at: str | None
    nth: int = 1
    severity: str = "error"

    def __str__(self) -> str:
        return f"{self.rule}: {self.new[:40]!r}"


def front(rule: str, old: str, new: str, at: str, severity: str = "error") -> Breach:
    return Breach(rule, EVENINGS, old, new, at, severity=severity)


def body(rule: str, new: str, at: str, nth: int = 1, old: str = FIRST) -> Breach:
    return Breach(rule, EVENINGS, old, new, at, nth)


def source(rule: str, old: str, new: str, at: str, nth: int = 1) -> Breach:
    return Breach(rule, "sources.yaml", old, new, at, nth)


def line(rule: str, old: str, new: str, at: str | None, severity: str = "error") -> Breach:
    return Breach(rule, "crisis_lines.yaml", old, new, at, severity=severity)


FORM = [
    body("sources", "Evenings are a gentle way to end the day.", "gentle way"),
    body("marker", "Evenings are a gentle way. [@who calm]", "gentle way"),
    body("marker", "Evenings are a gentle way. [ @who-calm]", "gentle way"),
    body("unknown source", FIRST + " [@who-storm]", "[@who-storm]"),
    body("question", "## Calm", "## Calm", old=ASKED),
    body("question twice", ASKED, "## What are", 2, old=ASKED_NEXT),
    body("empty section", f"## Is it late?\n\n{ASKED}", "Is it late?", old=ASKED),
    body("alone", "They are a gentle way to end the day. [@who-calm]", "They are"),
    body("alone", "However, evenings are short. [@who-calm]", "However"),
    body("one line", FIRST.replace(" to end", "\nto end"), "gentle way"),
    body("list", LIST.replace("- ", "* "), "* tired legs", old=LIST),
    body("list", LIST.replace("- ", "1. "), "1. tired legs", old=LIST),
    body("list", LIST.replace("- ", "-"), "-tired legs", old=LIST),
    body("list", LIST.replace("- a", "  - a"), "  - a busy", old=LIST),
    body("list", LIST.replace("with:", "with"), "can help with", old=LIST),
    body("list", LIST.replace("legs", "legs\nand feet"), "and feet", old=LIST),
    body("list", LIST.replace("- tired legs\n", ""), "can help with", old=LIST),
    body("list", LIST.replace("with:\n", "with: [@who-calm]\n\n"), "- tired legs", old=LIST),
    front("name", "id: evenings", "id: nights", "id: nights"),
]  # fmt: skip

DATES = "written_on: 2026-01-10\nreview: {by_role: null, on: null}\nreview_due: 2027-01-10"
UNSIGNED = "status: draft\nwritten_on: 2026-01-10\nreview: {by_role: null, on: null}"
HALF_SIGNED = UNSIGNED.replace("draft", "clinically-reviewed").replace("on: null", "on: 2026-02-01")
SAME_DAY = f"written_on: {TODAY}\nreview: {{by_role: null, on: null}}\nreview_due: {TODAY}"


def signed(review: str) -> Breach:
    """A document that claims a clinician's review, with this in `review`."""
    state = "status: {}\nwritten_on: 2026-01-10\nreview: {{{}}}"
    return front(
        "signature",
        state.format("draft", "by_role: null, on: null"),
        state.format("clinically-reviewed", review),
        "review:",
    )


REVIEW = [
    front("written on", "written_on: 2026-01-10", "written_on: 2026-03-02", "written_on"),
    front("review due", "due: 2027-01-10", "due: 2026-02-27", "review_due", "warning"),
    front("review due", DATES, SAME_DAY, "review_due"),
    front("signature", "by_role: null", "by_role: psychiatrist", "review:"),
    front("signature", "by_role: null", "by_role: nurse", "review:"),
    signed("by_role: nurse, on: 2025-12-31"),
    signed("by_role: nurse, on: 2026-03-02"),
    front("readable", "status: draft", "status: clinically-reviewed", "id: evenings"),
    front("readable", "on: null}", "on: 2026-02-01}", "id: evenings"),
    front("readable", UNSIGNED, HALF_SIGNED, "id: evenings"),
    Breach("source-checked", WALKS, "status: draft",
           f"status: source-checked\n{signature('walks')}",
           "status:"),
    Breach("signature", EVENINGS, "status: draft", "status: source-checked", "status:"),
    Breach("signature", EVENINGS, "status: draft", f"status: source-checked\n{signature('walks')}",
           "status:"),
]  # fmt: skip

SOURCES = [
    source("unused source", "id: nhs-walks", "id: nhs-runs\n  publisher: NHS\n  title: Runs\n"
           "  url: https://www.nhs.uk/runs/\n  licence: ogl-uk-3\n\n- id: nhs-walks", "nhs-runs"),
    source("page twice", "https://www.nhs.uk/walks/", "https://www.who.int/calm/#top", "nhs-walks"),
    source("authority", "https://www.nhs.uk/walks/", "https://www.example.com/walks", "nhs-walks"),
    source("authority", "https://www.nhs.uk/walks/", "https://notnhs.uk/walks", "nhs-walks"),
    source("authority", "https://www.nhs.uk/walks/", "https://nhs.uk.example.org/", "nhs-walks"),
    source("authority", "https://www.nhs.uk/walks/", "https://who.int@example.org/", "nhs-walks"),
    source("source date", "accessed: 2026-01-05", "accessed: 2026-03-02", "who-calm"),
    source("readable", "https://www.nhs.uk/walks/", "http://www.nhs.uk/walks/", "nhs-walks"),
    source("readable", "licence: ogl-uk-3", "licence: mine", "nhs-walks"),
    source("readable", "title: Walks", "title: Walks\n  title: Runs", "title: Runs"),
]  # fmt: skip

LINES = [
    line("dial string", 'call: "116 123"', 'call: "+44 116 123"', '"GB"'),
    line("dial string", 'call: "116 123"', 'call: "0800 HOPE"', '"GB"'),
    line("dial string", 'call: "116 123"', 'also_call: ["116 123", "116-one"]', '"GB"'),
    line("dial string", "HOME to 741741", "741741 with HOME", '"US"'),
    line("dial string", "HOME to 741741", "+1 741741", '"US"'),
    line("readable", 'call: "116 123"', "call: 116123", '"GB"'),
    line("checked on", "checked_on: 2026-02-20", "checked_on: 2026-03-02", '"GB"'),
    line("checked on", "checked_on: 2026-02-20", "checked_on: 2025-09-01", '"GB"', "warning"),
    line("checked on", "checked_on: 2026-02-20", "checked_on: 2025-02-28", '"GB"'),
    line("country", 'country: "US"', "country: usa", "usa"),
    line("country", "country_name: United States", "country_name: Utopia\n  kinds: [child]\n"
         "  source: https://a.org/\n  emergency: '911'\n  name: A\n  text: '988'\n"
         "  checked_on: 2026-02-20\n\n- country: US\n  country_name: United States", "country: US"),
    line("emergency", 'emergency: "911"', 'emergency: "the police"', '"US"'),
    line("no way", '  text: "HOME to 741741"\n', "", '"US"'),
    line("fallback", "  url: https://findahelpline.com/\n", "", '"XX"'),
    line("fallback", 'country: "XX"', 'country: "FR"', None),
    line("address", "url: https://www.samaritans.org/", "url: samaritans.org", '"GB"'),
    line("line twice", "US\"\n  country_name: United States\n  name: Crisis Text Line",
         "GB\"\n  country_name: United Kingdom\n  name: SAMARITANS", '"GB"'),
]  # fmt: skip


BREACHES = [*FORM, *REVIEW, *SOURCES, *LINES]
