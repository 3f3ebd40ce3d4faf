"""A run in plain words: the table on the terminal and in a pull request's summary."""

from evals.record import Figure, Run


def told(figure: Figure) -> str:
    """A figure as rates are always printed: with n and a 95% interval."""
    if figure.n == 0:
        return "no eligible samples"
    return (
        f"{figure.hits / figure.n:.1%} ({figure.hits}/{figure.n}, "
        f"95% CI {figure.low:.0%}-{figure.high:.0%})"
    )


def table(run: Run) -> str:
    """Every figure as a Markdown table; errors stand in their own column."""
    rows = ["| task | figure | rate | errors |", "|---|---|---|---|"]
    for task in run.tasks:
        for n, figure in enumerate(task.figures):
            arrow = "" if figure.better == "higher" else " (lower is better)"
            errors = f"{len(task.errors)}/{task.samples}" if n == 0 else ""
            name = task.name if n == 0 else ""
            rows.append(f"| {name} | {figure.name}{arrow} | {told(figure)} | {errors} |")
    return "\n".join(rows)
