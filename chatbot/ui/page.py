"""The page around the chat: header, help panel, sources panel. Ours, not Gradio's.

Gradio's own page names a font host and a share image elsewhere and runs inline scripts. This one
takes two things from it, the address of its script and of its style, so that nothing is asked of
any other host and the Content-Security-Policy can forbid inline scripts. What is on it works
before Gradio has loaded, and the help panel without any script at all.
"""

import re
from functools import cache
from pathlib import Path

from chatbot.errors import LamplightError
from chatbot.library.lines import CrisisLines
from chatbot.settings import Settings
from chatbot.ui.places import NOWHERE, places
from chatbot.ui.render import render

_SCRIPT = re.compile(r'<script type="module"[^>]*\ssrc="\./(assets/[\w.-]+\.js)"')
_STYLE = re.compile(r'<link rel="stylesheet"[^>]*\shref="\./(assets/[\w.-]+\.css)"')


def page(lines: CrisisLines | None, settings: Settings) -> str:
    """The whole page as HTML, with the crisis lines of every country in it."""
    script, style = _gradio_assets()
    return render(
        "page.html",
        title=settings.ui.title,
        exit_url=settings.ui.quick_exit_url,
        country=settings.ui.default_country,
        limit=settings.limits.message_characters,
        places=places(lines),
        nowhere=NOWHERE,
        gradio_script=script,
        gradio_style=style,
    )


@cache
def _gradio_assets() -> tuple[str, str]:
    """Where Gradio's script and style are, under our own host."""
    import gradio

    file = Path(gradio.__file__).parent / "templates" / "frontend" / "index.html"
    html = file.read_text(encoding="utf-8")
    script, style = _SCRIPT.search(html), _STYLE.search(html)
    if not script or not style:
        raise LamplightError(
            f"Gradio {gradio.__version__} builds its page in a way that chatbot/ui/page.py does "
            "not know. Install the version in constraints.txt."
        )
    return script[1], style[1]
