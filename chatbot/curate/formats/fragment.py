"""HTML fragments inside other formats: headings, paragraphs, lists; everything else is text."""

from collections.abc import Iterator, Sequence

from lxml import etree, html

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
        etree.strip_elements(root, etree.Comment, *_NEVER, with_tail=False)
        for line_break in root.iter("br"):
            line_break.tail = f" {line_break.tail or ''}"
        _walk(root, outline, skip_class)


def items_of(element: etree._Element, item: str, lists: Sequence[str]) -> Iterator[str]:
    """The items of a list, those of a list inside it after the item that it stands in."""
    for child in element.iterchildren(item):
        inner = [e for e in child.iter(*lists) if next(e.iterancestors(*lists)) is element]
        nested = {id(e) for part in inner for e in part.iter()}
        said = [child.text or ""]
        for part in child.iterdescendants():
            if id(part) not in nested:
                said.append(part.text or "")
            if id(part) not in nested or part in inner:
                said.append(part.tail or "")
        yield " ".join(said) if inner else "".join(said)
        for part in inner:
            yield from items_of(part, item, lists)


def _walk(element: html.HtmlElement, outline: Outline, skip_class: str | None) -> None:
    loose = [element.text or ""]
    for child in element:
        tag = str(child.tag)
        if skip_class and skip_class in (child.get("class") or "").split():
            pass
        elif tag in _HEADINGS | _LISTS | _BLOCKS:
            outline.paragraph("".join(loose))
            loose = []
            if tag in _HEADINGS:
                outline.heading(child.text_content())
            elif tag in _LISTS:
                outline.items(list(items_of(child, "li", ("ul", "ol"))))
            elif tag == "p" and not any(c.tag in _LISTS | _BLOCKS for c in child):
                outline.paragraph(child.text_content())
            else:
                _walk(child, outline, skip_class)
        else:
            loose.append(child.text_content())
        loose.append(child.tail or "")
    outline.paragraph("".join(loose))
