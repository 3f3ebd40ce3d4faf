"""Changes the corpus: reads pages in, moves review states, says what changed. By command only.

    Curator(folder, folders, hosts, today).add(["https://medlineplus.gov/..."], Wanted())
    review(folder, "panic-attacks", "clinically-reviewed", by_role="psychiatrist", on=today)
    withdraw(folder, "panic-attacks", by_role="editor", reason="being rewritten")

The chat never imports this room. It sees what changed by the files themselves.
"""

from chatbot.curate.add import Curator, Outcome, Wanted
from chatbot.curate.look import Standing, diff, status
from chatbot.curate.review import review, withdraw

__all__ = ["Curator", "Outcome", "Standing", "Wanted", "diff", "review", "status", "withdraw"]
