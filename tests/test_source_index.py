"""A facts file: the same bytes for the same tree, from a folder and from archives, and refused when it is none."""

from __future__ import annotations

import gzip
import io
import json
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

import pytest

from kb.bundled import bundled
from kb.errors import CheckError
from kb.records import Strength, Verdict
from sim_hooks.hooks.source import decide
from sim_hooks.predicates import CallersAre, Calls, Chain, OnlyFrom, Predicate, Reaches, parameters
from sim_hooks.source import index
from sim_hooks.source.container import FORMAT, KIND
from sim_hooks.source.facts import Facts
from tests.support.ctree import plant

FILES = {
    "mm/a.c": "static int inner(int x)\n{\n\treturn 0;\n}\nint outer(int x)\n{\n\treturn inner(x);\n}\n",
    "mm/sub/b.c": "int deep(int x)\n{\n\treturn outer(x);\n}\n",
    "fs/c.c": "int user(int x)\n{\n\treturn outer(x);\n}\n",
    "Documentation/a.rst": "outer(1)\n",
    "tools/t.c": "int t(void)\n{\n\treturn outer(1);\n}\n",
}


def tarball(tree: Path, out: Path) -> Path:
    with tarfile.open(out, "w:xz") as archive:
        archive.add(tree, arcname="linux-9.8")
    return out


def package(content: bytes, out: Path) -> Path:
    """A Debian package: an ar archive with a data.tar that holds usr/src/linux-source-9.8.tar.xz."""
    inner = io.BytesIO()
    with tarfile.open(fileobj=inner, mode="w") as archive:
        member = tarfile.TarInfo("./usr/src/linux-source-9.8.tar.xz")
        member.size = len(content)
        archive.addfile(member, io.BytesIO(content))
    data = inner.getvalue()
    parts = b"!<arch>\n"
    for name, part in ((b"debian-binary", b"2.0\n"), (b"data.tar", data)):
        parts += name.ljust(16) + b"0".ljust(12) + b"0".ljust(6) * 2 + b"100644".ljust(8)
        parts += str(len(part)).encode().ljust(10) + b"`\n" + part + b"\n" * (len(part) % 2)
    out.write_bytes(parts)
    return out


def test_index_gives_the_same_bytes_from_a_folder_and_from_archives(tmp_path: Path) -> None:
    tree = plant(tmp_path / "tree", FILES)
    (tree / "mm/link.c").symlink_to("a.c")
    archive = tarball(tree, tmp_path / "linux.tar.xz")
    deb = package(archive.read_bytes(), tmp_path / "linux-source.deb")
    made = []
    for number, place in enumerate((tree, tree, archive, deb)):
        out = tmp_path / f"{number}.json.gz"
        report = index(place, dirs=["mm"], out=out)
        assert (report.name, report.version, report.files, report.functions) == ("linux-9.8.7", "9.8.7", 2, 3)
        assert report.bytes == out.stat().st_size
        made.append(out.read_bytes())
    assert len(set(made)) == 1
    assert gzip.decompress(made[0]).startswith(b'{"kind":"threadkb source facts","format":2,')


def test_index_of_flat_folders_and_single_files_leaves_out_what_lies_below(tmp_path: Path) -> None:
    tree = plant(tmp_path / "tree", FILES)
    assert index(tree, dirs=["mm/*"], out=tmp_path / "1.gz").files == 1
    assert index(tree, dirs=["mm/sub/b.c", "fs"], out=tmp_path / "2.gz").files == 2
    assert index(tree, out=tmp_path / "3.gz").files == 4


def test_index_names_a_tree_without_a_makefile_as_told(tmp_path: Path) -> None:
    tree = plant(tmp_path / "tree", FILES)
    (tree / "Makefile").unlink()
    assert index(tree, out=tmp_path / "1.gz", name="mine").name == "mine"
    assert index(tree, out=tmp_path / "2.gz").name == "tree"


@pytest.mark.parametrize("dirs", [["nosuch"], ["Documentation"]])
def test_index_of_a_folder_without_source_says_so(tmp_path: Path, dirs: list[str]) -> None:
    with pytest.raises(CheckError, match="no C file"):
        index(plant(tmp_path / "tree", FILES), dirs=dirs, out=tmp_path / "out.gz")
    assert not (tmp_path / "out.gz").exists()


