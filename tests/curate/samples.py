"""Pages as authorities publish them, made in the test: MedlinePlus XML, NHS JSON, HTML, PDF, DOCX.

None of the text is an authority's own. Each page is about something that the shipped corpus says
nothing of, so that an answer can only have come from the page.
"""

import io
import json
from collections.abc import Sequence
from html import escape

from docx import Document as WordFile

WINTER = "Seasonal low mood"
WINTER_URL = "https://medlineplus.gov/seasonallowmood.html"
WINTER_QUESTION = "What is seasonal low mood?"
WINTER_SUMMARY = """
<h3>What is seasonal low mood?</h3>
<p>Seasonal low mood is a drop in mood that comes with the dark months of the year. People with
seasonal low mood often feel well again in spring.</p>
<h3>What are the signs of seasonal low mood?</h3>
<p>The signs of seasonal low mood can include:</p>
<ul><li>Sleeping far longer than usual</li><li>Craving bread and sweet food</li>
<li>Losing interest in friends</li></ul>
<h3>What helps with seasonal low mood?</h3>
<p>Daylight in the morning helps many people with seasonal low mood. A talking treatment can help
as well.</p>
<p class="NLMattribution">National Library of Attribution Lines</p>
"""

TOPIC = """<health-topic title="{title}" url="{url}" id="1" language="{language}"
 date-created="01/01/2020"><also-called>winter mood</also-called>
<full-summary>{summary}</full-summary>
<group url="https://medlineplus.gov/moods.html" id="2">Mental Health and Behavior</group>
</health-topic>"""


def topic(title: str, url: str, summary: str, language: str = "English") -> str:
    """One record of a MedlinePlus file."""
    return TOPIC.format(title=escape(title), url=url, summary=escape(summary), language=language)


def medlineplus(*topics: str) -> bytes:
    """A file of health topics, with the DTD line that the real one has."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        "<!DOCTYPE health-topics SYSTEM "
        '"https://medlineplus.gov/xml/mplus_topics.dtd">\n'
        f'<health-topics total="{len(topics)}">{"".join(topics)}</health-topics>'
    ).encode()


def winter(summary: str = WINTER_SUMMARY) -> bytes:
    """The sample file: one topic in English, and the same in Spanish."""
    spanish = topic("Animo de invierno", WINTER_URL + "?es", summary, "Spanish")
    return medlineplus(topic(WINTER, WINTER_URL, summary), spanish)


EXAMS = "Exam nerves"
EXAMS_URL = "https://www.nhs.uk/mental-health/exam-nerves/"
EXAMS_QUESTION = "What are exam nerves?"
EXAMS_PARTS: list[dict[str, object]] = [
    {
        "@type": "WebPageElement",
        "headline": "",
        "text": "<p>Exam nerves are a feeling of unease before or during a test. Exam nerves are "
        "very common among students of every age.</p>",
    },
    {
        "@type": "WebPageElement",
        "headline": "How can I calm exam nerves?",
        "text": "<p>Things that can calm exam nerves:</p><ul><li>planning short study blocks</li>"
        "<li>practising with old papers</li><li>a slow walk on the day</li></ul>",
    },
    {
        "@type": "WebPageElement",
        "headline": "Who can help with exam nerves?",
        "text": "<p>A teacher or a student service can help with exam nerves. "
        'See <a href="https://www.nhs.uk/stress">our page on stress</a> as well.</p>',
    },
]


def nhs(
    name: str | None = EXAMS,
    parts: Sequence[dict[str, object]] = EXAMS_PARTS,
    url: str = EXAMS_URL,
) -> bytes:
    """A page of the NHS content API."""
    page: dict[str, object] = {
        "@context": "http://schema.org",
        "@type": "MedicalWebPage",
        "url": url.replace("https://www.nhs.uk/", "https://api.nhs.uk/"),
        "lastReviewed": ["2024-02-01T09:00:00+00:00", "2027-02-01T09:00:00+00:00"],
        "hasPart": [
            {"@type": "HealthTopicContent", "hasPart": [part], "position": n}
            for n, part in enumerate(parts)
        ],
    }
    if name is not None:
        page["name"] = name
    return json.dumps(page).encode()


HOARDING = "Keeping too many things"
HOARDING_URL = "https://www.nhs.uk/mental-health/keeping-too-many-things/"
HOARDING_QUESTION = "Why do some people keep too many things?"
HOARDING_BODY = """
<h1>Keeping too many things</h1>
<p>Keeping too many things can fill a home until its rooms cannot be used as they were meant to be.
Some people keep too many things because letting go of them hurts. Some have lived through a time
in which they had very little, and keep things in case they are needed one day.</p>
<h2>What are the signs of keeping too many things?</h2>
<p>Family members are often the first to notice that someone keeps too many things. The signs
can include:</p>
<ul>
<li>stacks of paper that block a door</li>
<li>strong distress when anything is thrown away</li>
<li>keeping visitors out of the home</li>
</ul>
<h2>What helps people who keep too many things?</h2>
<p>A family doctor can arrange talking therapy for people who keep too many things. Clearing the
home by force tends to make matters worse, because the person loses trust in those who helped.</p>
"""


def html(body: str = HOARDING_BODY, title: str = HOARDING, url: str | None = HOARDING_URL) -> bytes:
    """A page with a menu, a cookie notice, a footer and the address that it gives as its own."""
    canonical = f'<link rel="canonical" href="{url}">' if url else ""
    return f"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title>{canonical}
<script>window.menuscript = 1;</script></head>
<body><nav><ul><li><a href="/">Front page of the site</a></li><li><a href="/a-z">Conditions A to Z
</a></li><li><a href="/login">Log in to your account</a></li></ul></nav>
<div id="cookie-banner" class="cookie-consent"><p>We use cookies to see how this site is used.</p>
</div>
<main><article>{body}</article></main>
<footer><ul><li><a href="/about">About this website</a></li><li><a href="/terms">Terms of use</a>
</li></ul><p>Crown copyright footer line</p></footer></body></html>""".encode()


