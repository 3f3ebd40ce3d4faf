"""Guards: guardrails-ai Validators that grade one message. They only ever make a verdict stricter.

    from guardrails import Guard
    from chatbot.guards import CrisisPhrases

    Guard().use(CrisisPhrases(on_fail="noop")).validate("I want to die").validation_passed  # False

`check(texts)` gives Findings, which is what the screen stage reads; `validate` gives guardrails'
PassResult or FailResult. Neither ever carries the person's words.
"""

from chatbot.guards.crisis import CrisisMeaning, CrisisPhrases
from chatbot.guards.request import RequestScope
from chatbot.guards.validator import ScreeningValidator

__all__ = ["CrisisMeaning", "CrisisPhrases", "RequestScope", "ScreeningValidator"]
