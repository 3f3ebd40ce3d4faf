"""Lamplight: cited answers from a vetted corpus, behind a crisis guard.

Importing this package, before anything else, switches off every report that a dependency would
send home. Messages are health data, so these settings are forced, not defaults: a variable left
over in someone's shell must not send a person's words to a vendor. `tests/test_privacy.py` holds
it by blocking sockets and reading what would have been exported.
"""

import os
from importlib.metadata import PackageNotFoundError, version

SILENCED = {
    "ANONYMIZED_TELEMETRY": "False",  # Chroma
    "CHROMA_OTEL_COLLECTION_ENDPOINT": "",  # Chroma's own OpenTelemetry export
    "CHROMA_OTEL_GRANULARITY": "none",
    "DISABLE_TELEMETRY": "1",
    "DO_NOT_TRACK": "1",
    "GRADIO_ANALYTICS_ENABLED": "False",
    "GRADIO_SHARE": "False",
    "GUARDRAILS_RUN_HUB_TELEMETRY": "false",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "LANGCHAIN_TRACING": "false",
    "LANGCHAIN_TRACING_V2": "false",
    "LANGSMITH_TRACING": "false",
    "LANGSMITH_TRACING_V2": "false",
    "OTEL_SDK_DISABLED": "true",  # read when a tracer provider is made; see guards/validator.py
    "TOKENIZERS_PARALLELISM": "false",
}
os.environ.update(SILENCED)

try:
    __version__ = version("lamplight")
except PackageNotFoundError:  # running from a folder that was never installed
    __version__ = "0+unknown"

__all__ = ["SILENCED", "__version__"]
