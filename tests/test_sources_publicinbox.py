"""Sources: public-inbox archives in git, of both versions, whole, in part, damaged and hostile."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from ingest.sources import archive_of, git_objects, publicinbox, read
from ingest.sources.publicinbox import arrivals, epochs_of, is_archive, position, text_of
from kb.errors import SourceError
from kb.records import SourceKind
from tests.support.archives import MISSING, Commits, git, installed, kept_by_public_inbox, repository
from tests.support.mails import mail

ONE, TWO, THREE, SPAM = (mail(n, f"Mail {n}.\n", subject=f"Subject {n}") for n in (1, 2, 3, 4))


def hashed(name: str) -> str:
    digest = hashlib.sha1(name.encode()).hexdigest()
    return f"{digest[:2]}/{digest[2:]}"


def mails_in(path: Path, seen: dict[str, str] | None = None) -> list[bytes]:
    return [one.mail.content for one in arrivals(path, seen) if one.mail is not None]


def removed_in(path: Path, seen: dict[str, str] | None = None) -> list[bytes]:
    return [one.removed.content for one in arrivals(path, seen) if one.removed is not None]


def last(path: Path, seen: dict[str, str] | None = None) -> dict[str, str]:
    return {**(seen or {}), **{one.epoch: one.commit for one in arrivals(path, seen)}}


def v2(folder: Path, *epochs: Commits) -> Path:
    for number, commits in enumerate(epochs):
        repository(folder / "git" / f"{number}.git", commits)
    return folder


@pytest.mark.server
@pytest.mark.skipif(not installed(), reason=MISSING)
@pytest.mark.parametrize("version", [1, 2])
def test_archive_that_public_inbox_keeps_is_read_then_what_is_new_then_what_it_removed(
    tmp_path: Path, version: int
) -> None:
    archive = kept_by_public_inbox(tmp_path, version)
    archive.add([ONE, SPAM])
    assert sorted(mails_in(archive.path)) == sorted([ONE, SPAM])
    seen = last(archive.path)
    assert mails_in(archive.path, seen) == []
    archive.add([TWO])
    archive.remove(SPAM)
    archive.add([THREE])
    assert mails_in(archive.path, seen) == [TWO, THREE]
    assert removed_in(archive.path, seen) == [SPAM]
    assert sorted(mails_in(archive.path)) == sorted([ONE, TWO, THREE])


def test_epochs_are_read_in_their_order_by_whichever_name_they_are_given(tmp_path: Path) -> None:
    archive = v2(tmp_path / "list", Commits().put("m", ONE), Commits().put("m", TWO).put("m", THREE))
    assert mails_in(archive) == mails_in(archive / "git") == [ONE, TWO, THREE]
    assert mails_in(archive / "git" / "1.git") == [TWO, THREE]
    assert [one.name for one in epochs_of(archive)] == ["0", "1"]
    assert [one.name for one in epochs_of(archive / "git" / "1.git")] == ["1"]


def test_more_than_ten_epochs_are_read_by_number(tmp_path: Path) -> None:
    archive = v2(tmp_path / "list", *(Commits().put("m", mail(n, f"{n}\n")) for n in range(11)))
    assert [int(one.name) for one in epochs_of(archive)] == list(range(11))


def test_mirror_and_clone_of_an_epoch_are_archives_too(tmp_path: Path) -> None:
    bare = repository(tmp_path / "a.git", Commits().put("m", ONE).put("m", TWO))
    git("clone", "-q", "--mirror", str(bare), str(tmp_path / "some-list.example.org.3"))
    git("clone", "-q", str(bare), str(tmp_path / "clone"))
    assert mails_in(tmp_path / "some-list.example.org.3") == mails_in(tmp_path / "clone") == [ONE, TWO]
    assert [one.name for one in epochs_of(tmp_path / "some-list.example.org.3")] == ["3"]


def test_each_arrival_says_where_it_came_from(tmp_path: Path) -> None:
    archive = v2(tmp_path / "list", Commits().put("m", ONE))
    (one,) = arrivals(archive)
    tip = git("-C", str(archive / "git" / "0.git"), "rev-parse", "master").decode().strip()
    assert (one.epoch, one.commit) == ("0", tip)
    assert one.mail is not None
    assert one.mail.origin == f"publicinbox:{archive}/git/0.git#{tip[:16]}"
    (again,) = read(str(archive))
    assert again.source is not None
    assert (again.source.kind, again.source.address) == (SourceKind.PUBLICINBOX, str(archive))


def test_mail_that_is_removed_and_comes_again_is_there_once(tmp_path: Path) -> None:
    archive = v2(tmp_path / "list", Commits().put("m", ONE).put("d", ONE).put("m", TWO).put("m", ONE))
    assert mails_in(archive) == [TWO, ONE]


def test_mail_in_hashed_paths_is_read_and_its_removal_too(tmp_path: Path) -> None:
    commits = Commits().add(hashed("m1"), ONE).add(hashed("m4"), SPAM)
    path = repository(tmp_path / "v1.git", commits)
    seen = last(path)
    repository(path, Commits().drop(hashed("m4")).add(hashed("m2"), TWO), again=True)
    assert mails_in(path) == [ONE, TWO]
    assert (mails_in(path, seen), removed_in(path, seen)) == ([TWO], [SPAM])


def test_epoch_that_was_rewritten_is_read_from_its_beginning(tmp_path: Path) -> None:
    archive = v2(tmp_path / "list", Commits().put("m", ONE).put("m", SPAM))
    seen = last(archive)
    git("-C", str(archive / "git" / "0.git"), "fast-import", "--quiet", "--force", stdin=Commits().put("m", TWO).stream)
    assert mails_in(archive, seen) == [TWO]


@pytest.mark.parametrize("seen", ["f" * 40, "f" * 64, "HEAD", "--all", "", "x\n"])
def test_commit_that_is_none_of_the_archives_means_all_of_it(tmp_path: Path, seen: str) -> None:
    archive = v2(tmp_path / "list", Commits().put("m", ONE))
    assert mails_in(archive, {"0": seen}) == [ONE]


def test_epoch_without_a_commit_is_passed_over(tmp_path: Path) -> None:
    archive = v2(tmp_path / "list", Commits().put("m", ONE))
    git("init", "-q", "--bare", str(archive / "git" / "1.git"))
    assert mails_in(archive) == [ONE]


def test_object_that_is_no_mail_is_left_out_and_told(tmp_path: Path) -> None:
    told: list[str] = []
    archive = v2(tmp_path / "list", Commits().put("m", b"nothing\n").put("m", ONE))
    found = [one.mail.content for one in arrivals(archive, progress=told.append) if one.mail is not None]
    assert found == [ONE]
    assert len(told) == 1
    assert told[0].endswith(": is no mail, left out")


def test_mail_that_is_too_large_is_left_out_and_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publicinbox, "LARGEST", 1 << 20)
    told: list[str] = []
    archive = v2(tmp_path / "list", Commits().put("m", ONE + b"x" * (1 << 20)).put("m", TWO))
    found = [one.mail.content for one in arrivals(archive, progress=told.append) if one.mail is not None]
    assert found == [TWO]
    assert told[0].endswith(": is larger than 1 MiB, left out")


def objects_of(path: Path) -> list[Path]:
    """Loose objects of a repository, after its packs were taken apart."""
    packs = list((path / "objects" / "pack").glob("*.pack"))
    for pack in packs:
        content = pack.read_bytes()
        for each in (pack, pack.with_suffix(".idx"), pack.with_suffix(".rev")):
            each.unlink(missing_ok=True)
        git("-C", str(path), "unpack-objects", "-q", stdin=content)
    return [each for each in (path / "objects").glob("??/*") if each.is_file()]


@pytest.mark.parametrize("damage", [None, b"", b"garbage", b"cut"])
def test_object_that_is_absent_or_damaged_is_left_out_and_the_rest_is_read(
    tmp_path: Path, damage: bytes | None
) -> None:
    archive = v2(tmp_path / "list", Commits().put("m", ONE).put("m", TWO).put("m", THREE))
    path = archive / "git" / "0.git"
    name = git("-C", str(path), "rev-parse", "master~1:m").decode().strip()
    (victim,) = [each for each in objects_of(path) if each.parent.name + each.name == name]
    content = victim.read_bytes()
    victim.unlink()
    if damage is not None:
        victim.write_bytes(content[: len(content) // 2] if damage == b"cut" else damage)
    told: list[str] = []
    found = [one.mail.content for one in arrivals(archive, progress=told.append) if one.mail is not None]
    assert found == [ONE, THREE]
    assert [line for line in told if "left out" in line]


def test_archive_whose_commits_are_damaged_is_told_in_one_line(tmp_path: Path) -> None:
    path = repository(tmp_path / "a.git", Commits().put("m", ONE).put("m", TWO))
    name = git("-C", str(path), "rev-parse", "master~1").decode().strip()
    for each in objects_of(path):
        if each.parent.name + each.name == name:
            each.unlink()
    with pytest.raises(SourceError, match=r"git cannot read it \(.*\); look at it with git fsck") as told:
        mails_in(path)
    assert "\n" not in str(told.value)


def test_repository_of_something_else_is_told(tmp_path: Path) -> None:
    path = repository(tmp_path / "code.git", Commits().add("main.c", b"int main;\n"))
    with pytest.raises(SourceError, match="a git repository, but no public-inbox archive"):
        mails_in(path)


@pytest.mark.parametrize("name", ["empty", "folder", "file"])
def test_what_is_no_repository_is_no_archive(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "folder" / "HEAD").mkdir(parents=True)
    (tmp_path / "file").write_bytes(ONE)
    assert not is_archive(tmp_path / name)
    assert archive_of(str(tmp_path / name)) is None
    with pytest.raises(SourceError, match="this is no public-inbox archive"):
        mails_in(tmp_path / name)


def test_configuration_of_a_strange_repository_runs_nothing(tmp_path: Path) -> None:
    archive = v2(tmp_path / "list", Commits().put("m", ONE).put("m", TWO).put("m", THREE))
    path = archive / "git" / "0.git"
    ran = tmp_path / "ran"
    script = tmp_path / "evil"
    script.write_text(f"#!/bin/sh\ntouch {ran}\n")
    script.chmod(0o755)
    for hook in ("post-checkout", "reference-transaction", "fsmonitor-watchman", "post-index-change"):
        (path / "hooks").mkdir(exist_ok=True)
        (path / "hooks" / hook).write_text(script.read_text())
        (path / "hooks" / hook).chmod(0o755)
    (path / "config").write_text(
        f"""[core]