@pytest.mark.parametrize("stage", ["to parse", "looking through"])
def test_index_that_is_broken_off_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stage: str
) -> None:
    archive = tarball(plant(tmp_path / "tree", FILES), tmp_path / "linux.tar.xz")
    (tmp_path / "scratch").mkdir()
    (tmp_path / "out").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "scratch"))

    def broken_off(line: str) -> None:
        if stage in line:
            assert list((tmp_path / "scratch").iterdir())
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        index(archive, out=tmp_path / "out" / "a.facts", progress=broken_off)
    assert not list((tmp_path / "scratch").iterdir())
    assert not list((tmp_path / "out").iterdir())


def test_index_that_cannot_be_written_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tree, out = plant(tmp_path / "tree", FILES), tmp_path / "a.facts"
    index(tree, out=out)
    before = out.read_bytes()

    def full(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="No space"):
        index(plant(tmp_path / "other", {"a.c": "int f(void) { return 0; }\n"}), out=out)
    assert out.read_bytes() == before
    assert not list(tmp_path.glob(".a.facts*"))


def test_facts_load_from_any_path(tmp_path: Path) -> None:
    index(plant(tmp_path / "tree", FILES), dirs=["mm"], out=tmp_path / "deep" / "my tree.facts")
    facts = Facts.load(tmp_path / "deep" / "my tree.facts")
    assert decide(Calls("outer", "inner"), facts).verdict is Verdict.VERIFIED


def test_index_of_what_is_no_archive_says_so(tmp_path: Path) -> None:
    (tmp_path / "x.tar").write_bytes(b"not a tar" * 100)
    (tmp_path / "y.deb").write_bytes(b"!<arch>\n")
    for name, words in (("x.tar", "cannot be unpacked"), ("y.deb", "no data.tar"), ("absent", "no such")):
        with pytest.raises(CheckError, match=words):
            index(tmp_path / name, out=tmp_path / "out.gz")


def test_archive_with_paths_that_lead_out_of_it_writes_nothing_outside(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "bad.tar", "w") as archive:
        for name in ("l/../../evil.c", "/evil.c", "l/mm/good.c"):
            member = tarfile.TarInfo(name)
            member.size = 12
            archive.addfile(member, io.BytesIO(b"int f(void);"))
    assert index(tmp_path / "bad.tar", out=tmp_path / "out.gz").files == 1
    assert not list(tmp_path.parent.glob("evil.c"))


def test_facts_of_missing_wrong_or_newer_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(CheckError, match="cannot be read"):
        Facts.load(tmp_path / "absent.gz")
    wrong = tmp_path / "wrong.gz"
    for content in (b"", b"plain text", gzip.compress(b"[1, 2]"), gzip.compress(b'{"kind": "other"}')):
        wrong.write_bytes(content)
        with pytest.raises(CheckError, match="is no facts file"):
            Facts.load(wrong)
    wrong.write_bytes(gzip.compress(json.dumps({"kind": KIND, "format": FORMAT + 1}).encode()))
    with pytest.raises(CheckError, match=f"has format {FORMAT + 1}"):
        Facts.load(wrong)


def test_facts_cut_off_in_the_middle_are_refused_when_that_part_is_asked_for(tmp_path: Path) -> None:
    index(plant(tmp_path / "tree", FILES), out=tmp_path / "a.gz")
    content = (tmp_path / "a.gz").read_bytes()
    (tmp_path / "a.gz").write_bytes(content[:-40])
    facts = Facts.load(tmp_path / "a.gz")
    with pytest.raises(CheckError, match="is damaged"):
        facts.paths  # noqa: B018


def test_mentions_count_the_kernel_and_not_its_tools_or_documents(tmp_path: Path) -> None:
    index(plant(tmp_path / "tree", FILES), dirs=["mm"], out=tmp_path / "a.gz")
    facts = Facts.load(tmp_path / "a.gz")
    assert facts.mentions(facts.named("outer")[0]).files == ("fs/c.c",)
    assert facts.mentions(facts.named("inner()")[0]).count == 0


def test_answers_need_no_parser() -> None:
    code = "import sim_hooks.hooks.source, sys; sys.exit('tree_sitter' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


# The facts that ship must give what was measured by hand on linux 6.12.

