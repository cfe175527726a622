"""In: patch mails in a few words. Out: proof of which make a version, and which versions are one series, and why."""

from __future__ import annotations

import pytest

from kb.patches import heading_of, patches_of
from kb.records import Message
from kb.series import PatchMail, Series, series_in, versions_in
from tests.support.versions import ADA, BEN, diff, mail, threads_of

RING = "ring: walk it without the lock"


def _mails(*messages: Message) -> list[PatchMail]:
    by_id = {m.message_id: m for m in messages}
    out = []
    for thread in threads_of(*messages):
        for patch in patches_of(thread):
            message, head = by_id[patch.message_id], patch.heading
            out.append(
                PatchMail(
                    patch.message_id,
                    thread.root_id,
                    head.revision,
                    head.number,
                    head.total,
                    head.subject,
                    head.rfc,
                    head.resend,
                    head.tags,
                    patch.change_id,
                    patch.files,
                    patch.refers,
                    patch.above,
                    message.author,
                    message.address,
                    message.date.isoformat(),
                )
            )
    return out


def _series(*messages: Message) -> tuple[Series, ...]:
    return series_in(versions_in(_mails(*messages)))


def _labels(*messages: Message) -> list[list[str]]:
    return sorted([version.label for version in one.versions] for one in _series(*messages))


def _why(*messages: Message) -> str:
    (one,) = _series(*messages)
    (join,) = one.because(one.versions[-1].id)
    return join.because


@pytest.mark.parametrize(
    ("subject", "revision", "number", "total", "bare", "flags"),
    [
        ("[PATCH] a: b", 1, 1, 1, "a: b", ""),
        ("[PATCH v3 02/10] a: b", 3, 2, 10, "a: b", ""),
        ("[PATCH net-next v2 0/3] a", 2, 0, 3, "a", ""),
        ("[LTP] [PATCH 1/2] a", 1, 1, 2, "a", ""),
        ("[RFC PATCH v2] a", 2, 1, 1, "a", "rfc"),
        ("[RFC v1 0/4] a", 1, 0, 4, "a", "rfc"),
        ("[PATCHv4 1/1] a", 4, 1, 1, "a", ""),
        ("[RESEND PATCH v2 1/2] a", 2, 1, 2, "a", "resend"),
        ("[PATCH v2 RESEND] a", 2, 1, 1, "a", "resend"),
        ("[PATCH v2.1 2/7] a", 2, 2, 7, "a", ""),
        ("[PATCH,v5,1/3] a", 5, 1, 3, "a", ""),
    ],
)
def test_subject_says_which_version_and_patch(
    subject: str, revision: int, number: int, total: int, bare: str, flags: str
) -> None:
    found = heading_of(subject)
    assert found is not None
    assert (found.revision, found.number, found.total, found.subject) == (revision, number, total, bare)
    assert " ".join(name for name in ("rfc", "resend") if getattr(found, name)) == flags


@pytest.mark.parametrize(
    "subject", ["Re: [PATCH] a", "a", "[GIT PULL] a", "[ANNOUNCE] patch queue", "", "[", "[RFC] a"]
)
def test_subject_of_anything_else_is_no_patch(subject: str) -> None:
    assert heading_of(subject) is None


def test_version_is_what_was_sent_together() -> None:
    (version,) = versions_in(
        _mails(
            mail("a", f"[PATCH 0/2] {RING}"),
            mail("b", "[PATCH 1/2] ring: one", diff(), under="a"),
            mail("c", "[PATCH 2/2] ring: two", diff(), under="a"),
            mail("d", "Re: [PATCH 2/2] ring: two", author=BEN, under="c"),
        )
    )
    assert (version.label, version.found, version.expected, version.id) == ("v1", 2, 2, "a@example.org")
    assert version.files == {"lib/ring.c"}


