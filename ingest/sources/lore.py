"""In: a Message-ID or a lore URL; raw mails. Out: the raw mails of its thread; what b4 reads of patch series in mails.

The one module that knows b4 and liblore. b4's configuration decides all it decides for b4 itself (midmask, cache and
its expiry, liblore's fallback hosts and time-outs), and only a URL's own host and list come before it. After every call
b4's global state is as before, nothing of b4 reaches a terminal, and every way of failing is a `SourceError`.
"""

from __future__ import annotations

import logging
import re
import threading
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ingest.mail import is_mail
from ingest.sources import mbox
from ingest.sources.lore_address import address_of, shown
from ingest.sources.lore_answers import failure, wait_of
from ingest.sources.lore_series import PatchSummary, SeriesSummary, TrailerSummary
from kb.errors import SourceError
from kb.records import RawMail

if TYPE_CHECKING:
    from liblore import LoreNode

WAITS = (0.5, 2.0)
"""Seconds before the second and the third try, where another try may help."""
PATIENCE = 10.0
"""Seconds; a server that asks to be left alone for longer (Retry-After) is not tried again here."""

_B4 = threading.RLock()
_MOST_STEPS = 100_000_000
"""About a second; ordinary mail, large patches included, stays under a tenth of it."""
_LONGEST_HEAD, _LONGEST_SUBJECT = 1 << 16, 1000
"""Bytes of headers, and characters of a subject, that b4 is given."""
_LAST_REVISION = 9999
"""b4 takes four digits of a patch's number, and any of a revision's; what is larger is no revision."""


def read(
    source: str,
    *,
    progress: Callable[[str], None] | None = None,
    fresh: bool = False,
    sleep: Callable[[float], None] = time.sleep,
) -> list[RawMail]:
    """The mails of the thread that the Message-ID or URL `source` belongs to; their `origin` is their thread's URL.

    With `fresh`, b4's cache is not asked (but filled). A server that does not answer, is busy (429) or fails (5xx) is
    tried three times, after the pauses that its `Retry-After` asks for, else after `WAITS`.

    Raises:
        UsageError: there is no Message-ID in `source`.
        SourceError: the thread cannot be had; it says so where the server has no such mail (`absent`) and for how long
            it wants to be left alone (`retry_after`).
    """
    address = address_of(source)
    with _node(address.archive) as node:
        place = shown(f"{node.url}/{address.message_id}/")
        if progress is not None:
            progress(f"fetching {place}")
        content = _fetched(node, address.message_id, place, fresh, sleep)
        mails = _split(content)
        if not mails and content and not fresh:
            mails = _split(_fetched(node, address.message_id, place, True, sleep))
    if not mails:
        raise SourceError(place, "the server sent something that is no mbox", "open it in a browser to see what it is")
    wanted = re.compile(rb"^message-id:\s*<%s>" % re.escape(address.message_id.encode()), re.IGNORECASE | re.MULTILINE)
    if not any(wanted.search(mail) for mail in mails):
        raise SourceError(place, "the server sent a thread without that message", "check the Message-ID")
    return [RawMail(mail, place) for mail in mails]


def _split(content: bytes) -> list[bytes]:
    """The mails of an mboxrd (liblore's own splitter leaves the blank lines that the format puts between mails)."""
    return [mail for mail in mbox.split(content) if is_mail(mail)]


def _fetched(node: LoreNode, message_id: str, place: str, fresh: bool, sleep: Callable[[float], None]) -> bytes:
    import requests
    from liblore import LibloreError, RemoteError

    waits = iter(WAITS)
    asked_for: list[float | None] = []

    def hear(answer: requests.Response, *_given: object, **_named: object) -> None:
        asked_for.append(wait_of(answer.headers.get("Retry-After"), datetime.now(UTC)))

    node._get_session().hooks["response"] = [hear]  # liblore tells no header of an answer
    while True:
        asked_for.clear()
        try:
            return node.get_mbox_by_msgid(message_id, nocache=fresh)
        except RemoteError as wrong:
            status, late = wrong.status_code, isinstance(wrong.__cause__, requests.Timeout)
            again = (status is None and not late) or status == 429 or (status is not None and status >= 500)
            asked = asked_for[-1] if asked_for and again else None
            wait = next(waits, None) if again and (asked or 0.0) <= PATIENCE else None
            if wait is None:
                raise failure(place, status, late=late, retry_after=asked) from wrong
            wait = wait if asked is None else asked
        except LookupError as wrong:
            raise failure(place, 404) from wrong
        except EOFError as wrong:
            raise SourceError(place, "the server's answer ends too early", "try again") from wrong
        except requests.exceptions.ChunkedEncodingError as wrong:
            raise SourceError(place, "the connection broke off", "try again") from wrong
        except requests.RequestException as wrong:
            raise SourceError(place, "this address cannot be asked", "check the URL and b4.midmask") from wrong
        except (OSError, zlib.error) as wrong:  # gzip.BadGzipFile is an OSError
            raise SourceError(
                place, "the server sent something that is no mbox", "open it in a browser to see what it is"
            ) from wrong
        except LibloreError as wrong:
            raise SourceError(place, f"liblore gave up ({wrong})", "try again") from wrong
        sleep(wait)


