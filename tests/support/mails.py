"""In: a few words a mail. Out: the bytes of mails, and of mboxes as different programs write them."""

from __future__ import annotations

import re
from collections.abc import Sequence

START = "Wed, 1 May 2024 {hour:02}:00:00 +0000"


def mail(
    number: int,
    body: str,
    *,
    parent: int | None = None,
    subject: str = "Re: [PATCH] a",
    author: str = "Ada Example <ada@example.org>",
    headers: Sequence[str] = (),
) -> bytes:
    """Mail `number`, sent in that hour of the first of May, answering mail `parent` if one is given."""
    lines = [
        f"From: {author}",
        "To: list@lists.example.org",
        f"Date: {START.format(hour=number)}",
        f"Subject: {subject}",
        f"Message-ID: {message_id(number)}",
    ]
    if parent is not None:
        lines += [f"In-Reply-To: {message_id(parent)}", f"References: {message_id(parent)}"]
    lines += [*headers, "MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8"]
    lines += ["Content-Transfer-Encoding: 8bit", "", body]
    return "\n".join(lines).encode()


def message_id(number: int) -> str:
    """The Message-ID of mail `number`, in angle brackets."""
    return f"<m{number}@example.org>"


def mboxrd(mails: Sequence[bytes]) -> bytes:
    """As public-inbox serves it: one `>` before every line `From `, `>From `, ... of a body."""
    return b"".join(
        b"From mboxrd@z Thu Jan  1 00:00:00 1970\n" + _escaped(one, rb"^(>*From )") + b"\n" for one in mails
    )


def mboxo(mails: Sequence[bytes]) -> bytes:
    """As mail programs write it: one `>` before every line `From ` of a body."""
    return b"".join(
        b"From ada@example.org Wed May  1 10:00:00 2024\n" + _escaped(one, rb"^(From )") + b"\n" for one in mails
    )


def _escaped(content: bytes, pattern: bytes) -> bytes:
    head, blank, body = content.partition(b"\n\n")
    return head + blank + re.sub(pattern, rb">\1", body, flags=re.MULTILINE)


PATCH = """\
Take the lock once.

Signed-off-by: Ada Example <ada@example.org>
---
 a.c | 2 +-
 1 file changed, 1 insertion(+), 1 deletion(-)

diff --git a/a.c b/a.c
index 1111111..2222222 100644
--- a/a.c
+++ b/a.c
@@ -1 +1 @@
-lock(); lock();
+lock();
"""