def test_patch_that_is_missing_is_expected_and_not_found() -> None:
    (version,) = versions_in(_mails(mail("a", f"[PATCH 0/3] {RING}"), mail("b", "[PATCH 2/3] x", under="a")))
    assert (version.found, version.expected) == (1, 3)


def test_change_id_joins_versions_in_threads_of_other_subjects() -> None:
    said = "Words.\n\nchange-id: 20240501-ring-1234567890ab\n"
    assert "same change-id" in _why(
        mail("a", "[PATCH 0/1] ring: a first try", said), mail("b", "[PATCH v2 0/1] ring: something else", said, day=3)
    )


def test_link_to_the_earlier_version_joins_versions_of_other_subjects() -> None:
    link = "Changes in v2:\n- Link to v1: https://lore.kernel.org/r/a@example.org\n"
    assert _why(mail("a", "[PATCH] ring: a", diff()), mail("b", "[PATCH v2 0/1] other: b", link, day=3)) == (
        "links to v1 as v1"
    )


def test_link_in_a_footnote_takes_its_meaning_from_where_the_note_is_named() -> None:
    link = "This follows the previous version [1].\n\n[1] https://lore.kernel.org/all/a@example.org/\n"
    assert "links to v1" in _why(mail("a", "[PATCH] ring: a", diff()), mail("b", "[PATCH v2] other: b", link, day=3))


def test_link_to_what_a_series_depends_on_joins_nothing() -> None:
    link = "This depends on https://lore.kernel.org/r/a@example.org\n"
    assert (
        len(_series(mail("a", "[PATCH] ring: a", diff()), mail("b", "[PATCH v2] lock: b", link + diff(), day=3))) == 2
    )


def test_same_subject_and_author_joins_versions_in_two_threads() -> None:
    assert _why(mail("a", f"[PATCH] {RING}"), mail("b", f"[PATCH v2] {RING}", day=3)) == (
        "same subject and author, v2 after v1"
    )


def test_same_subject_of_two_authors_is_two_series() -> None:
    first, second = mail("a", f"[PATCH] {RING}"), mail("b", f"[PATCH v2] {RING}", author=BEN, day=3)
    assert len(_series(first, second)) == 2


def test_author_is_known_again_by_name_at_another_address() -> None:
    second = mail("b", f"[PATCH v2] {RING}", address="ada@elsewhere.example", day=3)
    assert len(_series(mail("a", f"[PATCH] {RING}"), second)) == 1
    second = mail("b", f"[PATCH v2] {RING}", author="Ada", address="ada@elsewhere.example", day=3)
    assert len(_series(mail("a", f"[PATCH] {RING}", author="Ada"), second)) == 2


def test_series_that_another_author_takes_over_needs_a_link_that_says_so() -> None:
    link = "v1: https://lore.kernel.org/r/a@example.org\n\n"
    first = mail("a", f"[PATCH] {RING}", diff())
    assert "sent by Ben Sample" in _why(first, mail("b", f"[PATCH v2] {RING}", link + diff(), author=BEN, day=3))
    other = mail("b", "[PATCH v2] lock: unrelated", link, author=BEN, day=3)
    assert len(_series(first, other)) == 2


def test_rfc_and_what_came_of_it_are_one_series_in_order() -> None:
    assert _labels(
        mail("a", f"[RFC PATCH] {RING}"), mail("b", f"[PATCH] {RING}", day=3), mail("c", f"[PATCH v2] {RING}", day=5)
    ) == [["RFC v1", "v1", "v2"]]


def test_resend_is_a_version_of_its_own_in_the_same_series() -> None:
    assert _labels(mail("a", f"[PATCH v2] {RING}"), mail("b", f"[PATCH RESEND v2] {RING}", day=30)) == [
        ["v2", "v2 RESEND"]
    ]


def test_same_patch_sent_again_without_a_word_is_known_by_its_files() -> None:
    again = [mail("a", f"[PATCH] {RING}", diff()), mail("b", f"[PATCH] {RING}", diff(), day=3)]
    assert "sent again" in _why(*again)


