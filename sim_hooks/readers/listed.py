"""In: a list under a heading such as `These are the places where we call foo():`. Out: what it says of each.

The heading is read whole, with all its entries; an entry is read by the heading above it. Entries numbered from 1
without a gap are a whole list, and others where the heading says so. A mode that an entry names once, in so many words,
belongs to its call.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from sim_hooks.predicates import CallersAre, Calls, Predicate, Reaches, all_of
from sim_hooks.readers.wording import CONSTANT, FUNCTION, Binding, Wording, name, names_function

_PLACES = re.compile(
    rf"\b[Tt]hese (?:\w{{1,12}} )?are (?:all )?the (?:only )?(?:places|callers|call ?sites|functions)"
    rf"(?: where| that| which)?(?: we| they)? (?:call|of|invoke) (?P<subject>{FUNCTION}):?$"
)
_CALLERS = re.compile(
    rf"(?P<subject>{FUNCTION}) (?:is|gets) (?:currently )?(?:called|invoked) (?:by|from|in|at) (?:the following|these)"
    rf"(?: \w{{1,12}}){{0,2}}:$|"
    rf"\b(?P<all>[Tt]he|[Aa]ll|[Aa]ll the|[Cc]urrent|[Tt]he only) (?:callers|call ?sites) of "
    rf"(?P<subject_too>{FUNCTION})(?: are)?:$|"
    rf"(?P<subject_last>{FUNCTION}) has (?P<count>the following|these|two|three|four|five|six|seven|eight|\d{{1,2}}) "
    rf"(?:callers|call ?sites):$"
)
"""Other headings of a list of callers; only one that says so lists them all."""
_WHOLE = ("all", "all the", "the only", "two", "three", "four", "five", "six", "seven", "eight")
_BULLET = re.compile(rf"\s{{0,20}}(?:[-*•+]|\(?\d{{1,3}}[.)])?\s{{0,8}}(?P<function>{FUNCTION})")
_ENTRY = re.compile(rf"\s{{0,20}}\(?(?P<number>\d{{1,3}})[.)]\s{{1,8}}(?P<function>{FUNCTION})")
_BARE = re.compile(rf"(?:\(?\d{{1,3}}[.)]|[-*•])?\s{{0,8}}(?P<function>{FUNCTION}(?:, {FUNCTION}){{0,9}})[,;:.]?")
_SEVERAL = re.compile(rf"\(?\d{{1,3}}[.)] (?P<function>{FUNCTION})(?= |$)")
_WAITS = re.compile(
    r"\b(?:system ?calls|syscalls|functions|paths|places|operations|callers)\b[^.:;]{0,40}"
    r"\b(?:trigger|cause|do|call|hit|reach|lead to|result in)s? (?:a |an? )?(?:generic )?waits? (?:on|for) "
    r"(?P<what>(?:page |folio )?write-?back|(?:the )?(?:page|folio) locks?|(?:an )?RCU grace periods?)\b",
)
_WAITING = (("back", "folio_wait_writeback"), ("lock", "__folio_lock"), ("period", "synchronize_rcu"))
"""By which function the kernel waits for what a person says it waits for, by the end of the word."""
_MODE = re.compile(rf"\b(?:in|with|using|passing|mode is|mode=) ?(?:mode )?(?P<constant>{CONSTANT})\b")
_FAR = 150
"""Lines above an entry in which its heading is looked for."""


def read(words: Wording) -> Iterator[Binding]:
    """What the heading says, if the words are one, or what the heading above says of the entry that they are."""
    if (heading := _PLACES.search(words.text)) and words.asserts(*heading.span()):
        yield from _whole(name(heading["subject"]), words.after)
        return
    if (heading := _CALLERS.search(words.text)) and words.asserts(*heading.span()):
        subject = name(heading["subject"] or heading["subject_too"] or heading["subject_last"])
        counted = (heading["all"] or heading["count"] or "").lower()
        yield from _callers(subject, counted, words.after)
        return
    entries = _entries(words.text)
    if not entries:
        return
    above = [line.strip() for line in words.before[-_FAR:]]
    if subject := _called(above):
        calls: list[Predicate] = [Calls(entry, subject) for entry in entries if entry != subject]
        if calls:
            yield Binding(_all(calls), 0.9, f"is an entry of the list of places where {subject}() is called")
    elif target := _waited(above):
        ways: list[Predicate] = [Reaches(entry, target) for entry in entries]
        yield Binding(_all(ways), 0.85, f"is an entry of the list of what comes to wait in {target}()")


def _entries(text: str) -> list[str]:
    """The functions of an entry, or of several, that holds nothing else."""
    if bare := _BARE.fullmatch(text.strip()):
        found = re.findall(FUNCTION, bare["function"])
    else:
        found = _SEVERAL.findall(text)
        if _SEVERAL.sub("", text).strip():
            return []
    return [name(each) for each in found] if all(names_function(name(each)) for each in found) else []


def _called(above: Sequence[str]) -> str:
    """The function whose callers the lines above begin to list, numbered on from 1."""
    for place in range(len(above) - 1, -1, -1):
        two = f"{above[place - 1]} {above[place]}" if place else above[place]
        if heading := (_PLACES.search(above[place]) or _PLACES.search(two)):
            return name(heading["subject"])
    return ""


def _waited(above: Sequence[str]) -> str:
    """The function in which what the paragraph above lists is said to wait."""
    paragraph: list[str] = []
    for line in reversed(above[:-1] if above and not above[-1] else above):
        if not line:
            break
        paragraph.append(line)
    found = _WAITS.search(" ".join(reversed(paragraph)))
    said = found["what"].rstrip("s") if found else ""
    return next((function for end, function in _WAITING if said.endswith(end)), "")


def _whole(subject: str, lines: Sequence[str]) -> Iterator[Binding]:
    """The list that follows: entries numbered from 1 without a gap, each headed by a function."""
    callers: list[str] = []
    said: list[list[str]] = []
    for line in lines:
        if (entry := _ENTRY.match(line)) and int(entry["number"]) == len(callers) + 1:
            callers.append(name(entry["function"]))
            said.append([])
        elif callers:
            said[-1].append(line.strip())
    if len(callers) < 2:
        return
    modes = {}
    for caller, rest in zip(callers, said, strict=True):
        found = set(_MODE.findall(" ".join(rest)))
        if len(found) == 1 and not re.search(r"\b(?:not|never|if|unless|except)\b", " ".join(rest)[:400]):
            modes[caller] = found.pop()
    why = f"lists {len(callers)} functions as the places where {subject}() is called"
    why += f", {len(modes)} of them with the mode" if modes else ""
    yield Binding(CallersAre(subject, tuple(callers), modes=tuple(sorted(modes.items()))), 0.85, why)


def _callers(subject: str, counted: str, lines: Sequence[str]) -> Iterator[Binding]:
    """The list below another heading: functions, one a line, to the first line that is none."""
    callers: list[str] = []
    for line in lines:
        if entry := _BULLET.match(line):
            callers.append(name(entry["function"]))
        elif line.strip():
            break
    whole = counted in _WHOLE or counted.isdigit()
    if len(set(callers)) < 2 or not all(map(names_function, callers)) or subject in callers:
        return
    told = tuple(dict.fromkeys(callers))
    why = f"lists {len(told)} functions as {'all ' if whole else ''}callers of {subject}()"
    yield Binding(CallersAre(subject, told, complete=whole), 0.85, why)


def _all(parts: list[Predicate]) -> Predicate:
    return all_of(parts)
