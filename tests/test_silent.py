"""In: hand-made mails that hold nothing, and mails that look like them. Out: proof that only the latter are read."""

from __future__ import annotations

import pytest

from ingest.derive import zoned_threads
from ingest.extract import extract
from ingest.mail import parse
from ingest.silent import silent_because
from kb.records import Item, Message, RawMail
from tests.support.mails import mail

PATCH = (
    "The counter is read without the lock, so a reader may see an old value.\n"
    "This patch takes the lock around the read.\n"
    "\nSigned-off-by: Ada Example <ada@example.org>\n"
)
BEN = "Ben Sample <ben@example.org>"
QUOTED = (
    "On Wed, May 1, 2024, Ada Example wrote:\n"
    "> The counter is read without the lock, so a reader may see an old value.\n"
)
REPORT = """Hi Ada,

kernel test robot noticed the following build warnings:

[auto build test WARNING on example/for-next]

If you fix the issue in a separate patch, kindly add the following tag.
Note: the tree fails to build since the counter has no type.

All warnings (new ones prefixed by >>):

>> counter.c:12:5: warning: variable 'old' set but not used
"""
CRASH = """Hello,

this tool found the following crash on:

HEAD commit:    0123456789ab The counter
git tree:       upstream

WARNING: CPU: 0 PID: 7 at counter.c:12 read_counter+0x10/0x20
Call Trace:
 <TASK>
 read_counter+0x10/0x20
 </TASK>

The reader does not hold the lock when it gets here. Please fix this soon.
"""
SERIES = """Hello:

This series was applied to example/net.git (main)
by Cleo Sample <cleo@example.org>:

On Wed, 1 May 2024 10:00:00 +0000 you wrote:
> The counter is read without the lock.

Here is the summary with links:
  - [v2,1/2] counter: take the lock
    https://git.example.org/net/c/0123456789ab

You are awesome, thank you! We should read more of your mail.
"""
TAKEN = """On Wed, 01 May 2024 10:00:00 +0000, Ada Example wrote:
> The counter is read without the lock, so a reader may see an old value.

Applied to

   https://git.example.org/pub/counters.git for-next

Thanks!

[1/2] counter: take the lock
      commit: 0123456789abcdef0123456789abcdef01234567
[2/2] counter: drop the old reader
      commit: 89abcdef0123456789abcdef0123456789abcdef

All being well this goes to the next release. If it breaks something, please send
further changes on top of it. You should not resend what was taken.
"""
AWAY = """I am away until Monday and cannot read mail. Could you ask Cleo instead?
We should talk when I am back.
"""

NOTHING = {
    "bare Reviewed-by": (BEN, "Re: [PATCH] a", "Reviewed-by: Ben Sample <ben@example.org>\n"),
    "bare Acked-by under a quotation": (BEN, "Re: [PATCH] a", QUOTED + "\nAcked-by: Ben Sample <ben@example.org>\n"),
    "several tags and a name": (
        BEN,
        "Re: [PATCH] a",
        QUOTED
        + "\nReviewed-by: Ben Sample <ben@example.org>\nTested-by: Ben Sample <ben@example.org>\n\nThanks,\nBen\n",
    ),
    "quotation and a signature": (
        BEN,
        "Re: [PATCH] a",
        QUOTED + "\n-- \nBen Sample\nWe should all use shorter names.\n",
    ),
    "quotation alone": (BEN, "Re: [PATCH] a", QUOTED),
    "greeting, tag and thanks": (
        BEN,
        "Re: [PATCH] a",
        "Hi Ada,\n\n" + QUOTED + "\nAcked-by: Ben Sample <ben@example.org>\n\nThanks!\n",
    ),
    "build robot's report": ("kernel test robot <lkp@example.com>", "Re: [PATCH] a", REPORT),
    "fuzzer's report": ("syzbot <syzbot+0123abcd@fuzzer.example.com>", "[syzbot] WARNING in read_counter", CRASH),
    "patch queue's notice": ("patchwork-bot+example@example.org", "Re: [PATCH] a", SERIES),
    "test farm's results": (
        "Patchwork <patchwork@ci.example.org>",
        "✗ Fi.CI.BAT: failure for counter: take the lock",
        "The series broke the boot of three machines. It should not be merged.\n",
    ),
    "script's list of what was taken": (BEN, "Re: (subset) [PATCH 0/2] counter", TAKEN),
    "note of a stable tree": (
        "greta@example.org",
        'Patch "counter: take the lock" has been added to the 6.1-stable tree',
        "This is a note to let you know that the patch was added.\n\nIf you think it should not be there, say so.\n",
    ),
    "note of a patch queue": (
        "Henry Example <henry@example.org>",
        "+ counter-take-the-lock.patch added to example-unstable branch",
        "The patch titled counter has been added. Before you just go and hit reply, please read the rules.\n",
    ),
    "absence": (BEN, "Automatic reply: [PATCH] a", AWAY),
    "absence in another language": (BEN, "Abwesenheitsnotiz: [PATCH] a", AWAY),
    "undelivered mail": (
        "Mail System <MAILER-DAEMON@mx.example.org>",
        "Undelivered Mail Returned to Sender",
        "I could not deliver your message. You should check the address.\n",
    ),
}

