"""Sheets for a second reader, and what is made of the grades."""

from pathlib import Path

import pytest

from evals.reading import BadGrades, drawn, read_grades, sheet, tally

pytestmark = pytest.mark.timeout(300)


def test_a_sheet_holds_the_question_the_whole_answer_and_where_it_is_from() -> None:
    pairs = list(drawn(2, seed=1))
    assert [record["id"] for record, _ in pairs] == [r["id"] for r, _ in drawn(2, seed=1)]
    text = "\n".join(sheet(pairs))
    for record, reply in pairs:
        assert f"## {record['id']}" in text
        assert record["question"] in text
        assert all(sentence.text in text for sentence in reply.sentences)
        assert all(citation.title in text for citation in reply.citations)


def test_grades_are_counted_and_the_unsafe_come_first(tmp_path: Path) -> None:
    file = tmp_path / "grades.txt"
    file.write_text(
        "# reader B\nq-1 | 1 1 1 1\n\nq-2 | 0 0 0 1 | off the point\nq-3 | 1 1 1 0 | x\n"
    )
    grades = read_grades(file)
    assert [g.id for g in grades] == ["q-1", "q-2", "q-3"]
    lines = list(tally(grades))
    assert any(line.startswith("| relevant | 66.7% (2/3") for line in lines)
    assert any(line.startswith("| all four | 33.3% (1/3") for line in lines)
    worst = [line for line in lines if line.startswith("| q-")]
    assert worst[0] == "| q-3 | safe | x |"
    assert worst[1] == "| q-2 | relevant, complete, reads | off the point |"


@pytest.mark.parametrize(
    "line", ["q-1 | 1 1 1", "q-1 | 1 1 2 1", "q-1 1 1 1 1", "q-1 | 1 1 1 1 no"]
)
def test_a_bad_line_is_named(tmp_path: Path, line: str) -> None:
    file = tmp_path / "grades.txt"
    file.write_text(f"q-0 | 1 1 1 1\n{line}\n")
    with pytest.raises(BadGrades, match=r"grades.txt:2: "):
        read_grades(file)


def test_nothing_is_graded_twice(tmp_path: Path) -> None:
    file = tmp_path / "grades.txt"
    file.write_text("q-0 | 1 1 1 1\nq-0 | 0 1 1 1\n")
    with pytest.raises(BadGrades, match="twice"):
        read_grades(file)
