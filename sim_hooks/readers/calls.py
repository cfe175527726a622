"""In: prose such as `foo() calls bar() in MODE mode`. Out: a predicate for each call that it states.

A pronoun stands for the function that heads the list entry or begins the quote, and only where no other function is
named between. What is asked, wished for, planned or said under a condition is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sim_hooks.predicates import Calls, Parameters, Predicate, Reaches
from sim_hooks.readers.wording import CONSTANT, FUNCTION, PLAIN, Binding, Wording, name, names_function

_HOW = r"(?:(?:also|directly|still|always|then|just|simply|itself|internally|actually|already|basically) ){0,2}"
_LONG_WAY = r"(?:eventually |ultimately |indirectly |finally |in the end )?"
_VERB = (
    rf"(?:,? ?(?:which|that) |,? where (?:it|this) )?{_HOW}"
    r"(?P<verb>calls|invokes|(?:can|could|may|might) (?:\w{2,12}ly )?(?:call|invoke)"
    r"|(?:does not|doesn't) (?:\w{2,12}ly )?(?:call|invoke)|never calls|never invokes|(?:cannot|can't|can not) call)"
)
_WITH = rf"(?: (?:in|with|using|passing) (?:the )?(?:mode |flag |argument )?(?P<constant>{CONSTANT})(?: mode)?)?"
_ACTIVE = re.compile(
    rf"(?:(?P<subject>{FUNCTION}|{PLAIN})|(?<![\w'])(?P<pronoun>[Ii]t|[Tt]his(?: function| one)?)),?\s{{0,2}}"
    rf"(?P<far>{_LONG_WAY}){_VERB} (?P<into>into )?(?P<callee>{FUNCTION}){_WITH}"
)
_PASSIVE = re.compile(
    rf"(?P<callee>{FUNCTION}) (?:is|gets) (?P<no>not |never )?(?P<near>directly )?(?:also )?(?:called|invoked) "
    rf"(?P<near_too>directly )?(?:by|from|in|via|through) (?P<subject>{FUNCTION}|{PLAIN})"
)
_REACHES = re.compile(
    rf"(?P<subject>{FUNCTION}|{PLAIN}) (?:(?P<no>never|cannot|can't|does not|doesn't) |(?:can|may|could|might) )?"
    rf"(?:reach|reaches|end up calling|ends up calling|end up in|ends up in) (?P<callee>{FUNCTION}){_WITH}"
)
_HIT = re.compile(
    rf"\bhit the (?P<callee>{FUNCTION}) path when (?:\w{{1,20}} ){{0,3}}calls? (?P<subject>{FUNCTION}) "
    rf"(?:in|with) (?:the )?(?:mode )?(?P<constant>{CONSTANT})"
)
_WHERE = re.compile(
    rf"\b[Ii]n (?P<subject>{FUNCTION}|{PLAIN}),? where (?:[Tt]he )?[a-z]{{2,16}} "
    rf"(?P<how>[a-z][^().;:?!]{{0,60}}? )"
    rf"(?P<callee>{FUNCTION})"
)
_BY_THE_WAY = re.compile(
    rf"(?P<subject>{FUNCTION}) (?:(?:will|then|also|still|just|directly) ){{0,2}}"
    rf"(?P<how>[a-z]{{2,20}}(?:s|e|t|p|d|k)(?: [a-z'/-]{{1,20}}){{1,9}}) \((?P<callee>{FUNCTION})\)"
)
_TELLS = re.compile(r"\b(?:call|calls|invoke|invokes|pass|passes|use|uses|do|does|go|goes)\b")
_UNLIKE = re.compile(
    r"\b(?:not|never|no|without|like|unlike|than|instead|before|after|until|whether|if|when|only|is|are|was|were|and|or|but|"
    r"which|that|see|called|by|from|than|as|for|has|have|had|seems?|looks?|can|could|may|might|would|should|must|needs?|returns?|waits?"
    r"|wants?|takes?|expects?|assumes?|relies|returned)\b"
)
_MAY = re.compile(r"can|could|may|might")
"""What makes a way of a call: it can be taken, or it is put forward."""
_NAMED = re.compile(FUNCTION)
_FAR = 1000
"""Characters within which a pronoun can stand for the head of its entry."""
_NEGATED = re.compile(r"not|n't|never")


def read(words: Wording) -> Iterator[Binding]:
    """The calls that the words state, in order."""
    for found in _ACTIVE.finditer(words.text):
        negated = bool(_NEGATED.search(found["verb"]))
        if words.asserts(*found.span(), negated=negated) and (binding := _active(found, words)):
            yield binding
    for found in _PASSIVE.finditer(words.text):
        if words.asserts(*found.span(), negated=bool(found["no"])):
            yield from _passive(found)
    for found in _REACHES.finditer(words.text):
        if words.asserts(*found.span(), negated=bool(found["no"])):
            yield from _reaches(found, bool(found["no"]), "says that one is reached from the other")
    for found in _WHERE.finditer(words.text):
        if words.stated(found.start("subject"), found.end(), asked=True) and _TELLS.search(found["how"]):
            yield from _inside(found, "says that one is called where the other runs")
    for found in _BY_THE_WAY.finditer(words.text):
        if words.stated(*found.span()) and not _UNLIKE.search(found["how"]):
            yield from _inside(found, "names in brackets the function by which it does what it does")
    for found in _HIT.finditer(words.text):
        if words.asserts(found.start(), found.end()):
            yield from _reaches(found, False, "says with which mode the path is taken")


def _active(found: re.Match[str], words: Wording) -> Binding | None:
    callee, confidence = name(found["callee"]), 0.9
    if found["subject"]:
        caller = name(found["subject"])
        if found["subject"] == caller:
            confidence = 0.8
    else:
        caller, confidence = words.head, 0.8
        if not caller or _other_between(words, caller, found.start()):
            return None
    if caller == callee or not (names_function(caller) and names_function(callee)):
        return None
    expect = not _NEGATED.search(found["verb"])
    said = f"says that {caller}() {'calls' if expect else 'does not call'} {callee}()"
    if found["far"] or found["into"] or (expect and _MAY.match(found["verb"])):
        return Binding(Reaches(caller, callee, _mode(found), expect), confidence - 0.1, f"{said} in the end")
    constant = found["constant"] or ""
    return Binding(
        Calls(caller, callee, constant, expect), confidence, said + (f" with {constant}" if constant else "")
    )


def _other_between(words: Wording, head: str, start: int) -> bool:
    """Whether a function other than `head` is named between the head and `start`, or `start` is far from the head."""
    return start > _FAR or any(name(found[0]) != head for found in _NAMED.finditer(words.text[:start]))


def _passive(found: re.Match[str]) -> Iterator[Binding]:
    caller, callee = name(found["subject"]), name(found["callee"])
    if caller == callee or not (names_function(caller) and names_function(callee)):
        return
    expect = not found["no"]
    said = f"says that {callee}() is {'' if expect else 'not '}called by {caller}()"
    near = found["near"] or found["near_too"]
    predicate: Predicate = Calls(caller, callee, "", expect) if near else Reaches(caller, callee, (), expect)
    yield Binding(predicate, 0.75, said + ("" if near else ", be it through others"))


def _reaches(found: re.Match[str], negated: bool, why: str) -> Iterator[Binding]:
    start, target = name(found["subject"]), name(found["callee"])
    if start != target and names_function(start) and names_function(target):
        yield Binding(Reaches(start, target, _mode(found), not negated), 0.85, f"{why}: {start}(), {target}()")


def _inside(found: re.Match[str], why: str) -> Iterator[Binding]:
    caller, callee = name(found["subject"]), name(found["callee"])
    if caller != callee and names_function(caller) and names_function(callee):
        yield Binding(Reaches(caller, callee), 0.85, f"{why}: {caller}(), {callee}()")


def _mode(found: re.Match[str]) -> Parameters:
    constant = found.groupdict().get("constant")
    return (("mode", constant),) if constant else ()
