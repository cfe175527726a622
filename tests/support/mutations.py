"""In: real mails and a seed. Out: the same mails broken: bytes flipped, headers dropped or doubled, parts cut."""

from __future__ import annotations

import random
from collections.abc import Sequence


def _flipped(chance: random.Random, mail: bytes) -> bytes:
    out = bytearray(mail)
    for _ in range(chance.randint(1, 40)):
        if out:
            out[chance.randrange(len(out))] = chance.randrange(256)
    return bytes(out)


def _without_headers(chance: random.Random, mail: bytes) -> bytes:
    head, blank, body = mail.partition(b"\n\n")
    return b"\n".join(line for line in head.split(b"\n") if chance.random() < 0.7) + blank + body


def _doubled_headers(chance: random.Random, mail: bytes) -> bytes:
    head, blank, body = mail.partition(b"\n\n")
    lines = head.split(b"\n")
    return b"\n".join((*lines, *chance.choices(lines, k=5))) + blank + body


def _cut(chance: random.Random, mail: bytes) -> bytes:
    start, end = sorted(chance.randrange(len(mail) + 1) for _ in range(2))
    return mail[:start] + mail[end:]


def _odd_type(chance: random.Random, mail: bytes) -> bytes:
    kinds = (b"multipart/mixed; boundary=x", b"text/html", b"message/rfc822", b"text/plain; charset=utf-7")
    ways = (b"base64", b"quoted-printable", b"x-uuencode", b"8-bit")
    head, blank, body = mail.partition(b"\n\n")
    added = b"Content-Type: " + chance.choice(kinds) + b"\nContent-Transfer-Encoding: " + chance.choice(ways) + b"\n"
    return added + head + blank + body


def _quoted_deep(chance: random.Random, mail: bytes) -> bytes:
    head, blank, body = mail.partition(b"\n\n")
    marks = b">" * chance.randint(1, 500)
    return head + blank + b"\n".join(marks + line if chance.random() < 0.3 else line for line in body.split(b"\n"))


WAYS = (_flipped, _without_headers, _doubled_headers, _cut, _odd_type, _quoted_deep)


def broken(mails: Sequence[bytes], seed: int) -> bytes:
    """One of `mails`, broken in one to three ways; the same for the same seed."""
    chance = random.Random(seed)
    mail = chance.choice(mails)
    for way in chance.choices(WAYS, k=chance.randint(1, 3)):
        mail = way(chance, mail)
    return mail
