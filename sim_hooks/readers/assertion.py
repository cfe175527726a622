"""In: a statement, and what stands before and after it in the message. Out: whether it is asserted.

Only what a writer states as a fact, in his own name, of the kernel as it is, may be checked against a source tree. All
else is left alone, for a verdict on what nobody said is worse than none: questions, conditions, plans, denials, other
people's words, other versions and other trees, and statements whose point lies in what follows them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_SENTENCE_END = re.compile(r"(?<!e\.g)(?<!i\.e)(?<!\.\.)(?<! vs)[.!?;:](?=\s|$)")
_BEGINS = re.compile(r"(?<!e\.g)(?<!i\.e)(?<!\.\.)(?<! vs)(?:[.!?;](?=\s|$)|:(?=\s{1,3}[A-Z]))")
"""Where what is said before has no hold on a statement; behind a colon it has, as in `he says: f() calls g()`."""
_FULL_STOP = re.compile(r"(?<!e\.g)(?<!i\.e)(?<!\.\.)(?<! vs)[.!?](?=\s|$)")
_LEAD_STOP = re.compile(r"(?<!e\.g)(?<!i\.e)(?<!\.\.)(?<! vs)(?:[.!?](?=\s|$)|:(?=\s{1,3}[A-Z]))")
"""Where a statement's lead begins anew: behind a sentence, or behind a heading that another sentence follows."""
_WINDOW = 400
"""Characters before and behind a statement in which the rest of its sentence is looked for."""
_LINES = 6
"""Lines above and below a quote in which the rest of its sentence is looked for."""

_BEFORE = re.compile(
    r"\b(?:if|unless|whether|when|whenever|once|until|assum\w{1,4}|suppos\w{1,4}|imagine|pretend|provided|in case|"
    r"as long as|before|after|instead of|rather than|without|should|must|would|will|won't|shall|wants?|needs?|let's|"
    r"make|makes|making|ensure|wish|used to|no longer|unsure|why|how|"
    r"not (?:true|the case|sure|clear)|isn't (?:true|the case)|untrue|false|wrong|wrongly|mistaken\w{0,2}|"
    r"incorrect\w{0,2}|"
    r"doubt\w{0,3}|den(?:y|ies|ied)|disagree\w{0,2}|don't think|doesn't mean|in theory|theoretically|hypothe\w{1,8}|"
    r"alternatively|option|idea|propos\w{1,4}|possible|suggest\w{0,4}|example|"
    r"(?:this|these|my|your) (?:patch\w{0,3}|series|change)|new (?:flow|code|path|chain|call chain)|"
    r"nobody|no one|neither|nor|hardly|"
    r"sa(?:y|ys|id|ying)|claim(?:s|ed|ing)?|thought|told|tells|according to|alleged\w{0,2}|"
    r"previously|formerly|historically|originally|earlier|in the past|back then|"
    r"rename[sd]?|renaming|replace[sd]?|replacing|convert(?:s|ed|ing)?|conversions?|switch(?:es|ed|ing)?|"
    r"chang(?:e|es|ed|ing)|sequences?|steps|followed by|lock(?:ing)? order\w{0,3}|order of locks|lockdep|"
    r"with (?:this|these|my|your|the|that) (?:\w{1,20} )?(?:patch|patches|patchset|series|changes?|commit|fix))\b",
    re.IGNORECASE,
)
"""What, standing in the sentence before a statement, says that it is not asserted."""
_DENIED = re.compile(r"\b(?:not|never|no|none|cannot|\w{2,6}n't)\b[^.,;]{0,60}$", re.IGNORECASE)
_ONLY_BEFORE = re.compile(r"\bonly\s{0,2}$", re.IGNORECASE)
_ASKED = re.compile(
    r"\s{0,3}(?:so |and |but |then |well,? ){0,2}(?:do|does|did|is|are|was|were|can|could|would|should|has|have|had|"
    r"will|may|might|isn't|aren't|doesn't|don't|won't|can't|what|which|who|where)\b",
    re.IGNORECASE,
)
_ELSEWHERE = re.compile(
    r"(?:\b(?:in|on|since|until|till|before|for|from|of|linux|kernel|kernels|version|stable) v?\d{1,2}\.\d{1,3}"
    r"(?:\.(?:\d{1,3}|y))?\b|\bv\d{1,2}\.\d{1,3}\b|\b\d{1,2}\.\d{1,3}\.(?:\d{1,3}|y)\b|"
    r"\b(?:rhel|sles|centos|fedora|ubuntu|debian|android|freebsd|openbsd|netbsd|illumos|solaris|windows|macos)[\d.]{0,6}\b|"
    r"\b(?:my|your|his|her|their|our|another|that) (?:\w{1,20} )?(?:tree|branch|fork|kernel)\b|"
    r"(?<!\w)(?:-next|linux-next|mm-unstable|mm-stable|downstream|out-of-tree|out of tree)\b|"
    r"\bv\d{1,2}\b|"
    r"\b(?:in|of|with|see|after) (?:the|this|these|my|your) (?:new |proposed |patched )?"
    r"(?:code|version|series|patch(?:es|set)?|proposal|approach)\b|"
    r"\b(?:old|older|earlier|newer|previous|other) (?:kernel|version|release|tree)s?\b)",
    re.IGNORECASE,
)
"""Another version, tree or system than the one at hand, anywhere in the sentence."""
_CONDITION_FOLLOWS = re.compile(r"\s{0,3},?\s{0,3}(?:but |and )?(?:only )?(?:if|unless|when|once|in case|regardless)\b")
_POINT_FOLLOWS = re.compile(
    r"[\s,]{0,3}(?:mode )?(?:but |and )?(?:only|not|never|instead|before|after|twice|once|under|"
    r"while|holding|with|without|unconditionally|anymore|any more|"
    r"and others|among others|amongst others|and (?:by|from|in) |or (?:by|from) |"
    r"as well|etc)\b",
    re.IGNORECASE,
)
"""What, standing right behind a statement, says more or other than the statement alone."""
_DENIED_AFTER = re.compile(
    r"\b(?:(?:does|do|did|could|can|will|would)(?: not|n't| never) (?:exist|happen|hold|occur|apply|work)|"
    r"(?:cannot|can't|never) (?:happen|occur|exist|be (?:reached|taken|hit))|"
    r"(?:is|are)(?: not|n't)(?: (?:true|the case|so|possible|what|there|correct|right))|"
    r"(?:is|are|sounds|looks|seems)(?: \w{2,10}ly)? (?:wrong|false|incorrect|impossible|untrue|outdated|stale|gone|"
    r"unreachable|history|dead)|"
    r"(?:was|were|got|been|is|are) (?:since )?(?:removed|dropped|deleted|renamed|replaced|converted|fixed)|"
    r"any ?more|no longer|right\?|or not\?|isn't it|doesn't it)",
    re.IGNORECASE,
)
"""What, standing later in the sentence, takes the statement back."""
_CHANGELOG = re.compile(r"\s{0,4}(?:changes|changelog|history)\b|\s{0,4}v\d{1,2}(?: ?-> ?v\d{1,2})?:", re.IGNORECASE)


