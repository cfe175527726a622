"""Real mails with real faults lose no word that the email package's own reading of their plain part has."""

from __future__ import annotations

import re
from email import message_from_bytes, policy
from email.errors import MessageError
from pathlib import Path

import pytest

from ingest.mail import parse
from kb.records import RawMail

ODD = Path(__file__).resolve().parents[2] / "shared" / "odd"
_WORD = re.compile(r"[A-Za-z]{4,}")


def _read_otherwise(content: bytes) -> str:
    """The plain part as the standard library reads it; "" where it cannot."""
    try:
        part = message_from_bytes(content, policy=policy.default).get_body(("plain",))
        return str(part.get_content()) if part is not None else ""
    except (MessageError, LookupError, ValueError, AttributeError, TypeError):
        return ""


@pytest.mark.shared
@pytest.mark.skipif(not ODD.is_dir(), reason="the odd mails are not beside this checkout")
def test_odd_mails_lose_no_word() -> None:
    compared = 0
    for path in sorted(ODD.glob("*.eml")):
        content = path.read_bytes()
        words = set(_WORD.findall(_read_otherwise(content)))
        compared += bool(words)
        assert words <= set(_WORD.findall(parse(RawMail(content, path.name)).body)), path.name
    assert compared >= 60
