"""In: a mail's MIME tree. Out: its readable text, LF line ends, and what was mended or left out.

Every part that a person can read is in the text once: the plainest form of alternatives, patches, and HTML only
where nothing plainer says the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.message import Message as MimePart
from html.parser import HTMLParser

from ingest.decoding import decode, without_surrogates

_DEEPEST = 40
"""Nesting of parts that is followed; deeper ones only occur in mail made to hurt."""
_PATCH_TYPES = {"text/x-diff", "text/x-patch", "text/diff", "text/patch"}
_PATCH_NAME = re.compile(r"\.(?:patch|diff)\s*\Z", re.IGNORECASE)
_PATCH_TEXT = re.compile(r"^(?:diff --git |--- a/|@@ -\d)", re.MULTILINE)
_BREAKS = {
    "p",
    "div",
    "br",
    "tr",
    "li",
    "ul",
    "ol",
    "pre",
    "blockquote",
    "table",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
}
_UNCLOSED = re.compile(r"<(?=[^<>]*(?:<|\Z))|<(?![A-Za-z/!?])")
_UNSEEN = {"script", "style", "head", "title"}


class _Readable(HTMLParser):
    """Text of an HTML page; block elements break lines, block quotations get `> ` before each line."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[str] = [""]
        self._unseen: list[str] = []
        self._depth = 0
        self._verbatim = 0

    def _break(self) -> None:
        if self.lines[-1].strip():
            self.lines.append("")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _UNSEEN:
            self._unseen.append(tag)
        if tag == "br":
            self.lines.append("")
        elif tag in _BREAKS:
            self._break()
        self._depth += tag == "blockquote" and self._depth < _DEEPEST
        self._verbatim += tag == "pre"
        if tag in {"td", "th"} and self.lines[-1].strip():
            self.lines[-1] += "\t"

    def handle_endtag(self, tag: str) -> None:
        if self._unseen and tag == self._unseen[-1]:
            self._unseen.pop()
        if tag in _BREAKS and tag != "br":
            self._break()
            if tag == "p" and self.lines[-1:] == [""] and len(self.lines) > 1 and self.lines[-2]:
                self.lines.append("")
        self._depth -= tag == "blockquote" and self._depth > 0
        self._verbatim -= tag == "pre" and self._verbatim > 0

    def handle_data(self, data: str) -> None:
        if self._unseen and self._unseen[-1] != "head":
            return
        parts = data.split("\n") if self._verbatim else [re.sub(r"[ \t\r\n\f]+", " ", data)]
        for number, part in enumerate(parts):
            if number:
                self.lines.append("")
            part = part if self._verbatim or self.lines[-1] else part.lstrip(" ")
            if part and not self.lines[-1] and self._depth:
                self.lines[-1] = "> " * self._depth
            self.lines[-1] += part


def _well_opened(source: str) -> str:
    """`source` without comments and with each `<` that no `>` closes as text; on those the parser is quadratic."""
    kept: list[str] = []
    at = 0
    while (opened := source.find("<!--", at)) >= 0:
        closed = source.find("-->", opened + 4)
        if closed < 0:
            break
        kept.append(source[at:opened])
        at = closed + 3
    return _UNCLOSED.sub("&lt;", "".join((*kept, source[at:])))


def text_of_html(source: str) -> str:
    """The readable text of an HTML page; never raises."""
    reader = _Readable()
    try:
        reader.feed(_well_opened(source))
        reader.close()
    except (AssertionError, ValueError, IndexError, RecursionError):
        return source
    text = "\n".join(line.rstrip() for line in reader.lines)
    return re.sub(r"\n{3,}", "\n\n", text).strip("\n") + "\n"


def _header(part: MimePart, name: str) -> str:
    return str(part.get(name, "") or "")


def _type(part: MimePart) -> str:
    try:
        return part.get_content_type()
    except Exception:  # whatever the header does to the email package, the part is still text
        return "text/plain"