DREAMS = "Bad dreams in adults"
DREAMS_LINES = (
    DREAMS,
    "What are bad dreams?",
    "Bad dreams are dreams that wake you in fear or dread. Nearly all adults have",
    "bad dreams now and then, and no treatment is needed.",
    "What can help with bad dreams?",
    "These steps may help with bad dreams:",
    "\x95 keeping the same bedtime each night",
    "\x95 writing the dream down with a better ending",
    "\x95 leaving alarming films for the daytime",
    "A sleep clinic can help people whose bad dreams come every night.",
)


def pdf(lines: Sequence[str] = DREAMS_LINES, title: str | None = DREAMS) -> bytes:
    """A one-page PDF, written by hand: objects, the table of their places, the trailer."""
    shown = b" T* ".join(b"(" + _escaped(line) + b") Tj" for line in lines)
    stream = b"BT /F1 11 Tf 72 760 Td 16 TL " + shown + b" ET" if lines else b""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        b"<< /Title (" + _escaped(title or "") + b") >>",
    ]
    made, places = bytearray(b"%PDF-1.4\n"), list[int]()
    for number, body in enumerate(objects, 1):
        places.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(made)
    made += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    made += b"".join(b"%010d 00000 n \n" % place for place in places)
    info = b" /Info 6 0 R" if title else b""
    made += b"trailer\n<< /Size %d /Root 1 0 R%s >>\n" % (len(objects) + 1, info)
    return bytes(made + b"startxref\n%d\n%%%%EOF\n" % start)


def _escaped(text: str) -> bytes:
    plain = text.encode("latin-1")
    return plain.replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")


def locked_pdf() -> bytes:
    """The same PDF behind a password."""
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf())))
    writer.encrypt("a password", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


PETS = "Losing a pet"


def docx() -> bytes:
    """A Word file with a title, headings, paragraphs and a bulleted list."""
    file = WordFile()
    file.core_properties.title = PETS
    file.add_heading(PETS, level=0)
    file.add_heading("Why does losing a pet hurt so much?", level=1)
    file.add_paragraph(
        "Losing a pet can hurt as much as losing a relative. A pet is part of the day from "
        "waking up to bedtime, and the empty basket is a reminder at every turn."
    )
    file.add_heading("What can help after losing a pet?", level=1)
    file.add_paragraph("People who are losing a pet have found help in:")
    for item in ("telling stories about the pet", "a small farewell", "a rest from decisions"):
        file.add_paragraph(item, style="List Bullet")
    file.add_paragraph("Animal charities run support groups for people who are losing a pet.")
    out = io.BytesIO()
    file.save(out)
    return out.getvalue()


GARDENS = "Gardening and mood"
GARDENS_MARKDOWN = """\
# Gardening and mood

## Does gardening lift mood?

Gardening can **lift mood** because it joins light exercise with [time outdoors](https://x.test/).
Many people say that gardening gives a day its shape.

## What does gardening need?

Gardening needs very little at first:

- a pot and some soil
- a windowsill with light
- five minutes a day

Community gardens welcome people who have never done any gardening before.
"""
