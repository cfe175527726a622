"""In: prose such as `FOO_MAX is 5` or `GFP_NOFS does not include __GFP_FS`. Out: a predicate for each such statement.

Only bare numbers are read: with a unit behind it a number says more than the source does. A constant must be spelled
like one, with an underscore in it; a variable must be said to have a default.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sim_hooks.predicates import (
    ArgumentHas,
    ConfigIs,
    ConstantIs,
    DefaultIs,
    HasField,
    IsExported,
    IsStatic,
    MaskHas,
    Predicate,
)
from sim_hooks.readers.wording import CONSTANT, FUNCTION, PLAIN, Binding, Wording, name, names_function

_NUMBER = (
    r"(?P<value>-?(?:0x[0-9a-fA-F]{1,16}|\d{1,12}))(?![\w.%/*+;-]|,(?! [a-z]{2})| ?(?:<<|[-+*/|&<>=]|x\d)| [a-zA-Z%])"
)
_VALUE = re.compile(
    rf"(?<![\w.>-])(?P<name>{CONSTANT}) (?:is (?:currently |now |always )?"
    r"(?:defined (?:as|to be|to) |set to |equal to )?|="
    rf"|==|equals |has the value )\s?{_NUMBER}"
)
_SETTING = r"(?:(?:kernel|vm|fs|net|debug|dev|user)(?:[./][a-z]\w{0,40}){1,4}|[a-z]\w{0,30}_\w{1,40})"
"""A variable, a module parameter, or a sysctl by its dotted name."""
_DEFAULT = re.compile(
    rf"(?<![\w.>/-])(?P<name>{_SETTING}) "
    rf"(?:(?:currently )?defaults to |is {_NUMBER.replace('value', 'first')} by default|"
    rf"has a default (?:value )?of )(?:{_NUMBER})?"
)
_DEFAULT_OF = re.compile(rf"\bdefault (?:value )?(?:of|for) (?:the )?(?P<name>{_SETTING}) is (?:currently )?{_NUMBER}")
_MASK = re.compile(
    rf"(?<![\w.>-])(?P<mask>_{{0,3}}{CONSTANT}) (?P<verb>(?:also |already )?(?:includes|contains|has)|"
    rf"(?:does not|doesn't) (?:include|contain|have|set)) (?P<flag>_{{0,3}}{CONSTANT})(?! \w{{1,20}}ed\b)"
)
_WITHOUT = re.compile(
    rf"(?P<caller>{FUNCTION}|{PLAIN}) (?:calls|invokes) (?P<callee>{FUNCTION}) (?:without|with no) (?:the )?"
    rf"(?P<flag>_{{0,3}}{CONSTANT})"
)
_EXPORTED = re.compile(
    rf"(?P<subject>{FUNCTION}|{PLAIN}) (?P<verb>is|isn't|is not) (?:currently |already )?exported"
    rf"(?! (?:by|to (?!modules\b)|from|via|as|over|through))(?: to modules\b)?"
)
_STATIC = re.compile(
    rf"(?P<subject>{FUNCTION}) (?P<verb>is|isn't|is not) (?:currently |already |a )?static\b(?! (?:key|branch|call))"
)
_FIELD = re.compile(
    r"\bstruct (?P<struct>[a-z]\w{1,40}) (?P<verb>has|contains|has no|does not have|doesn't have) "
    r"(?:an? |any |the |already )?(?:->|\.)?(?P<field>[a-z]\w{0,30}_\w{1,30}) (?:field|member)\b"
)
_CONFIG = re.compile(
    r"\b(?P<symbol>CONFIG_[A-Z0-9_]{2,50}) (?:already |also )?(?P<verb>selects|depends on) "
    r"(?P<other>CONFIG_[A-Z0-9_]{2,50})\b"
)

_SWITCH = re.compile(
    r"\b(?P<symbol>CONFIG_[A-Z0-9_]{2,50}) (?:currently )?(?:defaults to|is default(?! o)|"
    r"has (?:a |the )?default (?:of )?|"
    r"is (?P<word>enabled|disabled|on|off) by default|is default (?P<short>on|off))"
    r"(?: ?=?['\"]?(?P<value>[ynm])['\"]?\b)?"
)
_SWITCHED = {"enabled": "y", "on": "y", "disabled": "n", "off": "n"}


def read(words: Wording) -> Iterator[Binding]:
    """What the words say of constants, defaults, masks, symbols, fields and options."""
    yield from _numbers(words)
    for found in _MASK.finditer(words.text):
        has = not re.search(r"not|n't", found["verb"])
        if words.asserts(*found.span(), negated=not has) and _alike(found["mask"], found["flag"]):
            flags = (found["flag"],)
            mask = MaskHas(found["mask"], has=flags) if has else MaskHas(found["mask"], lacks=flags)
            yield Binding(mask, 0.85, f"says that {found['mask']} {'holds' if has else 'lacks'} {found['flag']}")
    for found in _WITHOUT.finditer(words.text):
        caller, callee = name(found["caller"]), name(found["callee"])
        if words.asserts(*found.span()) and caller != callee and names_function(caller) and names_function(callee):
            why = f"says that {caller}() calls {callee}() without {found['flag']}"
            yield Binding(ArgumentHas(caller, callee, lacks=(found["flag"],)), 0.8, why)
    yield from _symbols(words)


def _numbers(words: Wording) -> Iterator[Binding]:
    for found in _VALUE.finditer(words.text):
        if words.asserts(*found.span()):
            predicate: Predicate = ConstantIs(found["name"], found["value"])
            yield Binding(predicate, 0.85, f"says that {found['name']} is {found['value']}")
    for pattern in (_DEFAULT, _DEFAULT_OF):
        for found in pattern.finditer(words.text):
            value = found["value"] or found.groupdict().get("first")
            if value and words.asserts(*found.span()):
                yield Binding(DefaultIs(found["name"], value), 0.8, f"says that {found['name']} starts as {value}")


def _symbols(words: Wording) -> Iterator[Binding]:
    for found in _EXPORTED.finditer(words.text):
        is_so, subject = found["verb"] == "is", name(found["subject"])
        if words.asserts(*found.span(), negated=not is_so) and names_function(subject):
            said = f"says that {subject}() is {'' if is_so else 'not '}exported"
            yield Binding(IsExported(subject, expect=is_so), 0.85, said)
    for found in _STATIC.finditer(words.text):
        is_so, subject = found["verb"] == "is", name(found["subject"])
        if words.asserts(*found.span(), negated=not is_so) and names_function(subject):
            yield Binding(IsStatic(subject, is_so), 0.85, f"says that {subject}() is {'' if is_so else 'not '}static")
    for found in _FIELD.finditer(words.text):
        is_so = not re.search(r"no\b|not|n't", found["verb"])
        if words.asserts(*found.span(), negated=not is_so):
            said = f"says that struct {found['struct']} has {'a' if is_so else 'no'} field {found['field']}"
            yield Binding(HasField(found["struct"], found["field"], is_so), 0.85, said)
    for found in _CONFIG.finditer(words.text):
        if words.asserts(*found.span()):
            others = (found["other"],)
            selects = found["verb"] == "selects"
            config = ConfigIs(found["symbol"], () if selects else others, others if selects else ())
            yield Binding(config, 0.85, f"says that {found['symbol']} {found['verb']} {found['other']}")
    for found in _SWITCH.finditer(words.text):
        value = found["value"] or _SWITCHED.get(found["word"] or found["short"] or "", "")
        if value and words.asserts(*found.span()):
            why = f"says that {found['symbol']} has the default {value}"
            yield Binding(ConfigIs(found["symbol"], default=value), 0.85, why)


def _alike(mask: str, flag: str) -> bool:
    """Whether two constants are of one family by their names, so that one can be a part of the other."""
    return mask.strip("_").partition("_")[0] == flag.strip("_").partition("_")[0] and mask != flag
