"""In: bytes and the character set a mail declares for them. Out: text without lone surrogates, and what was mended.

No byte sequence raises, and no byte is dropped: what no character set explains is read as Windows Latin-1.
"""

from __future__ import annotations

import base64
import binascii
import codecs
import re

_ENCODED_WORD = re.compile(r"=\?([^?\s]{1,64})\?([bBqQ])\?([^?]*)\?=")
_BETWEEN_WORDS = re.compile(r"[ \t\r\n]*")
_QUOTED_BYTE = re.compile(rb"=([0-9A-Fa-f]{2})")
_SURROGATE = re.compile("[\ud800-\udfff]")
_NOT_FOR_MAIL = {"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem"}
"""Python's text codecs that are no character sets; some take quadratic time."""
_WIDER = {"gb2312": "gb18030", "gbk": "gb18030", "euc_kr": "cp949", "shift_jis": "cp932", "big5": "cp950"}
"""Senders declare the narrow set and use its superset (the WHATWG encoding standard decodes so too)."""
_SPELLINGS = {"windows-874": "cp874", "ansi_x3.4-1968": "ascii", "x-gbk": "gb18030", "cp-850": "cp850"}
_DETECTED = {"unknown-8bit", "x-unknown", "unknown", "binary", "default", "_autodetect_all", "none"}
_HIGH_CONTROLS = re.compile(rb"[\x80-\x9f]")


def codec_of(charset: str) -> str | None:
    """Python's name of the codec for a declared `charset`; None where it names no character set."""
    name = charset.strip().strip("\"'").rstrip("_;, \t").lower()
    if not name or len(name) > 64 or name in _DETECTED or not name.isascii() or "\x00" in name:
        return None
    try:
        found = codecs.lookup(_SPELLINGS.get(name, name))
        "".encode(found.name)
    except (LookupError, ValueError, UnicodeError):
        return None
    return None if found.name.replace("-", "_") in _NOT_FOR_MAIL else found.name


def _latin(content: bytes) -> str:
    """Every byte as a character; C1 controls read as Windows-1252 where that has a character."""
    text = content.decode("latin-1")
    if not _HIGH_CONTROLS.search(content):
        return text
    table = {code: bytes([code]).decode("cp1252", "ignore") or chr(code) for code in range(0x80, 0xA0)}
    return text.translate(table)


def without_surrogates(text: str) -> str:
    """`text` with lone surrogates as U+FFFD, so that it has a UTF-8 form."""
    return text if text.isascii() else _SURROGATE.sub("\ufffd", text)


def decode(content: bytes, charset: str | None) -> tuple[str, str]:
    """The text of `content` declared as `charset`, and what was mended ("" for nothing)."""
    declared = codec_of(charset) if charset else "utf-8"
    codec = _WIDER.get(declared, declared) if declared else None
    said = "" if declared else f"unknown character set {charset!r}"
    if content.isascii() and codec in {None, "ascii", "utf-8"}:
        return content.decode("ascii"), said
    if codec == "iso8859-1":
        return _latin(content), ""
    for attempt in (codec, "utf-8"):
        if attempt is None:
            continue
        try:
            text = without_surrogates(content.decode(attempt))
        except (UnicodeError, ValueError):
            continue
        if attempt == codec:
            return text, ""
        return text, said or f"not {charset}, read as UTF-8"
    if codec not in {None, "ascii"}:
        assert codec is not None
        text = content.decode(codec, "replace")
        lost = text.count("\ufffd")
        if lost * 2 < sum(1 for char in text if char > "\x7f"):
            return without_surrogates(text), f"{lost} undecodable places in {charset or codec} text"
    return _latin(content), f"{said or f'not {charset or codec}'}, read as Latin-1"


def _word_bytes(encoding: str, text: str) -> bytes:
    raw = text.encode("ascii", "replace")
    if encoding in "qQ":
        return _QUOTED_BYTE.sub(lambda hit: bytes([int(hit[1], 16)]), raw.replace(b"_", b" "))
    kept = re.sub(rb"[^A-Za-z0-9+/]", b"", raw)
    kept = kept[:-1] if len(kept) % 4 == 1 else kept
    try:
        return base64.b64decode(kept + b"=" * (-len(kept) % 4))
    except (binascii.Error, ValueError):
        return raw


def decode_header(value: str) -> str:
    """A header's value as the `email` package gives it (bytes as surrogates, RFC 2047 words) as one line of text."""
    if not value.isascii():
        value = decode(value.encode("utf-8", "surrogateescape"), None)[0]
    value = re.sub(r"\r?\n(?=[ \t])|\r?\n\Z", "", value)
    if "=?" not in value:
        return " ".join(value.split())
    pieces: list[str] = []
    pending, charset, at = b"", "", 0

    for word in _ENCODED_WORD.finditer(value):
        between = value[at : word.start()]
        named = word[1].partition("*")[0].lower()
        joined = bool(at) and not between.strip()
        if not joined or named != charset:
            if pending:
                pieces.append(decode(pending, charset)[0])
                pending = b""
            if not joined:
                pieces.append(between)
        charset, at = named, word.end()
        pending += _word_bytes(word[2], word[3])
    if pending:
        pieces.append(decode(pending, charset)[0])
    pieces.append(value[at:])
    return " ".join("".join(pieces).split())
