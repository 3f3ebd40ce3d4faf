"""The README's table of figures, from the baseline: `make readme-figures`."""

import re
from pathlib import Path

from evals.record import BASELINE, Run, read_run
from evals.summary import told

README = Path(__file__).parent.parent / "README.md"
HEADER = "| task | figure (test split) | rate |\n|---|---|---|\n"
LEFT_TO_THE_REPORT = {
    ("disguise", "noticed"),
    ("conversation", "crisis_kept"),
    ("conversation", "latched"),
    ("grounding", "supported"),
    ("grounding", "precise"),
    ("grounding", "sourced"),
    ("grounding", "on_point"),
    ("grounding", "withdrawn_cited"),
    ("retrieval", "best_answers"),
    ("injection", "document_answers"),
}
"""Figures that say nearly the same as one that is shown."""


def table(run: Run) -> str:
    """The figures of a run as the README shows them: Markdown, ended by a newline."""
    rows = []
    for task in run.tasks:
        shown = [f for f in task.figures if (task.name, f.key) not in LEFT_TO_THE_REPORT]
        for n, figure in enumerate(shown):
            arrow = "" if figure.better == "higher" else " (lower is better)"
            rows.append(
                f"| {'' if n else f'`{task.name}`'} | {figure.name}{arrow} | {told(figure)} |\n"
            )
    return HEADER + "".join(rows)


def with_table(page: str, run: Run) -> str:
    """The page with its table made anew. Raises ValueError where it has none."""
    new, found = re.subn(re.escape(HEADER) + r"(?:\|.*\n)*", lambda _: table(run), page, count=1)
    if not found:
        raise ValueError("the page has no table of figures")
    return new


def main() -> None:
    """Write the table of the kept baseline into the README."""
    README.write_text(with_table(README.read_text("utf-8"), read_run(BASELINE)), "utf-8")


if __name__ == "__main__":
    main()
