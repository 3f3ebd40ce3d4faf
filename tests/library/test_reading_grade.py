"""Plain language: hard documents are warned of, then refused."""

import pytest

from chatbot.library import Library
from chatbot.library.rules.reading import grade, syllables

from .small_corpus import SmallCorpus

SPOKEN = {
    1: "grief help called times sleep used friend thoughts makes",
    2: "people someone trouble being going safety something able helpless simple doctor",
    3: "suicide loneliness medicine everyday example remember recover idea depression hospital",
    4: "anxiety suicidal experience community identity",
    5: "antidepressant schizophrenia university",
}


@pytest.mark.parametrize(
    ("word", "count"), [(word, n) for n, words in SPOKEN.items() for word in words.split()]
)
def test_syllables_are_counted_as_they_are_spoken(word: str, count: int) -> None:
    assert syllables(word) == count


def test_letters_are_counted_one_by_one_and_any_word_has_a_syllable() -> None:
    assert (syllables("PTSD"), syllables("a"), syllables("hmm"), syllables("é")) == (4, 1, 1, 1)


HARD = (
    "The psychological understanding of {thing} necessarily requires considerable professional "
    "deliberation concerning individual circumstances, family relationships and environmental "
    "opportunities before any meaningful recommendation. [@who-calm]"
)


def _hard(corpus: SmallCorpus, paragraphs: int) -> None:
    text = corpus.read("documents/evenings.md")
    head, _, rest = text.partition("look like?\n")
    plain = rest.strip().split("\n\n")
    hard = [HARD.format(thing=p.split()[1]) for p in plain[:paragraphs]]
    corpus.write("documents/evenings.md", head + "look like?\n" + "\n\n".join(hard + plain))


def test_a_hard_document_is_warned_of_over_10_and_refused_over_11(corpus: SmallCorpus) -> None:
    at = ("corpus/documents/evenings.md", corpus.line("documents/evenings.md", "## What are"))
    found: dict[str, float] = {}
    easy = corpus.read("documents/evenings.md")
    for paragraphs in range(0, 24):
        corpus.write("documents/evenings.md", easy)
        _hard(corpus, paragraphs)
        grades = [p for p in corpus.check().problems if p.line and p.rule == "reading grade"]
        assert [(p.file.as_posix(), p.line) for p in grades] in ([], [at])
        library = Library.load(corpus.folder)
        level = grade(library.documents["evenings"])
        expected = "error" if level > 11 else "warning" if level > 10 else "none"
        assert [p.severity for p in grades] == [expected] * (expected != "none")
        found[expected] = level
    assert set(found) == {"none", "warning", "error"}


def test_a_corpus_that_is_hard_on_the_whole_is_refused(corpus: SmallCorpus) -> None:
    (corpus.folder / "documents/walks.md").unlink()
    _hard(corpus, 20)
    assert ("corpus/documents", None, "reading grade", "error") in corpus.problems()
