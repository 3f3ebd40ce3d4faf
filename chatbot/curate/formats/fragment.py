"""HTML fragments inside other formats: headings, paragraphs, lists; everything else is text."""

from lxml import html

from chatbot.curate.extracted import Outline

_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_LISTS = frozenset({"ul", "ol"})
_BLOCKS = frozenset({"p", "div", "section", "article", "blockquote", "table", "tr", "td", "th"})
_NEVER = frozenset({"script", "style", "iframe", "noscript", "svg", "form", "button", "template"})


def read_fragment(text: str, outline: Outline, skip_class: str | None = None) -> None:
    """Put an HTML fragment's headings, paragraphs and lists into an outline.

    Parameters
    ----------
    skip_class : elements of this class are left out, such as an attribution line.
    """
    if text.strip():
        root = html.fragment_fromstring(text, create_parent="div")
        _walk(root, outline, skip_class)


def _walk(element: html.HtmlElement, outline: Outline, skip_class: str | None) -> None:
    loose = [element.text or ""]
    for child in element:
        tag = child.tag if isinstance(child.tag, str) else "comment"
        skipped = tag == "comment" or tag in _NEVER
        skipped = skipped or bool(skip_class and skip_class in (child.get("class") or "").split())
        if skipped:
            pass
        elif tag in _HEADINGS | _LISTS | _BLOCKS:
            outline.paragraph("".join(loose))
            loose = []
            if tag in _HEADINGS:
                outline.heading(child.text_content())
            elif tag in _LISTS:
                outline.items([item.text_content() for item in child.findall("li")])
            elif tag == "p" and not any(c.tag in _LISTS | _BLOCKS for c in child):
                outline.paragraph(child.text_content())
            else:
                _walk(child, outline, skip_class)
        else:
            loose.append("\n" if tag == "br" else child.text_content())
        loose.append(child.tail or "")
    outline.paragraph("".join(loose))