def asserted(
    text: str, start: int, end: int, before: Sequence[str] = (), after: Sequence[str] = (), *, negated: bool = False
) -> bool:
    """Whether `text[start:end]` is stated as a fact; `before` and `after` are the lines around `text`.

    A statement that something is not so (`negated`) is taken only where its sentence ends with it.
    """
    first, last = max(0, start - _WINDOW), end + _WINDOW
    stops = [first + found.end() for found in _SENTENCE_END.finditer(text[first:start])]
    clause = text[stops[-1] if stops else first : start]
    begins = [first + found.end() for found in _BEGINS.finditer(text[first:start])]
    lead = text[begins[-1] if begins else first : start]
    if not stops and not first:
        clause = f"{opening(before)}{clause}"
    if not begins and not first:
        lead = f"{opening(before)}{lead}"
    stop = _SENTENCE_END.search(text[end:last])
    tail = text[end : end + stop.end()] if stop else f"{text[end:last]} {closing(after)}"
    if _BEFORE.search(lead) or _DENIED.search(clause) or _ONLY_BEFORE.search(lead) or _ASKED.match(clause):
        return False
    if _CONDITION_FOLLOWS.match(tail) or _POINT_FOLLOWS.match(tail) or _DENIED_AFTER.search(tail):
        return False
    if tail.rstrip().endswith("?") or _ELSEWHERE.search(f"{lead} {text[start:end]} {tail}"):
        return False
    if negated and tail.strip(" .!;:)\"'"):
        return False
    return not any(_CHANGELOG.match(line) for line in before[-2 * _LINES :])


def opening(before: Sequence[str]) -> str:
    """The beginning of the quote's sentence; a paragraph that ends with a colon leads into the next."""
    lines: list[str] = []
    blank = False
    for number, line in enumerate(reversed(before[-_LINES:])):
        if not line.strip():
            blank = blank or number > 0
            if blank and lines:
                break
            continue
        if blank and not line.rstrip().endswith(":"):
            break
        blank = False
        lines.append(line.strip())
    text = " ".join(reversed(lines))
    stop = next((found.end() for found in reversed(list(_LEAD_STOP.finditer(text)))), 0)
    return f"{text[stop:]} " if text[stop:].strip() else ""


def closing(after: Sequence[str]) -> str:
    """The rest of the quote's sentence, to its end or the next blank line."""
    lines: list[str] = []
    for number, line in enumerate(after[:_LINES]):
        if number and not line.strip():
            break
        lines.append(line.strip())
    text = " ".join(lines)
    stop = _FULL_STOP.search(text)
    return text[: stop.end()] if stop else text
