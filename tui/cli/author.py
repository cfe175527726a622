"""In: nothing. Out: who sits at the keyboard, as git knows it.

Only the user's own git configuration is asked, never that of the repository which happens to be around.
"""

from __future__ import annotations

import getpass
import subprocess


def author() -> str:
    """`Name <address>`, or as much of it as is known; the login name where git knows nobody."""
    name, address = _setting("user.name"), _setting("user.email")
    known = f"{name} <{address}>" if name and address else name or address
    if known:
        return known
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "somebody"


def _setting(name: str) -> str:
    try:
        asked = ["git", "config", "--global", "--get", name]
        done = subprocess.run(asked, capture_output=True, text=True, errors="replace", timeout=5, check=False)
    except (OSError, subprocess.SubprocessError):
        return ""
    return " ".join(done.stdout.split()) if done.returncode == 0 else ""
