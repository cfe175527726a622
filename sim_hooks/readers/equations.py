"""In: prose such as `4 * 30s = 120s`, `from 351 to 372, a 6% increase` or `3 of 12 (25%)`. Out: predicates to reckon.

Only what is written out in full is read. Where a percentage could be of the figure after as well as of the one before,
and fits only that, it is left alone: people reckon both ways.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from kb.errors import CheckError
from sim_hooks.interval import percent_changes
from sim_hooks.interval import read as figure
from sim_hooks.predicates import PercentChanges, Predicate, ProductIs, QuotientIs, SumIs
from sim_hooks.readers.wording import Binding, Wording

_UNIT = r"(?: ?(?:[kKMGT]i?B(?:/s)?|[kKMGT]i?(?![A-Za-z])|ms|us|µs|ns|s|sec|min|h|%)(?![\w%]))?"
_NUMBER = rf"(?:~ ?)?(?:\d{{1,3}}(?:,\d{{3}}){{1,4}}|\d{{1,12}}(?:\.\d{{1,6}})?){_UNIT}"
_CLEAR = r"(?<![\w.,$%#=<>&|^~*/+-])(?<![=<>&|*/+-] )"
"""Nothing right before it that would make it a part of something longer."""
_DONE = r"(?![\w*/+=<>&|^%-]|\s[\d*/+=<>&|^%-]|\s(?:x|plus|minus|times|to|or) |[.,]\d)"
_EQUALS = r" ?(?:=|==|equals) ?(?:about )?"
_SUM = re.compile(rf"{_CLEAR}(?P<parts>{_NUMBER}(?: \+ {_NUMBER}){{1,8}}){_EQUALS}(?P<total>{_NUMBER}){_DONE}")
_DIFFERENCE = re.compile(rf"{_CLEAR}(?P<first>{_NUMBER}) - (?P<second>{_NUMBER}){_EQUALS}(?P<rest>{_NUMBER}){_DONE}")
_PRODUCT = re.compile(
    rf"{_CLEAR}(?P<factors>{_NUMBER}(?: ?[*x×] ?{_NUMBER}){{1,4}}){_EQUALS}(?P<total>{_NUMBER}){_DONE}"
)
_QUOTIENT = re.compile(rf"{_CLEAR}(?P<above>{_NUMBER}) / (?P<below>{_NUMBER}){_EQUALS}(?P<result>{_NUMBER}){_DONE}")
_COUNT = r"(?:\d{1,3}(?:,\d{3}){1,4}|\d{1,9})"
_SHARE = re.compile(
    rf"(?<![\w.,-])(?P<part>{_COUNT}) (?:out )?of (?:the |all )?(?P<whole>{_COUNT})(?: [a-z]{{2,20}}){{0,2}},? "
    rf"(?:\((?:or |about |i\.e\. )?|or |i\.e\. |which is )(?P<percent>~?\d{{1,3}}(?:\.\d{{1,3}})? ?%)"
)
_CHANGE = re.compile(
    rf"(?P<lead>\b(?:from|went from|drops from|goes from) )?(?<![\w.,-])(?P<before>{_NUMBER}) (?:to|-{{1,2}}>|=>|→) "
    rf"(?P<after>{_NUMBER}),? ?(?:\(|[,:] ?(?:an? |i\.e\. )?|an? |by |which is (?:an? )?)?"
    rf"(?P<percent>[-+]?~?\d{{1,4}}(?:\.\d{{1,3}})?) ?%(?: (?P<way>increase|rise|more|higher|decrease|drop|reduction|"
    rf"less|lower))?(?! (?:faster|slower|improve\w*|speed\w*|gain|of|better|worse|regress\w*))"
)
_UP, _DOWN = ("increase", "rise", "more", "higher"), ("decrease", "drop", "reduction", "less", "lower")


def read(words: Wording) -> Iterator[Binding]:
    """What the words reckon."""
    text = words.text
    for found in _SUM.finditer(text):
        parts = tuple(part.strip() for part in found["parts"].split(" + "))
        yield from _reckoned(words, found, SumIs(parts, found["total"].strip()), "adds up")
    for found in _DIFFERENCE.finditer(text):
        parts = (found["second"].strip(), found["rest"].strip())
        yield from _reckoned(words, found, SumIs(parts, found["first"].strip()), "takes one from the other")
    for found in _PRODUCT.finditer(text):
        factors = tuple(part.strip() for part in re.split(r" ?[*x×] ?", found["factors"]))
        yield from _reckoned(words, found, ProductIs(factors, found["total"].strip()), "multiplies")
    for found in _QUOTIENT.finditer(text):
        quotient = QuotientIs(found["above"].strip(), found["below"].strip(), found["result"].strip())
        yield from _reckoned(words, found, quotient, "divides")
    for found in _SHARE.finditer(text):
        share = QuotientIs(found["part"], found["whole"], found["percent"].replace(" ", ""))
        yield from _reckoned(words, found, share, "gives a share in per cent of")
    for found in _CHANGE.finditer(text):
        if found["lead"] or ">" in found[0] or "→" in found[0]:
            yield from _changed(words, found)


def _reckoned(words: Wording, found: re.Match[str], predicate: Predicate, what: str) -> Iterator[Binding]:
    if _readable(_figures(predicate)) and words.stated(*found.span()):
        part = found[0] if 3 * len(found[0]) < 2 * len(words.text) else ""
        yield Binding(predicate, 0.9, f"{what} the figures that it gives", words=part)


def _changed(words: Wording, found: re.Match[str]) -> Iterator[Binding]:
    before, after, percent = found["before"].strip(), found["after"].strip(), found["percent"]
    if not _readable((before, after, percent)) or not words.stated(*found.span()):
        return
    before = _in_the_unit_of(after, before)
    signed = percent[0] in "+-"
    if not signed and found["way"] in _DOWN:
        percent = f"-{percent}"
    elif not signed and found["way"] in _UP:
        percent = f"+{percent}"
    if not otherwise(before, after, percent):
        part = found[0] if 3 * len(found[0]) < 2 * len(words.text) else ""
        why = "gives a figure before and after, and the change in per cent"
        yield Binding(PercentChanges((before,), (after,), (percent,)), 0.9, why, words=part)


def _in_the_unit_of(other: str, text: str) -> str:
    """A figure without a unit, with that of the one it stands beside: `10 -> 12 ms`."""
    unit = re.search(r" [A-Za-zµ%/]++$|(?<![A-Za-zµ%/])[A-Za-zµ%/]++$", other)
    return f"{text}{unit[0]}" if unit and not re.search(r"[A-Za-zµ%]$", text) else text


def otherwise(before: str, after: str, percent: str) -> bool:
    """Whether a percentage fits only where it is reckoned another way: of the figure after, or of neither's unit."""
    first, last, quoted = figure(before), figure(after), figure(percent)
    if first.unit and last.unit and first.unit != last.unit:
        return True
    if any(one.interval.low <= 0 <= one.interval.high for one in (first, last)):
        return True
    sizes = [percent_changes(first.interval, last.interval), percent_changes(last.interval, first.interval)]
    span = quoted.interval
    fits = [
        any(one.low <= sign * span.high and sign * span.low <= one.high for sign in (1, -1))
        if span.low >= 0
        else one.meets(span) or one.meets(type(span)(-span.high, -span.low))
        for one in sizes
    ]
    return not fits[0] and fits[1]


def _readable(texts: Sequence[str]) -> bool:
    try:
        units = [figure(text).unit for text in texts]
    except CheckError:
        return False
    return len(set(units) - {"", "%"}) <= 1


def _figures(predicate: Predicate) -> tuple[str, ...]:
    match predicate:
        case SumIs(parts=parts, total=total):
            return (*parts, total)
        case ProductIs(factors=factors, total=total):
            return (*factors, total)
        case QuotientIs(dividend=above, divisor=below, quotient=result):
            return (above, below, result)
    return ()
