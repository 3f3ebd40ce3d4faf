"""Every task runs as it stands on the shipped chatbot: three samples each, in one process."""

from pathlib import Path

import pytest

from chatbot.pipeline import Chatbot
from evals.run import TASKS
from evals.samples import Plan
from evals.systems import Local

from .fakes import judge_with


@pytest.mark.parametrize("task", TASKS)
def test_a_task_judges_lamplight_without_an_error(
    task: str, lamplight: Chatbot, tmp_path: Path
) -> None:
    found = judge_with(task, Local("lamplight", lamplight), tmp_path, Plan(limit=3))
    assert found.errors == ()
    assert found.samples == 3
    assert any(figure.n for figure in found.figures)
    assert found.about
    assert len(list(tmp_path.glob("*.eval"))) == 1
