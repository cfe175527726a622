"""In: a page of patchwork, saved as text or HTML. Out: provisional mails; whether a real mail is one of them.

A page gives the author's name, the minute and the body without its signature, but neither In-Reply-To nor any
Message-ID but the patch's. So each comment is rebuilt with a Message-ID that is a digest of what the page shows (the
same for every saving of the page, whatever comments came between) and with the parent that `patchwork_parents` finds.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime

from ingest.sources.patchwork_html import is_html, text_of
from ingest.sources.patchwork_parents import Post, parents
from ingest.sources.rebuilding import encoded, rebuilt, sender
from kb.errors import SourceError
from kb.ids import digest, fold
from kb.records import Message, RawMail

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_HEADING = re.compile(
    r"(?P<author>\S.{0,200}?)[ \t]{1,200}(?P<month>[A-Z][a-z]{2,8})\.? (?P<day>\d{1,2}), (?P<year>\d{4}), "
    r"(?:(?P<word>noon|midnight)|(?P<hour>\d{1,2})(?::(?P<minute>\d\d))? (?P<half>[ap])\.m\.) UTC"
    r"(?:[ \t]*\|[ \t]*#(?P<number>\d{1,5}))?[ \t]*"
)
_PATCH_ID = re.compile(r"Message ID[ \t:]++<?([^\s<>]{1,500}@[^\s<>]{1,500})>?")
_TITLE = re.compile(r"\[([^\[\]]{1,200})\][ \t]*(.*)")
_ADDRESS = re.compile(r"<([!-;=?A-~]{1,100}@[!-;=?A-~]{1,100})>")
_LONGEST_NAME = 100
_DIFF = ("diff ", "--- ", "Index: ")
_CHROME = frozenset(("", "diff mbox series", "diff", "mbox", "series"))
"""Lines that the page itself puts before its diff."""
_SIGNATURE = re.compile(r"^(?:-- ?|_{5,})$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class _Page:
    title: str
    patch_id: str
    posts: tuple[Post, ...]


def is_page(content: bytes) -> bool:
    """Whether it is a patchwork page: a heading `NAME DATE UTC` under the words `Commit Message`."""
    return _opening(_lines(content)) is not None


def mails_of(content: bytes, origin: str) -> list[RawMail]:
    """The posts of the page as provisional mails, the patch first, then its comments in the page's order.

    Raises:
        SourceError: it is no patchwork page.
    """
    page = _page(_lines(content))
    if page is None:
        raise SourceError(origin, "no post is found on this patchwork page", "save the whole page as text")
    names = [_message_id(page.patch_id, post) for post in page.posts]
    if page.patch_id:
        names[0] = page.patch_id
    addresses = _addresses(page.posts)
    chains: list[tuple[str, ...]] = []
    mails = []
    for number, (post, parent) in enumerate(zip(page.posts, parents(page.posts), strict=True)):
        chains.append(() if parent is None else (*chains[parent], names[parent]))
        subject = page.title if parent is None else f"Re: {page.title}"
        content = _mail(post, addresses[post.author], subject, names[number], chains[number])
        mails.append(RawMail(content, f"{origin}#{number}", provisional=True))
    return mails


def stands_for(provisional: Message, real: Message) -> bool:
    """Whether `real` is the mail that `provisional` was rebuilt from: same person, same minute, same words.

    White space and the signature, which patchwork leaves out or changes, make no difference.
    """
    return (
        provisional.provisional
        and not real.provisional
        and _minute(provisional.date) == _minute(real.date)
        and _person(provisional.author) == _person(real.author)
        and _words(provisional.body) == _words(real.body)
    )


def _minute(date: datetime) -> datetime:
    return date.replace(second=0, microsecond=0)


def _person(name: str) -> list[str]:
    """`Example, Ada` and `"Ada Example"` are one person."""
    return sorted(re.findall(r"\w+", name.casefold()))


def _words(body: str) -> str:
    return fold(_SIGNATURE.split(body, maxsplit=1)[0])


def _lines(content: bytes) -> list[str]:
    text = content.decode("utf-8", "replace").replace("\r\n", "\n")
    return (text_of(text) if is_html(content) else text).split("\n")


def _page(lines: Sequence[str]) -> _Page | None:
    opening = _opening(lines)
    if opening is None:
        return None
    headings = [opening]
    for at in range(opening + 1, len(lines)):
        if lines[at].endswith(tuple("0123456789 \t")):
            found = _HEADING.fullmatch(lines[at])
            if found is not None and found["number"] == str(len(headings)):
                headings.append(at)
    diff = next((at for at in range(len(lines) - 1, headings[-1], -1) if _begins_diff(lines, at)), len(lines))
    ends = [*headings[1:], diff]
    bodies = [list(lines[at + 1 : end]) for at, end in zip(headings, ends, strict=True)]
    if len(headings) > 1 and "Comments" in bodies[0]:
        bodies[0] = bodies[0][: len(bodies[0]) - 1 - bodies[0][::-1].index("Comments")]
    if diff < len(lines):
        while bodies[-1] and bodies[-1][-1].strip() in _CHROME:
            bodies[-1].pop()
        bodies[0] = [*"\n".join(bodies[0]).rstrip("\n").split("\n"), "", *_trimmed(lines[diff + 1 :])]
    posts = (_post(lines[at], body) for at, body in zip(headings, bodies, strict=True))
    patch_id = next((found[1] for line in lines[:opening] if (found := _PATCH_ID.match(line))), "")
    title = next((line for line in lines[:opening] if _TITLE.fullmatch(line)), lines[0])
    return _Page(_subject(title), patch_id, tuple(post for post in posts if post is not None))


def _opening(lines: Sequence[str]) -> int | None:
    """Where the heading of the patch itself stands."""
    above = ""
    for at, line in enumerate(lines):
        if above in ("Commit Message", "Message") and _post(line, ()) is not None:
            return at
        above = line.strip() or above
    return None


def _begins_diff(lines: Sequence[str], at: int) -> bool:
    return lines[at].strip() == "Patch" and "".join(lines[at + 1 : at + 3]).startswith(_DIFF)


def _trimmed(lines: Sequence[str]) -> list[str]:
    """Without blank lines at either end."""
    return "\n".join(lines).strip("\n").split("\n")


def _post(heading: str, body: Sequence[str]) -> Post | None:
    found = _HEADING.fullmatch(heading)
    month = found["month"][:3].lower() if found is not None else ""
    if found is None or month not in _MONTHS:
        return None
    if found["word"]:
        hour, minute = (12 if found["word"] == "noon" else 0), 0
    else:
        hour, minute = int(found["hour"]) % 12 + 12 * (found["half"] == "p"), int(found["minute"] or 0)
    try:
        when = datetime(int(found["year"]), _MONTHS.index(month) + 1, int(found["day"]), hour, minute, tzinfo=UTC)
    except ValueError:
        return None
    return Post(found["author"], when, "\n".join(body).rstrip("\n") + "\n")


def _subject(title: str) -> str:
    """Patchwork shows `[v2,1/3] name` for `[PATCH v2 1/3] name`."""
    found = _TITLE.fullmatch(title)
    return title.strip() if found is None else f"[PATCH {' '.join(found[1].split(','))}] {found[2]}".strip()


def _message_id(patch_id: str, post: Post) -> str:
    return f"patchwork-{digest(patch_id, post.author, post.minute.isoformat(), fold(post.body))}@threadkb.invalid"


def _addresses(posts: Sequence[Post]) -> dict[str, str]:
    """Author to the address that some post gives in `NAME <ADDRESS>`, else to one of their own that leads nowhere."""
    out = {post.author: f"unknown-{digest(post.author)}@threadkb.invalid" for post in posts}
    given: dict[str, str] = {}
    for post in posts:
        for found in _ADDRESS.finditer(post.body):
            words = post.body[max(found.start() - _LONGEST_NAME, 0) : found.start()].split()
            for count in range(1, len(words[-5:]) + 1):
                given.setdefault(" ".join(words[-count:]).strip('"'), found[1])
    return {author: given.get(author, unknown) for author, unknown in out.items()}


def _mail(post: Post, address: str, subject: str, message_id: str, ancestors: Sequence[str]) -> bytes:
    headers = [
        ("From", sender(post.author, address)),
        ("Date", format_datetime(post.minute)),
        ("Subject", encoded(subject)),
        ("Message-ID", f"<{message_id}>"),
    ]
    if ancestors:
        headers += [("In-Reply-To", f"<{ancestors[-1]}>"), ("References", " ".join(f"<{name}>" for name in ancestors))]
    return rebuilt(headers, post.body)