\trepositoryformatversion = 1
\tbare = true
\tfsmonitor = {script}
\thooksPath = {tmp_path}
\tpager = {script}
\teditor = {script}
\tsshCommand = {script}
\tgitProxy = {script}
\talternateRefsCommand = {script}
\tattributesFile = {tmp_path}/attributes
[extensions]
\tpartialClone = origin
[remote "origin"]
\turl = ext::{script}
\tuploadpack = {script}
\tpromisor = true
[remote "other"]
\turl = file://{tmp_path}/nowhere
\tuploadpack = {script}
\tpromisor = true
[diff]
\texternal = {script}
[diff "evil"]
\ttextconv = {script}
\tcommand = {script}
[filter "evil"]
\tsmudge = {script}
\tclean = {script}
\tprocess = {script}
[log]
\tshowSignature = true
[gpg]
\tprogram = {script}
[alias]
\trev-list = !{script}
\tcat-file = !{script}
\tdiff-tree = !{script}
[pager]
\trev-list = {script}
\tcat-file = {script}
\tdiff-tree = {script}
[credential]
\thelper = {script}
[include]
\tpath = {tmp_path}/more
"""
    )
    (tmp_path / "attributes").write_text("* diff=evil filter=evil\n")
    (path / "info").mkdir(exist_ok=True)
    (path / "info" / "attributes").write_text("* diff=evil filter=evil\n")
    name = git_objects_of(path)
    victims = [each for each in objects_of_quietly(path) if each.parent.name + each.name == name]
    for each in victims:
        each.unlink()  # git would fetch it from the promised remote
    told: list[str] = []
    found = [one.mail.content for one in arrivals(archive, progress=told.append) if one.mail is not None]
    assert found == [ONE, THREE]
    assert not ran.exists()


def git_objects_of(path: Path) -> str:
    """The name of the second mail's blob, asked of git as this program asks it."""
    with git_objects.opened(path) as found:
        assert found is not None
        return [change.new for change in found.changes()][1]


