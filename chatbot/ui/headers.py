"""What the server lets through, and what it tells the browser: privacy and safety by header.

Gradio serves far more than a chat needs (uploads, file access, a proxy, run history, monitoring).
Only the paths below are open; the rest do not exist, so nothing can be uploaded to disk here.
"""

import logging
import re

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = logging.getLogger(__name__)

OPEN_PATHS = re.compile(
    r"/|/healthz|/lamplight/[\w./-]+|/assets/[\w./-]+|/theme\.css|/config|/favicon\.ico"
    r"|/static/(?:fonts|img)/[\w./-]+"
    r"|/gradio_api/(?:info|startup-events|queue/join|queue/data|heartbeat/\w+|reset|cancel)/?"
)
LARGEST_BODY = 256 * 1024
POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self' 'unsafe-inline'",  # Gradio positions its parts by style attributes
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "base-uri": "'none'",
    "form-action": "'none'",
    "frame-ancestors": "'none'",
}
ALWAYS = {
    "Content-Security-Policy": "; ".join(f"{what} {whence}" for what, whence in POLICY.items()),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), "
    "browsing-topics=(), interest-cohort=()",
}
ASSETS = re.compile(r"/assets/|/static/")


class Guarded:
    """An ASGI app with the rest of the world kept out.

    An exception from inside is named by its type only and answered with a bare 500: its message
    could quote what somebody typed.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = False

        async def with_headers(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                _add_headers(MutableHeaders(scope=message), scope["path"])
            await send(message)

        refusal = _refusal(scope)
        try:
            await (refusal or self.app)(scope, receive, with_headers)
        except Exception as error:  # noqa: BLE001 - nothing of it may reach a log but its type
            log.error("A request failed: %s", type(error).__name__)
            if not started:
                broken = JSONResponse({"error": "Something went wrong on our side."}, 500)
                await broken(scope, receive, with_headers)


def _add_headers(headers: MutableHeaders, path: str) -> None:
    for name, value in ALWAYS.items():
        headers[name] = value
    if ASSETS.match(path):
        headers["Cache-Control"] = "public, max-age=31536000, immutable"
    else:
        headers["Cache-Control"] = "no-cache" if path.startswith("/lamplight/") else "no-store"


def _refusal(scope: Scope) -> ASGIApp | None:
    path = scope["path"].removeprefix(scope.get("root_path", ""))
    if not OPEN_PATHS.fullmatch(path) or ".." in path:
        return JSONResponse({"error": "There is nothing here."}, 404)
    if scope["method"] in ("GET", "HEAD"):
        return None
    length = Headers(scope=scope).get("content-length", "")
    if not length.isdigit() or int(length) > LARGEST_BODY:
        return JSONResponse({"error": "This is too long to be a message."}, 413)
    return None
