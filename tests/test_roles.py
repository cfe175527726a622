"""In: made-up reviews and a MAINTAINERS file. Out: proof of who is known as what, and of whose NACK is one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kb.maintainers import maintainers_in
from kb.nacks import nacks_of
from kb.reading import reading
from kb.records import ItemKind, Relation
from kb.review_reading import roles, stances, standing
from kb.roles import Role, automatic_because, bot_because
from kb.store.rows import SeriesRow
from tests.support.command_line import here, on_terminal
from tests.support.threads import item, link
from tests.support.versions import BEN, CLEO, base, diff, mail, threads_of

Capture = pytest.CaptureFixture[str]

FILE = """\
List of maintainers and how to submit changes

\tM: in an explanation is no entry

RING BUFFER
M:\tCleo Sample <cleo@example.org>
M:\t"Dora, the Example" <dora@example.org>
R:\tBen Sample <ben@elsewhere.example>
L:\tring@lists.example.org (moderated)
S:\tMaintained
F:\tlib/ring.c
F:\tlib/ring/
X:\tlib/ring/old/

RING TESTS
M:\tEve Example <eve@example.org>
F:\ttools/*/ring*.c
N:\t[^a-z]ringtest

THE REST
M:\tLeo Example <leo@example.org>
F:\t*
F:\t*/
"""
MAILS = [
    mail("a0", "[PATCH] ring: drop the lock", "Drop it.\n\n" + diff()),
    mail("a1", "Re: [PATCH] ring: drop the lock", "> Drop it.\nWhy now?\n", author=BEN, under="a0", day=1),
    mail("a2", "Re: [PATCH] ring: drop the lock", "We keep the lock for readers.\n", under="a1", day=2),
    mail("a3", "Re: [PATCH] ring: drop the lock", "Sounds good.\n", author=CLEO, under="a2", day=3),
    mail("a4", "Re: [PATCH] ring: drop the lock", "NACK from me.\n", author="Fay Example", under="a2", day=3),
    mail("a5", "Re: [PATCH] ring: drop the lock", "Built.\n", author="kernel test robot", under="a0", day=3),
]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    decided = item(ItemKind.DECISION, MAILS[2], "We keep the lock for readers.")
    good = item(ItemKind.DECISION, MAILS[3], "Sounds good.")
    asked = item(ItemKind.QUESTION, MAILS[1], "Why now?")
    tags = SeriesRow(1, "ring", None, 1, 1, ((1, "Reviewed-by", "Gus Example <gus@example.org>", "a0@example.org"),))
    base(tmp_path / "x.sqlite", MAILS, [decided, good, asked], [link(good, Relation.ACCEPTS, decided)], [tags])
    (tmp_path / "MAINTAINERS").write_text(FILE, encoding="utf-8")
    return tmp_path / "x.sqlite"


def _sections(*paths: str) -> list[str]:
    return [section.name for section in maintainers_in(FILE).covering(paths)]


@pytest.mark.parametrize(
    ("path", "names"),
    [
        ("lib/ring.c", ["RING BUFFER"]),
        ("lib/ring/a/b.c", ["RING BUFFER"]),
        ("lib/ring/old/b.c", ["THE REST"]),
        ("lib/ring.h", ["THE REST"]),
        ("tools/perf/ring_one.c", ["RING TESTS"]),
        ("tools/perf/deep/ring_one.c", ["THE REST"]),
        ("x/my-ringtest/a", ["RING TESTS"]),
        ("README", ["THE REST"]),
    ],
)
def test_section_covers_paths_as_get_maintainer_takes_them(path: str, names: list[str]) -> None:
    assert _sections(path) == names


def test_sections_of_several_paths_come_once_and_in_order() -> None:
    assert _sections("tools/perf/ring_one.c", "lib/ring.c", "lib/ring/x.c", "README") == ["RING BUFFER", "RING TESTS"]


@pytest.mark.parametrize(
    "text", ["", "words", "M:\tx <a@b>\n", "A\nM: x\nN:\t([\n", "\x00" * 50, FILE.replace("\n", "\r\n")]
)
def test_file_of_anything_raises_nothing(text: str) -> None:
    maintainers_in(text).covering(["lib/ring.c", "", "/", "a" * 5000])


def _roles(path: Path, given: Path | None = None) -> dict[str, list[str]]:
    with reading(path) as reader:
        return {key[1]: [one.role for one in held] for key, held in roles(reader, given=given).held.items()}


def test_roles_follow_from_what_people_did(path: Path) -> None:
    assert _roles(path) == {
        "ada@example.org": [Role.AUTHOR],
        "ben@example.org": [Role.REVIEWER],
        "cleo@example.org": [Role.OTHER],
        "fay@example.org": [Role.REVIEWER],
        "kernel@example.org": [Role.BOT],
    }


def test_maintainers_and_reviewers_of_the_touched_files_are_known_by_address_or_name(path: Path) -> None:
    found = _roles(path, path.parent / "MAINTAINERS")
    assert found["cleo@example.org"] == [Role.MAINTAINER]
    assert found["ben@example.org"] == [Role.REVIEWER]
    with reading(path) as reader:
        known = roles(reader, given=path.parent / "MAINTAINERS")
        thread = reader.threads()[0].id
    assert [one.because for one in known.of(thread, "cleo@example.org")] == ["M: of RING BUFFER"]


def test_file_is_taken_from_the_environment_and_from_the_database(
    capsys: Capture, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran = here(capsys, "roles", "--remember", "--maintainers", path.parent / "MAINTAINERS", "--db", path)
    assert (ran.code, "3 sections" in ran.err) == (0, True)
    (path.parent / "MAINTAINERS").rename(path.parent / "OTHER")
    assert _roles(path)["cleo@example.org"] == [Role.MAINTAINER]
    (path.parent / "THIRD").write_text("X\nM:\tNobody <n@example.org>\nF:\tlib/\n", encoding="utf-8")
    monkeypatch.setenv("THREADKB_MAINTAINERS", str(path.parent / "THIRD"))
    assert _roles(path)["cleo@example.org"] == [Role.OTHER]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["roles", "--maintainers", "/nowhere/x"], "cannot be read"),
        (["roles", "--maintainers", "/"], "cannot be read"),
        (["roles", "--maintainers", __file__], "holds no section"),
        (["roles", "--remember"], "no file to remember"),
        (["claims", "--role", "king"], "is not one of"),
        (["claims", "--role", "maintainer", "--maintainers", "/nowhere/x"], "cannot be read"),
    ],
)
def test_file_or_role_that_is_none_is_a_usage_error(
    capsys: Capture, path: Path, arguments: list[str], says: str
) -> None:
    ran = here(capsys, *arguments, "--db", path)
    assert (ran.code, says in ran.one_line()) == (2, True), ran.err


def test_lists_and_search_keep_what_people_of_a_role_said(capsys: Capture, path: Path) -> None:
    def ids(*arguments: str) -> list[str]:
        return [row["author"] for row in json.loads(here(capsys, *arguments, "--json", "--db", path).out)]

    assert ids("decisions", "--role", "author") == ["Ada Example"]
    assert ids("decisions", "--role", "maintainer") == []
    file = str(path.parent / "MAINTAINERS")
    assert ids("decisions", "--role", "maintainer", "--maintainers", file) == [CLEO]
    assert set(ids("search", "lock", "--role", "author")) == {"Ada Example"}
    assert set(ids("search", "lock", "--by", "ben@")) == {BEN}
    assert ids("search", "lock", "--by", "ben@", "--role", "author") == []
    assert "nobody has this role" in here(capsys, "decisions", "--role", "maintainer", "--db", path).err


def test_why_and_show_say_by_whom_it_was_accepted_and_in_which_role(capsys: Capture, path: Path) -> None:
    file = path.parent / "MAINTAINERS"
    own = json.loads(here(capsys, "decisions", "--role", "author", "--json", "--db", path).out)[0]["id"]
    for command in ("why", "show"):
        ran = here(capsys, command, own, "--maintainers", file, "--db", path)
        assert "accepted by Cleo Sample (maintainer, #3)" in ran.out
        (voice,) = json.loads(here(capsys, command, own, "--maintainers", file, "--json", "--db", path).out)[
            "agreed_by"
        ]
        assert (voice["name"], voice["roles"], voice["relation"], voice["number"]) == (
            CLEO,
            ["maintainer"],
            "accepts",
            3,
        )


def test_roles_command_says_who_is_what_and_why(capsys: Capture, path: Path) -> None:
    rows = [line.split("\t") for line in here(capsys, "roles", "--db", path).out.splitlines()]
    assert [row[1] for row in rows] == ["author", "reviewer", "reviewer", "bot", "other"]
    assert rows[0][2:] == ["Ada Example", "ada@example.org", "2", "sent the patches"]
    told = json.loads(here(capsys, "roles", "--json", "--db", path).out)
    assert {(one["stance"], one["name"]) for one in told["stances"]} == {
        ("reviewed", "Gus Example"),
        ("nacked", "Fay Example"),
    }
    assert "no MAINTAINERS file is known" in on_terminal("roles", "--db", path, "--color", "never")


def test_tag_after_a_nack_takes_it_back(tmp_path: Path) -> None:
    later = mail("a6", "Re: [PATCH] ring: drop the lock", "Fine then.\n", author="Fay Example", under="a4", day=4)
    tags = SeriesRow(1, "ring", None, 1, 1, ((1, "Acked-by", "Fay Example <fay@example.org>", "a6@example.org"),))
    base(tmp_path / "x.sqlite", [*MAILS, later], series=[tags])
    with reading(tmp_path / "x.sqlite") as reader:
        every = stances(reader)
    assert [one.stance for one in every] == ["nacked", "acked"]
    assert [one.stance for one in standing(every)] == ["acked"]


@pytest.mark.parametrize(
    "words",
    [
        "NACK.",
        "Sorry, but NACK",
        "NAK from me, this breaks readers.",
        "So that's a NACK from me.",
        "I have to NACK this.",
        "Big NACK on this approach.",
        "Nacked-by: Ben Sample <ben@example.org>",
        "This is a clear NAK until it is measured.",
    ],
)
def test_no_in_so_many_words_is_a_nack(words: str) -> None:
    mails = [
        mail("a", "[PATCH] x: y", diff()),
        mail("b", "Re: [PATCH] x: y", f"> text\n{words}\n", author=BEN, under="a"),
    ]
    (thread,) = threads_of(*mails)
    (found,) = nacks_of(thread)
    assert (found.message_id, found.patch) == ("b@example.org", "a@example.org")
    assert mails[1].body[found.start : found.end].strip() == found.words


@pytest.mark.parametrize(
    ("words", "author"),
    [
        ("This is not a NACK.", BEN),
        ("I would NACK this if it touched the API.", BEN),
        ("The device answers with a NAK packet.", BEN),
        ("We see an I2C NACK on the bus.", BEN),
        ("> NACK.\nWhy?", BEN),
        ("Why the NACK?", BEN),
        ("Nacked-by: Cleo Sample <cleo@example.org>", BEN),
        ("NACK.", "Ada Example"),
        ("It tracks the snack.", BEN),
    ],
)
def test_what_only_has_the_word_is_none(words: str, author: str) -> None:
    mails = [mail("a", "[PATCH] x: y", diff()), mail("b", "Re: [PATCH] x: y", words + "\n", author=author, under="a")]
    (thread,) = threads_of(*mails)
    assert list(nacks_of(thread)) == []


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("kernel test robot", "lkp@example.org"),
        ("syzbot", "syzbot+1@example.org"),
        ("x", "patchwork-bot+netdevbpf@example.org"),
        ("tip-bot2 for Ada Example", "tip-bot2@example.org"),
        ("Build Bot", "b@example.org"),
        ("x", "no-reply@example.org"),
    ],
)
def test_program_is_known_by_name_or_address(name: str, address: str) -> None:
    assert bot_because(name, address)


def test_person_is_no_program() -> None:
    assert not bot_because("Abbott Robots", "abbott@example.org")
    assert not bot_because("Lena Bothe", "lena.bothe@example.org")
    assert not automatic_because(b"Subject: x\nAuto-Submitted: no\n\nAuto-Submitted: auto-generated\n")


def test_program_is_known_by_its_headers() -> None:
    assert "Auto-Submitted" in automatic_because(b"Subject: x\r\nAuto-Submitted: auto-generated\r\n\r\nwords\r\n")


def test_nack_search_takes_no_time_on_hostile_words() -> None:
    body = "NACK " * 20000 + "\n" + "a" * 200000 + "\n" + "big " * 20000 + "NACK\n" + "i " * 20000
    mails = [mail("a", "[PATCH] x: y", diff()), mail("b", "Re: [PATCH] x: y", body, author=BEN, under="a")]
    (thread,) = threads_of(*mails)
    assert len(list(nacks_of(thread))) <= 1