@contextmanager
def _node(archive: str | None) -> Iterator[LoreNode]:
    """b4's own node for `archive`, or for the archive of b4.midmask."""
    with _hushed():
        import b4
        from liblore import LibloreError

        kept = b4.MAIN_CONFIG, b4.LORENODE
        try:
            try:
                b4._setup_main_config()
                if archive is not None:
                    b4.MAIN_CONFIG["midmask"] = f"{archive}/%s"
                midmask = str(b4.MAIN_CONFIG["midmask"])
                if re.match(r"https?://[^/]", midmask) is None:
                    raise SourceError("b4.midmask", f"“{midmask}” is no http(s) URL", "mend it with git config")
                b4.LORENODE = None
                node: LoreNode = b4.get_lore_node()
            except OSError as wrong:
                raise SourceError(
                    "b4", f"cannot start ({wrong})", "check that git is there and the cache folder"
                ) from wrong
            except (LibloreError, ValueError, TypeError, AttributeError, KeyError) as wrong:
                raise SourceError(
                    "b4's configuration", f"cannot be used ({wrong})", "see git config --get-regexp '^(b4|liblore)[.]'"
                ) from wrong
            with node:
                yield node
        finally:
            b4.MAIN_CONFIG, b4.LORENODE = kept


@contextmanager
def _hushed() -> Iterator[None]:
    """One at a time, since b4 keeps its state in its module; and what b4 and liblore log goes nowhere."""
    with _B4:
        silence = logging.NullHandler()
        loggers = [logging.getLogger(name) for name in ("b4", "liblore")]
        kept = [one.propagate for one in loggers]
        for one in loggers:
            one.addHandler(silence)
            one.propagate = False
        try:
            yield
        finally:
            for one, propagate in zip(loggers, kept, strict=True):
                one.removeHandler(silence)
                one.propagate = propagate


def series_of(mails: Sequence[RawMail]) -> tuple[SeriesSummary, ...]:
    """What b4 reads of the patch series in `mails`, by revision; what b4 cannot read is left out.

    Trailers are those that b4 accepts: given by the sender of the mail they stand in. No network is asked.
    """
    with _hushed():
        import b4

        box = b4.LoreMailbox()
        for mail in mails:
            with suppress(Exception):  # b4 raises what it likes on odd mail, and one bad mail stops nothing
                _add(box, mail.content)
        out = []
        for revision in sorted({*box.series, *box.covers}):
            if revision > _LAST_REVISION:
                continue
            with suppress(Exception):
                series = box.get_series(revision, reroll=False, codereview_trailers=False)
                out.append(_summary(revision, series, box.covers.get(revision)))
        return tuple(out)


def _add(box: Any, content: bytes) -> None:
    """Give b4 one mail, unless its regular expressions, which are not linear, would take too long on it."""
    import b4
    from liblore.utils import parse_message

    if len(content.replace(b"\r\n", b"\n").partition(b"\n\n")[0]) > _LONGEST_HEAD:
        return
    message = parse_message(content)
    text, _ = b4.LoreMessage.get_payload(message)
    if _steps(text) <= _MOST_STEPS and len(str(message["Subject"])) <= _LONGEST_SUBJECT:
        box.add_message(message)


def _steps(text: str) -> int:
    """At most how many steps b4's regular expressions take on `text`, roughly.

    They are those for a trailer (cubic in a long word), for a trailer on two lines (each looks to the end of the text),
    and for a diffstat (quadratic in blank lines, and in a line that speaks of files).
    """
    steps = sum(len(blank) ** 2 for blank in re.findall(r"\s{3,}", text))
    for line in text.split("\n"):
        words = line.split()
        if words and words[0].endswith(":"):
            steps += len(text) + len(line) * max(map(len, words)) ** 2
        if " file" in line:
            steps += len(line) ** 2
    return steps


def _summary(revision: int, series: Any, cover: Any) -> SeriesSummary:
    members = [cover] if series is None else series.patches
    patches = tuple(_patch(number, one) for number, one in enumerate(members) if one is not None)
    return SeriesSummary(
        revision=revision,
        subject=next((p.subject for p in patches), ""),
        change_id=None if series is None else series.change_id,
        expected=cover.expected if series is None else series.expected,
        found=sum(p.number > 0 for p in patches),
        patches=patches,
    )


def _patch(number: int, one: Any) -> PatchSummary:
    import b4

    own = b4.LoreMessage.get_body_parts(one.body)[2] if number else []
    given = [(t, one) for t in own] + [(t, t.lmsg or one) for t in one.followup_trailers]
    trailers = dict.fromkeys(TrailerSummary(t.name, t.value, by.fromname, by.msgid) for t, by in given)
    return PatchSummary(number, one.subject, one.msgid, one.fromname, tuple(trailers))
