"""Where facts may come from: a closed list of authorities, each page once, each page used."""

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

from chatbot.library.problems import Problem
from chatbot.library.sources import Source

AUTHORITIES: tuple[str, ...] = (
    # World Health Organization
    "who.int",
    # United Nations bodies
    "ilo.org",
    "unicef.org",
    # United States: government agencies and national institutes
    "988lifeline.org",
    "ada.gov",
    "cancer.gov",
    "cdc.gov",
    "cfpb.gov",
    "consumerfinance.gov",
    "dol.gov",
    "ed.gov",
    "eeoc.gov",
    "fbi.gov",
    "fda.gov",
    "ftc.gov",
    "healthcare.gov",
    "hhs.gov",
    "hrsa.gov",
    "ic3.gov",
    "justice.gov",
    "medicaid.gov",
    "medicare.gov",
    "medlineplus.gov",
    "nih.gov",
    "ready.gov",
    "samhsa.gov",
    "stopbullying.gov",
    "usa.gov",
    "va.gov",
    "womenshealth.gov",
    # United Kingdom: national health services, government, regulators, NICE
    "acas.org.uk",
    "cqc.org.uk",
    "equalityhumanrights.com",
    "gmc-uk.org",
    "moneyhelper.org.uk",
    "nhs.uk",
    "nhsinform.scot",
    "nice.org.uk",
    "nidirect.gov.uk",
    "ons.gov.uk",
    "police.uk",
    "professionalstandards.org.uk",
    "www.gov.uk",
    # Other countries: national health services and government agencies
    "canada.ca",
    "citizensinformation.ie",
    "esafety.gov.au",
    "health.gov.au",
    "health.govt.nz",
    "healthdirect.gov.au",
    "hse.ie",
    "servicesaustralia.gov.au",
    # Professional colleges and national academies
    "aacap.org",
    "aap.org",
    "acog.org",
    "apa.org",
    "nationalacademies.org",
    "psychiatry.org",
    "rcog.org.uk",
    "rcpsych.ac.uk",
    # Bodies that review evidence or write guidelines
    "cochrane.org",
    "cochranelibrary.com",
    "orygen.org.au",
)
"""Hosts whose pages may stand behind a paragraph; `nih.gov` takes in `www.nimh.nih.gov`.

Closed on purpose: a new authority is a decision, made here and written down in the data card.
"""

TODAY_OR_BEFORE = "Write the day as it was, not in the future."


def problems(
    file: Path,
    sources: Sequence[tuple[int, Source]],
    cited: frozenset[str],
    today: date,
    hosts: Sequence[str] = (),
) -> Iterator[Problem]:
    """Breaches among the sources. `cited` holds the ids that any document names.

    `hosts` are a deployer's own, beside the closed list.
    """
    ids: dict[str, int] = {}
    pages: dict[str, int] = {}
    for line, source in sources:
        for rule, what, mend in _breaches(source, cited, today, hosts):
            yield Problem(file, line, rule, what, mend)
        first = ids.setdefault(source.id, line)
        if first != line:
            what = f"The source id {source.id!r} is used twice, first on line {first}."
            yield Problem(file, line, "source twice", what, "Keep one record, or rename one.")
        at = page(source.url)
        first = pages.setdefault(at, line)
        if first != line:
            what = f"The page {source.url} is listed twice, first on line {first}."
            mend = "Keep one record, and cite it in every place."
            yield Problem(file, line, "page twice", what, mend)


def _breaches(
    source: Source, cited: frozenset[str], today: date, hosts: Sequence[str]
) -> Iterator[tuple[str, str, str]]:
    if source.id not in cited:
        what = f"No paragraph cites the source {source.id!r}."
        yield "unused source", what, "Cite it, or take it out."
    if not is_authority(source.url, hosts):
        what = f"The host {host_of(source.url)} is not on the list of authorities."
        mend = (
            "Cite a national health service or institute, WHO, a professional college or a "
            "guideline body (AUTHORITIES in chatbot/library/rules/sources.py), or name your own "
            "host in the setting corpus.hosts."
        )
        yield "authority", what, mend
    for key, day in (
        ("accessed", source.accessed),
        ("publisher_reviewed", source.publisher_reviewed),
    ):
        if day and day > today:
            yield "source date", f"`{key}` is {day}, which is in the future.", TODAY_OR_BEFORE


def is_authority(url: str, hosts: Sequence[str] = ()) -> bool:
    """Whether an address is on a host of the closed list or of `hosts`, or on a host under one.

    >>> is_authority("https://www.nimh.nih.gov/x"), is_authority("https://notnih.gov/x")
    (True, False)
    """
    host = host_of(url)
    return any(host == a or host.endswith("." + a) for a in (*AUTHORITIES, *hosts))


def host_of(url: str) -> str:
    """An address's host; empty for what is no address."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def page(url: str) -> str:
    """What makes two addresses the same page: case of the host, a last slash, a fragment do not."""
    try:
        parts = urlsplit(url)
    except ValueError:  # no address at all is like no other
        return url
    return f"{parts.hostname}{parts.path.rstrip('/')}?{parts.query}"
