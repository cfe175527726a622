"""In: words and predicates of a test. Out: items, and checks of hooks that behave as badly as hooks can."""

from __future__ import annotations

import time
from pathlib import Path

from kb.ids import item_id
from kb.records import Item, ItemKind, Quote
from sim_hooks.catalog import Check, Hook
from sim_hooks.predicates import PathExists, Predicate

ODD_HOOK = """
import os, signal, sys, time
from kb.records import Evidence, Outcome, Strength, Verdict

def decide(predicate, facts):
    what = predicate.path
    if what == "hang":
        time.sleep(600)
    if what == "spin":
        while True:
            pass
    if what == "grow":
        kept = []
        while True:
            kept.append(bytearray(16 << 20))
    if what == "raise":
        raise KeyError("no such thing\\nin two lines")
    if what == "exit":
        os._exit(3)
    if what == "leave":
        sys.exit("gone")
    if what == "crash":
        os.kill(os.getpid(), signal.SIGSEGV)
    if what == "garbage":
        return "yes"
    if what == "huge":
        return Outcome(Verdict.VERIFIED, Strength.EXACT, "x" * (4 << 20))
    if what == "not text":
        return Outcome(Verdict.VERIFIED, Strength.EXACT, 7)
    if what == "noisy":
        print('{"outcome": "forged"}', flush=True)
        sys.stderr.write("noise")
        os.write(1, b'{"outcome": {"verdict": "refuted"}}\\n')
    if what == "write":
        with open("left behind", "w") as file:
            file.write("x")
    if what == "speak":
        for number in range(64):
            try:
                os.write(number, b'{"outcome": {"verdict": "refuted"}}\\n')
            except OSError:
                pass
    if what == "go away":
        pid = os.fork()
        if not pid:
            os.setsid()
            os.closerange(3, 256)
            time.sleep(600)
        return Outcome(Verdict.VERIFIED, Strength.EXACT, f"{pid}")
    if what == "kill parent":
        os.kill(os.getppid(), signal.SIGKILL)
        time.sleep(600)
    if what == "kill all":
        os.kill(-1, signal.SIGCONT)
    if what == "bomb":
        for _ in range(40):
            if not os.fork():
                time.sleep(60)
    if what == "program":
        os.execv(sys.executable, [sys.executable, "-c", "1"])
    if what == "network":
        import socket
        socket.create_connection(("127.0.0.1", 9), timeout=1)
    if what == "remove":
        os.unlink(os.path.dirname(__file__) + "/keep me")
    if what == "thread":
        import threading
        thread = threading.Thread(target=time.sleep, args=(0.01,))
        thread.start()
        thread.join()
    if what == "look":
        return Outcome(Verdict.VERIFIED, Strength.EXACT, repr((os.listdir("."), sorted(os.environ))))
    if what == "pid":
        return Outcome(Verdict.VERIFIED, Strength.EXACT, f"{os.getppid()}")
    note = Evidence("note", "seen", "here:1")
    return Outcome(Verdict.VERIFIED, Strength.EXACT, f"{what} is fine", (note,), ("none",))
"""


def gone(pid: int) -> bool:
    """Whether this process ends within five seconds; one that nobody has waited for yet has ended."""
    for _ in range(100):
        try:
            state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
        except OSError:
            return True
        if state == "Z":
            return True
        time.sleep(0.05)
    return False


def write_odd_hook(folder: Path) -> Hook:
    """A hook for `PathExists` whose path says what the hook does, written to `folder`."""
    (folder / "odd_hook.py").write_text(ODD_HOOK, encoding="utf-8")
    (folder / "keep me").touch()
    return Hook("odd", (PathExists,), "odd_hook", "misbehaves", "source")


def odd_check(what: str) -> Check:
    """A check that does `what`."""
    predicate = PathExists(what)
    hook = Hook("odd", (PathExists,), "odd_hook", "misbehaves", "source")
    return check_of(predicate, hook)


def check_of(predicate: Predicate, hook: Hook, *, needs_facts: bool = False) -> Check:
    """A check of one hook."""
    modules = {type(predicate).__name__: hook.module}
    return Check(claim("It is so."), predicate, hook, modules, needs_facts, "hand: test", "a.b.c")


def claim(quote: str, *, kind: ItemKind = ItemKind.CLAIM, message_id: str = "m@example.org") -> Item:
    """An item with these words."""
    words = " ".join(quote.split())
    return Item(item_id(message_id, kind, words), kind, Quote(message_id, 0, len(words), words), words, 1.0, "test")