def _attribute(part: MimePart, name: str, header: str) -> str:
    try:
        value = part.get_param(name, "", header)
    except Exception:  # the email package raises on some malformed RFC 2231 values
        return ""
    return str(value[2] if isinstance(value, tuple) else value or "")


def _content(part: MimePart) -> bytes:
    try:
        payload = part.get_payload(decode=True)
    except Exception:  # a broken transfer encoding: the text as it stands
        payload = None
    if isinstance(payload, bytes):
        return payload
    raw = part.get_payload()
    return raw.encode("utf-8", "surrogateescape") if isinstance(raw, str) else b""


def _leaf_text(part: MimePart, problems: list[str]) -> str:
    text, mended = decode(_content(part), _attribute(part, "charset", "content-type") or None)
    if mended:
        problems.append(mended)
    return text.replace("\r\n", "\n")


def _looks_like_text(content: bytes) -> bool:
    head = content[:4096]
    return (
        bool(head.strip()) and b"\x00" not in head and sum(byte < 9 or 13 < byte < 32 for byte in head) * 50 < len(head)
    )


def _leaf(part: MimePart, problems: list[str], *, alone: bool) -> Iterator[str]:
    kind = _type(part)
    name = _attribute(part, "filename", "content-disposition") or _attribute(part, "name", "content-type")
    attached = _header(part, "content-disposition").strip().lower().startswith("attachment")
    shown = f"{kind} part" + (f" {name[:80]!r}" if name else "")
    if kind == "text/html":
        if attached and not alone:
            problems.append(f"{shown} left out")
            return
        problems.append("HTML read as text")
        yield text_of_html(_leaf_text(part, problems))
        return
    patch = kind in _PATCH_TYPES or bool(_PATCH_NAME.search(name))
    if kind.startswith("text/") or patch:
        text = _leaf_text(part, problems)
        if not attached or patch or alone or _PATCH_TEXT.search(text[:20000]):
            yield text
        elif text.strip():
            problems.append(f"attached {shown} left out")
        return
    content = _content(part)
    if alone and _looks_like_text(content):
        problems.append(f"{kind} read as text")
        yield _leaf_text(part, problems)
    elif content.strip():
        problems.append(f"{shown} left out")


def _texts(part: MimePart, problems: list[str], depth: int, *, alone: bool) -> list[str]:
    payload = part.get_payload() if part.is_multipart() else None
    children = [child for child in payload if isinstance(child, MimePart)] if isinstance(payload, list) else []
    if not part.is_multipart():
        return list(_leaf(part, problems, alone=alone))
    if depth >= _DEEPEST:
        problems.append("parts nested too deep left out")
        return []
    kind = _type(part)
    if kind == "message/delivery-status":
        return ["\n".join(f"{name}: {value}" for name, value in child.items()) + "\n" for child in children]
    if kind == "message/rfc822" and depth:
        problems.append("forwarded mail read as text")
    alone = alone and len(children) == 1
    if kind == "multipart/alternative":
        noted: list[str] = []
        for child in sorted(children, key=lambda child: _type(child) != "text/plain"):
            heard: list[str] = []
            texts = _texts(child, heard, depth + 1, alone=alone)
            if any(text.strip() for text in texts):
                problems.extend(heard)
                return texts
            noted.extend(heard)
        problems.extend(noted)
        return []
    return [text for child in children for text in _texts(child, problems, depth + 1, alone=alone)]


def body_of(mail: MimePart) -> tuple[str, tuple[str, ...]]:
    """The canonical body of `mail`, and what was mended or left out. Several parts stand with a blank line between."""
    problems: list[str] = []
    texts = [text for text in _texts(mail, problems, 0, alone=True) if text.strip("\n")]
    pieces = [text.rstrip("\n") + "\n" for text in texts[:-1]] + texts[-1:]
    return without_surrogates("\n".join(pieces)), tuple(dict.fromkeys(problems))