TAIL = ("migrate_pages", "migrate_pages_sync", "migrate_pages_batch", "migrate_folio_unmap", "folio_wait_writeback")
NUMA = ("handle_mm_fault", "__handle_mm_fault", "handle_pte_fault", "do_numa_page", "migrate_misplaced_folio")
CONTIG = ("alloc_contig_range_noprof", "__alloc_contig_migrate_range")
CALLERS = (
    "demote_folio_list",
    "__damon_pa_migrate_folio_list",
    "migrate_misplaced_folio",
    "do_move_pages_to_node",
    "migrate_to_node",
    "do_mbind",
    "soft_offline_in_use_page",
    "do_migrate_range",
    "compact_zone",
    "migrate_longterm_unpinnable_folios",
    "__alloc_contig_migrate_range",
)


@pytest.fixture(scope="module")
def shipped() -> Facts:
    return Facts.load(next(path for path in bundled("facts").iterdir() if path.name.endswith(".json.gz")))


@pytest.mark.parametrize(
    ("predicate", "verdict", "strength"),
    [
        (Chain((*NUMA, *TAIL)), Verdict.REFUTED, Strength.CONSTANT_SENSITIVE),
        (Chain(NUMA), Verdict.VERIFIED, Strength.EDGE),
        (Chain(("compact_zone_order", "compact_zone", *TAIL)), Verdict.REFUTED, Strength.CONSTANT_SENSITIVE),
        (
            Chain(("alloc_contig_range_noprof", "__alloc_contig_migrate_range", *TAIL)),
            Verdict.VERIFIED,
            Strength.CONSTANT_SENSITIVE,
        ),
        (Reaches(TAIL[0], TAIL[-1], parameters(mode="MIGRATE_SYNC")), Verdict.VERIFIED, Strength.CONSTANT_SENSITIVE),
        (
            Reaches(TAIL[0], TAIL[-1], parameters(mode="MIGRATE_SYNC_LIGHT")),
            Verdict.REFUTED,
            Strength.CONSTANT_SENSITIVE,
        ),
        (Reaches(TAIL[0], TAIL[-1], parameters(mode="MIGRATE_ASYNC")), Verdict.REFUTED, Strength.CONSTANT_SENSITIVE),
        (CallersAre(TAIL[0], CALLERS), Verdict.VERIFIED, Strength.CLOSED_WORLD),
        (CallersAre(TAIL[0], CALLERS[1:]), Verdict.REFUTED, Strength.CLOSED_WORLD),
        (OnlyFrom("do_mbind", ("mbind",)), Verdict.VERIFIED, Strength.CLOSED_WORLD),
        (OnlyFrom("do_move_pages_to_node", ("move_pages()",)), Verdict.VERIFIED, Strength.CLOSED_WORLD),
        (OnlyFrom("do_mbind", ("move_pages",)), Verdict.REFUTED, Strength.PATH),
        (Calls("compact_node", "compact_zone", "MIGRATE_SYNC"), Verdict.VERIFIED, Strength.CONSTANT_SENSITIVE),
        (Calls("kcompactd_do_work", "compact_zone", "MIGRATE_SYNC"), Verdict.REFUTED, Strength.CONSTANT_SENSITIVE),
        (Chain(("ksys_sync", "sync_inodes_sb", "wait_sb_inodes")), Verdict.VERIFIED, Strength.PATH),
        (Chain(("filp_close", "filp_flush", "fuse_flush")), Verdict.VERIFIED, Strength.PATH),
    ],
    ids=lambda value: str(value)[:90],
)
def test_shipped_facts_give_the_measured_answers(
    shipped: Facts, predicate: Predicate, verdict: Verdict, strength: Strength
) -> None:
    outcome = decide(predicate, shipped)
    assert (outcome.verdict, outcome.strength) == (verdict, strength), outcome


def test_shipped_callers_stand_with_their_lines_and_modes_in_order(shipped: Facts) -> None:
    outcome = decide(CallersAre("migrate_pages", CALLERS), shipped)
    places = [line.place for line in outcome.evidence]
    assert places == [
        "mm/vmscan.c:1023",
        "mm/damon/paddr.c:352",
        "mm/migrate.c:2708",
        "mm/migrate.c:2199",
        "mm/mempolicy.c:1099",
        "mm/mempolicy.c:1394",
        "mm/memory-failure.c:2756",
        "mm/memory_hotplug.c:1878",
        "mm/compaction.c:2643",
        "mm/gup.c:2461",
        "mm/page_alloc.c:6570",
    ]
    assert ["MIGRATE_ASYNC" in line.text for line in outcome.evidence] == [True] * 3 + [False] * 5 + [
        True,
        False,
        False,
    ]