def objects_of_quietly(path: Path) -> list[Path]:
    """As `objects_of`, with the repository's configuration out of the way."""
    kept = (path / "config").read_bytes()
    (path / "config").write_text("[core]\n\trepositoryformatversion = 0\n\tbare = true\n")
    try:
        return objects_of(path)
    finally:
        (path / "config").write_bytes(kept)


def test_environment_of_the_caller_leads_git_nowhere_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = v2(tmp_path / "list", Commits().put("m", ONE))
    for name in ("GIT_DIR", "GIT_OBJECT_DIRECTORY", "GIT_WORK_TREE", "GIT_NAMESPACE", "GIT_EXTERNAL_DIFF"):
        monkeypatch.setenv(name, str(tmp_path / "nowhere"))
    assert mails_in(archive) == [ONE]


def test_replaced_objects_are_read_as_they_were(tmp_path: Path) -> None:
    archive = v2(tmp_path / "list", Commits().put("m", ONE).put("m", TWO))
    path = archive / "git" / "0.git"
    names = [git("-C", str(path), "rev-parse", f"master{back}:m").decode().strip() for back in ("~1", "")]
    git("-C", str(path), "replace", *names)
    assert mails_in(archive) == [ONE, TWO]


def test_archive_that_is_left_half_way_leaves_no_process(tmp_path: Path) -> None:
    archive = v2(tmp_path / "list", Commits().put("m", ONE).put("m", TWO))
    before = children()
    coming = arrivals(archive)
    next(coming)
    coming.close()  # type: ignore[attr-defined]
    assert children() == before


def children() -> set[str]:
    return set(Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text().split())


def test_position_survives_as_text() -> None:
    seen = {"1": "b" * 40, "0": "a" * 40}
    assert position(text_of(seen)) == seen


@pytest.mark.parametrize("text", [None, "", "nonsense", "[]", '{"0": 1}', "null"])
def test_position_that_is_none_is_the_beginning(text: str | None) -> None:
    assert position(text) == {}
