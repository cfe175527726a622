"""In: an endpoint's URL and a request's bytes. Out: the bytes of its answer, or a `ReadingError`.

The only network of a reader, and only the host that the user named is spoken to: redirects are not followed, proxies
are not asked, time and size are bounded, and the key stands in one header and nowhere else.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import threading
import time
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from ingest.reader.failures import ReadingError, Why
from kb.errors import UsageError
from kb.visible import one_line

KEY_VARIABLE = "THREADKB_READER_KEY"
LARGEST_ANSWER = 1 << 20
"""Bytes of one answer."""
SECONDS = 180.0
"""For one answer, from the connection to the last byte."""
_TO_CONNECT = 10.0
_ROUTE = "/chat/completions"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A model behind an OpenAI-compatible endpoint."""

    secure: bool
    host: str
    port: int
    path: str
    """Of chat completions."""
    model: str
    key: str = field(default="", repr=False)
    seconds: float = SECONDS

    @property
    def place(self) -> str:
        """The host as it is shown, with its port where that is not the usual one."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == (443 if self.secure else 80) else f"{host}:{self.port}"

    @property
    def name(self) -> str:
        """`MODEL at HOST`, for people."""
        return one_line(f"{self.model or 'a model'} at {self.place}", width=120)


def endpoint_of(url: str, *, model: str = "", key: str = "", seconds: float = SECONDS) -> Endpoint:
    """The endpoint at `url`: a server's address, its `/v1`, or the whole address of its chat completions.

    Raises UsageError for any other scheme than http and https, for a name or password in the URL, and for a key that
    would travel unencrypted to another machine.
    """
    place = "--reader"
    try:
        parts = urlsplit(url.strip())
        port = parts.port or (443 if parts.scheme == "https" else 80)
        host = (parts.hostname or "").encode("idna").decode() if parts.hostname else ""
    except (ValueError, UnicodeError):
        raise UsageError(
            place, f"'{_harmless(url)}' is no URL", "write http://localhost:8080 or https://HOST/v1"
        ) from None
    if parts.scheme not in {"http", "https"} or not host:
        raise UsageError(
            place, f"'{_harmless(url)}' is no http or https URL", "write http://localhost:8080 or https://HOST/v1"
        )
    if parts.username is not None or parts.password is not None:
        raise UsageError(place, "a name or password stands in the URL", f"put the key into {KEY_VARIABLE}")
    if parts.query or parts.fragment or any(not "!" <= char <= "~" for char in parts.path):
        raise UsageError(
            place, f"'{_harmless(url)}' goes on with more than a path", "write http://localhost:8080 or https://HOST/v1"
        )
    if key and not (key.isascii() and key.isprintable() and " " not in key):
        raise UsageError(KEY_VARIABLE, "the key has characters that no key has", "set it again")
    secure = parts.scheme == "https"
    if key and not secure and not _is_here(host):
        raise UsageError(place, f"{KEY_VARIABLE} would travel to {host} unencrypted", "use https, or unset the key")
    path = parts.path.rstrip("/")
    if not path.endswith(_ROUTE):
        path = f"{path or '/v1'}{_ROUTE}"
    return Endpoint(secure, host, port, path, model.strip(), key, seconds)


def _harmless(url: str) -> str:
    """As much of a URL as holds no secret."""
    return url.partition("?")[0].partition("#")[0].rpartition("@")[2][:200]


def _is_here(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def post(endpoint: Endpoint, content: bytes) -> bytes:
    """What the endpoint answers to `content`, a JSON object. Raises ReadingError for anything but a whole 200."""
    end = time.monotonic() + endpoint.seconds
    connection = _connection(endpoint)
    watch: threading.Timer | None = None
    try:
        connection.connect()
        connected = connection.sock
        # a server that sends a byte now and then resets every timeout of the socket, but not this one
        watch = threading.Timer(max(end - time.monotonic(), 0.0), _shut, [connected])
        watch.daemon = True
        watch.start()
        connected.settimeout(endpoint.seconds)
        connection.request("POST", endpoint.path, body=content, headers=_headers(endpoint))
        with closing(connection.getresponse()) as answer:
            left, status, reason, headers = answer.length, answer.status, answer.reason, answer.headers
            read = _read(answer)
    except ssl.SSLCertVerificationError as wrong:
        raise ReadingError(
            Why.REFUSED, f"its certificate cannot be trusted: {wrong.verify_message}", status=495
        ) from None
    except TimeoutError:
        raise ReadingError(Why.SLOW) from None
    except (OSError, http.client.HTTPException, ValueError) as wrong:
        if time.monotonic() >= end:
            raise ReadingError(Why.SLOW) from None
        why = Why.CUT if isinstance(wrong, http.client.IncompleteRead) else Why.UNREACHABLE
        raise ReadingError(why, _plain(endpoint, str(getattr(wrong, "strerror", "") or wrong))) from None
    finally:
        if watch is not None:
            watch.cancel()
        connection.close()
    if status != 200:
        raise _refusal(endpoint, status, reason, headers.get("Retry-After", ""), read)
    if left is None and time.monotonic() >= end:
        raise ReadingError(Why.SLOW)  # without a length, a connection shut by the watch looks like the end
    return read


def _connection(endpoint: Endpoint) -> http.client.HTTPConnection:
    if endpoint.secure:
        context = ssl.create_default_context()
        return http.client.HTTPSConnection(endpoint.host, endpoint.port, timeout=_TO_CONNECT, context=context)
    return http.client.HTTPConnection(endpoint.host, endpoint.port, timeout=_TO_CONNECT)


def _headers(endpoint: Endpoint) -> dict[str, str]:
    plain = {"Content-Type": "application/json", "Accept": "application/json", "User-Agent": "threadkb"}
    return {**plain, "Authorization": f"Bearer {endpoint.key}"} if endpoint.key else plain


def _shut(connected: socket.socket) -> None:
    with suppress(OSError):
        connected.shutdown(socket.SHUT_RDWR)


def _read(answer: http.client.HTTPResponse) -> bytes:
    promised = answer.length
    parts: list[bytes] = []
    total = 0
    while part := answer.read1(1 << 16):
        total += len(part)
        if total > LARGEST_ANSWER:
            raise ReadingError(Why.HUGE)
        parts.append(part)
    if promised is not None and total < promised:
        raise http.client.IncompleteRead(b"", promised - total)
    return b"".join(parts)


def _refusal(endpoint: Endpoint, status: int, reason: str, wait: str, read: bytes) -> ReadingError:
    words = _plain(endpoint, f"HTTP {status} {reason}")
    if said := _plain(endpoint, read[:2000].decode("utf-8", "replace")):
        words += f": {said}"
    if 300 <= status < 400:
        return ReadingError(Why.MOVED, words, status=status)
    why = Why.BROKEN if status >= 500 else Why.REFUSED
    return ReadingError(why, words, status=status, after=_seconds(wait))


def _plain(endpoint: Endpoint, text: str) -> str:
    """What a server said, short, without the key should it repeat it."""
    return one_line(text.replace(endpoint.key, "***") if endpoint.key else text, width=160)


def _seconds(text: str) -> float | None:
    """What a Retry-After header asks to wait, in seconds: a number, or a date; None where it says neither."""
    text = text.strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        when = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError):
        return None
    when = when if when.tzinfo else when.replace(tzinfo=UTC)
    return max((when - datetime.now(UTC)).total_seconds(), 0.0)
