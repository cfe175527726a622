"""In: prose such as `foo() calls bar() in MODE mode`. Out: a predicate for each call that it states.

A pronoun stands for the function that heads the list entry or begins the quote, and only where no other function is
named between; `which` stands for the function right before it. What is asked, wished for, planned or said under a
condition is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sim_hooks.predicates import Calls, Parameters, Predicate, Reaches, all_of
from sim_hooks.readers.wording import CONSTANT, FUNCTION, PLAIN, Binding, Wording, name, names_function

_HOW = r"(?:(?:also|directly|still|always|then|just|simply|itself|internally|actually|already|basically) ){0,2}"
_LONG_WAY = (
    r"(?:(?:eventually|ultimately|indirectly|finally|in the end|in turn|"
    r"(?:a few|a couple of|some|several|two|three|four) (?:functions|levels|calls|frames|steps|layers) "
    r"(?:down|later|deeper|further(?: down| on)?)),? )?"
)
_VERB = (
    rf"(?:,? ?(?:which|that) (?P<later>{_LONG_WAY})|,? where (?:it|this) )?{_HOW}"
    r"(?P<verb>calls|invokes|makes (?:a|the) call to|(?:can|could|may|might) (?:\w{2,12}ly )?(?:call|invoke)"
    r"|(?:does not|doesn't) (?:\w{2,12}ly )?(?:call|invoke)|never calls|never invokes|(?:cannot|can't|can not) call)"
)
_WITH = rf"(?: (?:in|with|using|passing) (?:the )?(?:mode |flag |argument )?(?P<constant>{CONSTANT})(?: mode)?)?"
_ENDS = (
    r"(?=\s?(?:[.,;:!)\]\"']|$)|"
    r"\s(?:in(?! turn)|with|using|passing|for|to|on|at|from|as|here|there|and|which|directly)\b)"
)
"""What can follow the last name of a call: with a noun behind it, a name says what sort of thing is called."""
_MORE = rf"(?P<more>(?:(?:,|,? and|,? then|,? and then) {FUNCTION}){{1,5}}{_ENDS})?"
_ACTIVE = re.compile(
    rf"(?:(?P<subject>{FUNCTION}|{PLAIN})|(?<![\w'])(?P<pronoun>[Ii]t|[Tt]his(?: function| one)?)),?\s{{0,2}}"
    rf"(?P<far>{_LONG_WAY}){_VERB} (?P<into>into )?(?P<callee>{FUNCTION}|{PLAIN}{_ENDS}){_MORE}{_WITH}"
)
_BOTH = re.compile(
    rf"(?P<subject>{FUNCTION}),? and (?P<second>{FUNCTION}) (?:both |each )?(?P<verb>call|invoke) "
    rf"(?P<callee>{FUNCTION}){_ENDS}"
)
_PASSIVE = re.compile(
    rf"(?P<callee>{FUNCTION}) (?:is|gets) (?P<no>not |never )?(?P<near>directly )?(?:also |always )?(?:called|invoked) "
    rf"(?P<near_too>directly )?(?:by|from|in|via|through) (?P<subject>{FUNCTION}|{PLAIN})"
)
_PASSES = re.compile(
    rf"(?P<subject>{FUNCTION}|{PLAIN}) {_HOW}passes (?P<constant>{CONSTANT}) (?:down |in |on )?to "
    rf"(?P<callee>{FUNCTION})|"
    rf"(?P<callee_too>{FUNCTION}) is (?:always )?(?:called|invoked) with (?:the )?(?:mode |flag )?"
    rf"(?P<constant_too>{CONSTANT}) (?:by|from|in) (?P<subject_too>{FUNCTION}|{PLAIN})"
)
_THERE = re.compile(
    rf"\b[Tt]here(?:'s| is| are) (?:also |already |currently )?(?P<no>no )?(?:an? )?(?:direct )?calls? (?:to|of) "
    rf"(?P<callee>{FUNCTION}) (?:in|inside|within|from) (?P<subject>{FUNCTION}|{PLAIN})"
)
_WAY = (
    r"(?:reach(?:es)?|ends? up (?:calling(?: into)?|in|at)|leads? to|gets? to|goes? (?:into|through|via)|comes? to|"
    r"results? in (?:a |the )?calls? (?:to|of)|is implemented (?:via|using|with|through|by calling|on top of)|"
    r"is (?:just |only )?an? (?:\w{2,12} )?wrapper (?:around|for|of|over)|wraps)"
)
_REACHES = re.compile(
    rf"(?P<subject>{FUNCTION}|{PLAIN})(?:,? which)? (?:(?P<no>never|cannot|can't|does not|doesn't) |"
    rf"(?:can|may|could|might) )?{_HOW}{_LONG_WAY}{_WAY} (?P<callee>{FUNCTION}){_WITH}"
)
_HIT = re.compile(
    rf"\b(?:hits?|takes?|reach(?:es)?|enters?|gets? (?:in)?to|goes? (?:into|through|down)|ends? up in) (?:the )?"
    rf"(?P<callee>{FUNCTION})(?: path| call| code| branch)? (?:when|whenever|if|once) (?:\w{{1,20}} ){{0,3}}"
    rf"(?:calls?|calling|invokes?) (?P<subject>{FUNCTION}){_WITH}"
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
    for found in _each(_ACTIVE, words.text):
        negated = bool(_NEGATED.search(found["verb"]))
        if words.asserts(*found.span(), negated=negated):
            yield from _active(found, words)
    for found in _BOTH.finditer(words.text):
        if words.asserts(*found.span()):
            yield from _both(found)
    for found in _PASSIVE.finditer(words.text):
        if words.asserts(*found.span(), negated=bool(found["no"])):
            yield from _passive(found)
    for found in _PASSES.finditer(words.text):
        if words.asserts(*found.span()):
            yield from _passes(found)
    for found in _THERE.finditer(words.text):
        if words.asserts(*found.span(), negated=bool(found["no"])):
            yield from _there(found)
    for found in _each(_REACHES, words.text):
        if words.asserts(*found.span(), negated=bool(found["no"])):
            yield from _reaches(found, bool(found["no"]), "says that one is reached from the other")
    yield from _in_passing(words)


def _in_passing(words: Wording) -> Iterator[Binding]:
    """Calls that a sentence names on its way to what it says."""
    for found in _WHERE.finditer(words.text):
        if words.stated(found.start("subject"), found.end(), asked=True) and _TELLS.search(found["how"]):
            yield from _inside(found, "says that one is called where the other runs")
    for found in _BY_THE_WAY.finditer(words.text):
        if words.stated(*found.span()) and not _UNLIKE.search(found["how"]):
            yield from _inside(found, "names in brackets the function by which it does what it does")
    for found in _HIT.finditer(words.text):
        if words.asserts(found.start(), found.end()):
            how = "with which mode" if found["constant"] else "by which call"
            yield from _reaches(found, False, f"says {how} the path is taken")


def _each(pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    """Every match; what one says is called can be what the next says calls."""
    at = 0
    while found := pattern.search(text, at):
        yield found
        at = max(found.start() + 1, found.start("callee"))


def _active(found: re.Match[str], words: Wording) -> Iterator[Binding]:
    callee, confidence = name(found["callee"]), 0.9
    if found["subject"]:
        caller = name(found["subject"])
        if caller == found["subject"] or callee == found["callee"]:
            confidence = 0.8
    else:
        caller, confidence = words.head, 0.8
        if not caller or _other_between(words, caller, found.start()):
            return
    more = [name(one) for one in _NAMED.findall(found["more"] or "")]
    constant = found["constant"] or ""
    if more and constant:
        return  # of which of them?
    expect = not _NEGATED.search(found["verb"])
    for each in (callee, *more):
        if caller == each or not (names_function(caller) and names_function(each)):
            continue
        said = f"says that {caller}() {'calls' if expect else 'does not call'} {each}()"
        if found["far"] or found["later"] or found["into"] or (expect and _MAY.match(found["verb"])):
            yield Binding(Reaches(caller, each, _mode(found), expect), confidence - 0.1, f"{said} in the end")
            continue
        why = said + (f" with {constant}" if constant else "")
        yield Binding(Calls(caller, each, constant, expect), confidence, why)


def _other_between(words: Wording, head: str, start: int) -> bool:
    """Whether a function other than `head` is named between the head and `start`, or `start` is far from the head."""
    return start > _FAR or any(name(found[0]) != head for found in _NAMED.finditer(words.text[:start]))


def _both(found: re.Match[str]) -> Iterator[Binding]:
    callers, callee = [name(found["subject"]), name(found["second"])], name(found["callee"])
    if callee not in callers and all(map(names_function, (*callers, callee))):
        calls: list[Predicate] = [Calls(caller, callee) for caller in callers]
        yield Binding(all_of(calls), 0.9, f"says that {callers[0]}() and {callers[1]}() call {callee}()")


def _passive(found: re.Match[str]) -> Iterator[Binding]:
    caller, callee = name(found["subject"]), name(found["callee"])
    if caller == callee or not (names_function(caller) and names_function(callee)):
        return
    expect = not found["no"]
    said = f"says that {callee}() is {'' if expect else 'not '}called by {caller}()"
    near = found["near"] or found["near_too"]
    predicate: Predicate = Calls(caller, callee, "", expect) if near else Reaches(caller, callee, (), expect)
    yield Binding(predicate, 0.75, said + ("" if near else ", be it through others"))


def _passes(found: re.Match[str]) -> Iterator[Binding]:
    caller, callee = name(found["subject"] or found["subject_too"]), name(found["callee"] or found["callee_too"])
    constant = found["constant"] or found["constant_too"]
    if caller != callee and names_function(caller) and names_function(callee):
        yield Binding(Calls(caller, callee, constant), 0.85, f"says that {caller}() passes {constant} to {callee}()")


def _there(found: re.Match[str]) -> Iterator[Binding]:
    caller, callee = name(found["subject"]), name(found["callee"])
    if caller != callee and names_function(caller) and names_function(callee):
        said = f"says that there is {'no' if found['no'] else 'a'} call of {callee}() in {caller}()"
        yield Binding(Calls(caller, callee, "", not found["no"]), 0.85, said)


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
