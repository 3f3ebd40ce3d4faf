"""What every guard is: a guardrails Validator that also answers in Findings, in batches."""

from collections.abc import Sequence
from typing import Any, ClassVar

from guardrails.settings import settings as guardrails_settings
from guardrails.validator_base import (
    FailResult,
    PassResult,
    ValidationResult,
    Validator,
)

from chatbot.schema import Finding

# A Guard writes each text that it validates into its spans. OTEL_SDK_DISABLED prevents that only
# where no tracer provider was made before `chatbot` was imported; this holds in any order.
guardrails_settings.disable_tracing = True


class ScreeningValidator(Validator):  # type: ignore[misc]
    """A guardrails Validator over a message. Subclasses implement `check`.

    A FailResult names labels and risk in its metadata. Its error message and spans never quote the
    text: an exception's message travels into logs and traces.
    """

    guard: ClassVar[str] = ""

    @property
    def version(self) -> str:
        """What decides the verdict, in one short mark: on every reply, so it can be traced."""
        return self.guard

    def check(self, texts: Sequence[str]) -> list[Finding]:
        """One Finding a text, in order."""
        raise NotImplementedError

    def _validate(self, value: Any, metadata: dict[str, Any]) -> ValidationResult:
        finding = self.check([str(value)])[0]
        if finding.risk == "none" and finding.refusal_reason is None:
            return PassResult(metadata={"finding": finding.model_dump(mode="json")})
        found = finding.refusal_reason or finding.risk
        return FailResult(
            error_message=f"{self.guard}: {found} ({', '.join(finding.labels) or 'no label'})",
            metadata={"finding": finding.model_dump(mode="json")},
        )