SOMETHING = {
    "a tag with a remark": (
        BEN,
        "Re: [PATCH] a",
        QUOTED + "\nThe writer holds the lock too long.\n\nReviewed-by: Ben Sample <ben@example.org>\n",
        "The writer holds the lock too long.",
    ),
    "a person who took it": (
        BEN,
        "Re: [PATCH] a",
        QUOTED + "\nApplied, thanks. The writer should take the lock too.\n",
        "The writer should take the lock too.",
    ),
    "a list of what was taken with a change": (
        BEN,
        "Re: [PATCH 0/2] counter",
        TAKEN.replace("Thanks!", "We should also take the lock in the writer."),
        "We should also take the lock in the writer.",
    ),
    "a person who speaks of robots": (
        "Abbot Robotham <abbot@example.org>",
        "Re: [PATCH] the robot does not reply automatically",
        "Why does the robot need the lock at all?\n",
        "Why does the robot need the lock at all?",
    ),
    "an answer to a report": (
        BEN,
        "Re: [syzbot] WARNING in read_counter",
        "The reader does not hold the lock on this path.\n",
        "The reader does not hold the lock on this path.",
    ),
}


def _read(author: str, subject: str, body: str) -> tuple[Message, list[Item]]:
    """The mail, as an answer to a patch, and what is found in it."""
    mails = [
        mail(0, PATCH, subject="[PATCH] a"),
        mail(1, body, parent=0, author=author, subject=subject),
    ]
    (thread,) = zoned_threads([parse(RawMail(one, "tests")) for one in mails])
    answer = thread.messages[1]
    return answer, [item for item in extract(thread).items if item.quote.message_id == answer.message_id]


@pytest.mark.parametrize(("author", "subject", "body"), NOTHING.values(), ids=NOTHING)
def test_mail_that_holds_nothing_gives_nothing(author: str, subject: str, body: str) -> None:
    assert _read(author, subject, body)[1] == []


@pytest.mark.parametrize(("author", "subject", "body", "words"), SOMETHING.values(), ids=SOMETHING)
def test_mail_that_looks_like_one_is_read(author: str, subject: str, body: str, words: str) -> None:
    message, items = _read(author, subject, body)
    assert silent_because(message) == ""
    assert words in [item.quote.text for item in items]


@pytest.mark.parametrize(
    "name", ["build robot's report", "fuzzer's report", "script's list of what was taken", "absence"]
)
def test_words_that_a_program_sends_would_be_read_from_a_person(name: str) -> None:
    _, _, body = NOTHING[name]
    assert _read(BEN, "Re: [PATCH] a", body.replace("      commit:", "      at:"))[1]