def test_common_subject_of_one_author_joins_nothing() -> None:
    assert len(_series(mail("a", "[PATCH] fix typo"), mail("b", "[PATCH v2] fix typo", day=3))) == 2


def test_same_subject_after_years_is_another_series() -> None:
    assert len(_series(mail("a", f"[PATCH] {RING}"), mail("b", f"[PATCH v2] {RING}", day=1000))) == 2


def test_versions_within_one_thread_are_joined_by_the_answer() -> None:
    first = mail("a", "[PATCH] ring: a", diff())
    second = mail("b", "[PATCH v2] ring: another name", diff(), under="a", day=1)
    assert "in answer to v1" in _why(first, second)


def test_patch_that_somebody_else_answers_with_is_a_series_of_its_own() -> None:
    first = mail("a", f"[PATCH v2] {RING}", diff())
    counter = mail("b", "[PATCH] ring: do it the other way", diff(), author=BEN, under="a", day=1)
    assert len(_series(first, counter)) == 2


def test_single_patch_that_became_a_series_is_known_by_its_subject() -> None:
    first = mail("a", "[PATCH] ring: drop the second lock", diff())
    second = [
        mail("b", f"[PATCH v2 0/2] {RING}", day=3),
        mail("c", "[PATCH v2 1/2] ring: drop the second lock", diff(), under="b", day=3),
        mail("d", "[PATCH v2 2/2] ring: document it", diff(), under="b", day=3),
    ]
    assert _why(first, *second) == "same subject of a patch and author, v2 after v1"


def test_order_of_arrival_makes_no_difference() -> None:
    mails = [
        mail("a", f"[RFC PATCH] {RING}"),
        mail("b", f"[PATCH] {RING}", day=3),
        mail("c", f"[PATCH v2 0/1] {RING}", "v1: https://lore.kernel.org/r/b@example.org\n", day=5),
    ]
    assert _series(*mails) == _series(*reversed(mails))


def test_id_of_a_series_stays_when_a_version_comes() -> None:
    first = mail("a", f"[PATCH] {RING}", author=ADA)
    assert _series(first)[0].id == _series(first, mail("b", f"[PATCH v2] {RING}", day=3))[0].id


def test_hostile_subjects_and_links_take_no_time() -> None:
    body = "http://" * 20000 + "\n" + "[1] " * 20000 + "\n" + "<a@b>" * 20000
    assert _series(mail("a", "[" * 5000 + "PATCH]" + "[v2" * 5000, body), mail("b", "[PATCH v99999 1/0] x", body))


def test_patches_without_a_version_are_of_their_cover_letters_version() -> None:
    (version,) = versions_in(
        _mails(mail("a", f"[PATCH 0/1 v2] {RING}"), mail("b", "[PATCH 1/1] ring: one", diff(), under="a"))
    )
    assert (version.label, version.found, version.expected) == ("v2", 1, 1)


def test_patch_sent_again_within_a_version_stays_in_its_series() -> None:
    mails = [
        mail("a", f"[PATCH v3 0/2] {RING}"),
        mail("b", "[PATCH v3 1/2] ring: one", diff(), under="a"),
        mail("c", "[PATCH v3 2/2] ring: two", diff(), under="a"),
        mail("d", "[PATCH v3 2/2] ring: two, mended", diff(), under="c", day=1),
    ]
    assert [[v.found for v in one.versions] for one in _series(*mails)] == [[2, 1]]


def test_rfc_of_somebody_else_is_joined_where_the_series_links_to_it_as_such() -> None:
    link = "RFC: https://lore.kernel.org/r/a@example.org\n"
    mails = [mail("a", f"[RFC PATCH 0/1] {RING}"), mail("b", f"[PATCH 0/1] {RING}", link, author=BEN, day=3)]
    assert "links to RFC v1 as an earlier version" in _why(*mails)
