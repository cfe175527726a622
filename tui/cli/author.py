"""In: nothing. Out: who sits at the keyboard, as git knows it.

Only the user's own git configuration is asked, never that of the repository which happens to be around.
"""

from __future__ import annotations

import getpass
import subprocess

from kb.visible import one_line
from tui.cli.narration import say


def signer(who: str = "") -> str:
    """`who` if somebody is named there, else the author; says so on stderr where git knows nobody."""
    if who.strip():
        return who.strip()
    known = _by_git()
    if not known:
        known = author()
        say(f"git knows no user.name, so “{one_line(known)}” says this; `--who NAME` says who, or set git's user.name")
    return known


def author() -> str:
    """`Name <address>`, or as much of it as is known; the login name where git knows nobody."""
    known = _by_git()
    if known:
        return known
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "somebody"


def _by_git() -> str:
    name, address = _setting("user.name"), _setting("user.email")
    return f"{name} <{address}>" if name and address else name or address


def _setting(name: str) -> str:
    try:
        asked = ["git", "config", "--global", "--get", name]
        done = subprocess.run(asked, capture_output=True, text=True, errors="replace", timeout=5, check=False)
    except (OSError, subprocess.SubprocessError):
        return ""
    return " ".join(done.stdout.split()) if done.returncode == 0 else ""
