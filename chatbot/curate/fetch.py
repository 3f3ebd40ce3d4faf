"""Reads what `corpus add` is given: a file, or a page of a host on the allow-list.

Nothing else is ever fetched: every redirect is held to the list too, only https is spoken (plain
http to this machine, for a mirror and for tests), and size and time have limits.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from chatbot.errors import UnreadableSource
from chatbot.library.rules.sources import is_authority

MOST_BYTES = 60_000_000
SECONDS = 60.0
MOST_REDIRECTS = 5
_HERE = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True)
class Fetched:
    """Bytes, the name they go by, and the address that served them, if one did."""

    data: bytes
    name: str
    url: str | None


def is_address(place: str) -> bool:
    """Whether a place is an address rather than a file."""
    return place.lower().startswith(("http://", "https://"))


def fetch(place: str, hosts: Sequence[str]) -> Fetched:
    """The bytes of a file or an address. Raises UnreadableSource.

    Parameters
    ----------
    hosts : hosts that may be read beside the closed list of authorities.
    """
    if is_address(place):
        return _page(place, hosts)
    file = Path(place)
    try:
        if file.stat().st_size > MOST_BYTES:
            raise UnreadableSource(_too_large(), place)
        return Fetched(file.read_bytes(), file.name, None)
    except OSError as error:
        raise UnreadableSource(f"it cannot be opened ({error.strerror})", place) from error


def allowed(url: str, hosts: Sequence[str]) -> str | None:
    """Why an address may not be read, or None when it may."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        _ = parts.port
    except ValueError:
        return "it is no address"
    if parts.username or parts.password:
        return "it has a name or password in it"
    if not is_authority(url, hosts):
        return f"the host {host!r} is not on the list of authorities nor in corpus.hosts"
    if parts.scheme != "https" and not (parts.scheme == "http" and host in _HERE):
        return "it is not an https:// address"
    return None


def _page(url: str, hosts: Sequence[str]) -> Fetched:
    import httpx

    begun = time.monotonic()
    with httpx.Client(timeout=SECONDS / 3, trust_env=True, follow_redirects=False) as client:
        for _ in range(MOST_REDIRECTS + 1):
            reason = allowed(url, hosts)
            if reason:
                raise UnreadableSource(reason, url)
            try:
                with client.stream("GET", url, headers={"User-Agent": "Lamplight"}) as answer:
                    if answer.is_redirect:
                        url = _onward(url, answer.headers.get("location", ""))
                        continue
                    if answer.status_code != httpx.codes.OK:
                        raise UnreadableSource(f"the server answered {answer.status_code}", url)
                    data = bytearray()
                    for chunk in answer.iter_bytes():
                        data += chunk
                        if len(data) > MOST_BYTES:
                            raise UnreadableSource(_too_large(), url)
                        if time.monotonic() - begun > SECONDS:
                            raise UnreadableSource(f"it took over {SECONDS:.0f} seconds", url)
                    return Fetched(bytes(data), urlsplit(url).path.rpartition("/")[2], url)
            except (httpx.HTTPError, httpx.InvalidURL) as error:
                what = f"it cannot be fetched ({type(error).__name__})"
                raise UnreadableSource(what, url) from error
    raise UnreadableSource(f"it redirects over {MOST_REDIRECTS} times", url)


def _onward(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError as error:
        raise UnreadableSource("it redirects to what is no address", url) from error


def _too_large() -> str:
    return f"it is over {MOST_BYTES // 1_000_000} MB"
