"""In: a Message-ID or a URL as people paste it. Out: the Message-ID, and the archive that the URL names, if any.

Pure: which archive answers where none is named is for b4's configuration to say.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from kb.errors import UsageError

_LABEL = re.compile(r"\w{0,10}id:", re.IGNORECASE)
_MESSAGE_ID = re.compile(r"[^\s<>@\x00-\x1f\x7f]{1,500}@[^\s<>@\x00-\x1f\x7f]{1,500}")
_CREDENTIALS = re.compile(r"^([a-z][a-z0-9+.-]*://)[^/?#\\\s]*@", re.IGNORECASE)
_REDIRECTORS = ("kernel.org", "msgid.link")
"""Hosts whose `/r/ID` and `/ID` forms lead to whatever archive is asked, so that b4.midmask may name a nearer one."""


@dataclass(frozen=True, slots=True)
class Address:
    """One message in an archive."""

    message_id: str
    """Without angle brackets."""
    archive: str | None
    """`scheme://host/list` without a final `/`, or None where b4.midmask is to say."""


def address_of(source: str) -> Address:
    """What `source` names: `<a@b>`, `a@b`, `id:a@b`, `https://host/list/a@b/...`, `…/r/a@b`, `…/patch/a@b/`.

    Raises:
        UsageError: there is no Message-ID in it.
    """
    text = source.strip()
    if re.match(r"https?://", text, re.IGNORECASE):
        return _of_url(text)
    text = _LABEL.sub("", text.strip("<>"), count=1) if _LABEL.match(text.strip("<>")) else text.strip("<>")
    if _MESSAGE_ID.fullmatch(text) is None:
        raise UsageError(
            f"“{source}”", "this is no Message-ID", "give one like <20240102030405.123-1-name@example.org>"
        )
    return Address(text, None)


def shown(url: str) -> str:
    """`url`, which need not be a right one, without the name and password that it may hold."""
    return _CREDENTIALS.sub(r"\1", url.strip(), count=1)


def _of_url(url: str) -> Address:
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as wrong:
        raise UsageError(f"“{url}”", f"this is no URL ({wrong})", "check it") from wrong
    steps = [step for step in parts.path.split("/") if step]
    at = next((n for n, step in enumerate(steps) if _MESSAGE_ID.fullmatch(unquote(step).strip("<>"))), None)
    if at is None or not host:
        raise UsageError(f"“{url}”", "there is no Message-ID in this URL", "open the message there and give its URL")
    message_id, before = unquote(steps[at]).strip("<>"), steps[:at]
    if before[-1:] == ["patch"]:
        return Address(message_id, None)
    if before in ([], ["r"]):
        known = any(host == name or host.endswith(f".{name}") for name in _REDIRECTORS)
        return Address(message_id, None if known else f"{parts.scheme}://{parts.netloc}/all")
    return Address(message_id, f"{parts.scheme}://{parts.netloc}/{'/'.join(before)}")
