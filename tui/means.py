"""In: what a person named, the environment, the platform. Out: the facts, bindings and hooks to check with.

Nothing is taken from the current directory, from a repository or from a mail.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from kb.bundled import bundled
from kb.errors import CheckError, UsageError

if TYPE_CHECKING:
    from sim_hooks.own_hooks import OwnHooks
    from sim_hooks.runner import Runner

FACTS_VARIABLE, HOOKS_VARIABLE = "THREADKB_FACTS", "THREADKB_HOOKS"


@dataclass(frozen=True, slots=True)
class Means:
    """What a person brings to check with, beside what ships with threadkb."""

    facts: Path | None = None
    """A facts file of a source tree; else THREADKB_FACTS, else the one that ships."""
    bindings: tuple[Path, ...] = ()
    """Files and folders of bindings; the user's own folder is read in any case."""
    hooks: tuple[Path, ...] = ()
    """Folders of hooks; those that THREADKB_HOOKS names are read as well."""


def bundled_facts() -> Path | None:
    """The facts of a source tree that ship with threadkb; None where this installation has none."""
    try:
        found = sorted(p for p in bundled("facts").iterdir() if p.suffix != ".md")
    except CheckError:
        return None
    return found[-1] if found else None


def facts_path(given: Path | None = None) -> Path | None:
    """The facts file to check against: `given`, THREADKB_FACTS, or the one that ships.

    UsageError or CheckError where a named one is not there or is no facts file.
    """
    named = given or (Path(text) if (text := os.environ.get(FACTS_VARIABLE)) else None)
    if named is None:
        return bundled_facts()
    place = "--facts" if given else FACTS_VARIABLE
    if not named.is_file():
        raise UsageError(place, f"there is no facts file '{named}'", "`threadkb source index TREE -o FILE` makes one")
    from sim_hooks.source.container import Container

    Container(named)
    return named


def bindings_folder() -> Path:
    """The user's own folder of bindings, present or not."""
    import platformdirs

    return Path(platformdirs.user_data_dir("threadkb")) / "bindings"


def bindings_files(named: Sequence[Path]) -> tuple[Path, ...]:
    """The files of bindings that these files and folders are."""
    return tuple(
        dict.fromkeys(file for path in named for file in (sorted(path.glob("*.toml")) if path.is_dir() else [path]))
    )


def hook_folders(given: Sequence[Path] = ()) -> tuple[Path, ...]:
    """The folders of hooks of one's own: `given`, and those that THREADKB_HOOKS names."""
    named = [Path(text) for text in os.environ.get(HOOKS_VARIABLE, "").split(os.pathsep) if text]
    return tuple(dict.fromkeys((*given, *named)))


def own_hooks(folders: Sequence[Path], runner: Runner | None = None) -> OwnHooks:
    """The hooks of one's own in `folders` and in installed packages, read by a child of `runner` or of a new one."""
    from sim_hooks import own_hooks as own
    from sim_hooks.runner import Runner

    places = own.places(hook_folders(folders))
    if not places:
        return own.OwnHooks()
    if runner is not None:
        return own.find(places, runner)
    with Runner(None, jobs=1) as made:
        return own.find(places, made)


def basis_of(means: Means, facts_digest: str) -> str:
    """One digest of all that is checked with; "" where something of it cannot be read."""
    from sim_hooks import own_hooks as own
    from sim_hooks.basis import basis

    files = [*bindings_files([bundled("bindings")]), *bindings_files(means.bindings)]
    return basis(
        f"{facts_digest} {len(means.bindings)}",
        [*files, *bindings_files([bindings_folder()])] if bindings_folder().is_dir() else files,
        own.places(hook_folders(means.hooks)),
    )
