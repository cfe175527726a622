"""In: figures as text, as a mail gives them. Out: exact intervals of what they may have been before they were rounded.

A figure stands for all values that round to it: `351` for 350.5 to 351.5, `4.20` for 4.195 to 4.205. All is exact
(fractions), so a verdict never hangs on floating point.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from kb.errors import CheckError

FIGURE = re.compile(
    r"(?P<about>[~≈]|about |approx\.? )? ?(?P<sign>[-+−–])? ?"
    r"(?P<digits>[0-9]{1,3}(?:,[0-9]{3}){1,6}|[0-9]{1,24})(?:\.(?P<decimals>[0-9]{1,24}))? ?"
    r"(?P<unit>[A-Za-zµμ%][A-Za-zµμ/%]{0,15})?"
)

_THOUSANDS: Mapping[str, int] = {"K": 1, "M": 2, "G": 3, "T": 4}
_TIMES: Mapping[str, tuple[Fraction, str]] = {
    "ns": (Fraction(1, 10**9), "s"),
    "us": (Fraction(1, 10**6), "s"),
    "µs": (Fraction(1, 10**6), "s"),
    "μs": (Fraction(1, 10**6), "s"),
    "ms": (Fraction(1, 1000), "s"),
    "s": (Fraction(1), "s"),
    "sec": (Fraction(1), "s"),
    "min": (Fraction(60), "s"),
    "h": (Fraction(3600), "s"),
}


@dataclass(frozen=True, slots=True)
class Interval:
    """All values from `low` to `high`, both included."""

    low: Fraction
    high: Fraction

    def meets(self, other: Interval) -> bool:
        """Whether some value lies in both."""
        return self.low <= other.high and other.low <= self.high

    def __contains__(self, value: Fraction) -> bool:
        return self.low <= value <= self.high


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: its value as written, and half a unit of its last digit, both in `unit` without its prefix."""

    text: str
    value: Fraction
    half: Fraction
    unit: str
    factor: Fraction
    """What the prefix of its unit stands for."""
    places: int
    """Digits after the point."""
    signed: bool
    counted: bool
    """A plain whole number, such as a count of lines: nothing was rounded if it is the result of counting."""

    @property
    def interval(self) -> Interval:
        """Every value that rounds to this figure."""
        return Interval(self.value - self.half, self.value + self.half)


def scale(unit: str) -> tuple[Fraction, str]:
    """The factor that a unit's prefix stands for, and the unit without it: `MiB/s` is 2^20 and `B/s`.

    Prefixes K, M, G, T are taken before bytes, bits or nothing (1000, with an i 1024); `ms` and its like become
    seconds; any other word is a unit of its own.
    """
    if unit == "percent":
        return Fraction(1), "%"
    if unit in _TIMES:
        return _TIMES[unit]
    power = _THOUSANDS.get(unit[:1].upper() if unit[:1] == "k" else unit[:1])
    rest = unit[1:]
    base = 1000
    if power and rest.startswith("i"):
        base, rest = 1024, rest[1:]
    if power and (rest == "" or re.fullmatch(r"(B|b|bit)(/s|ps)?|/s", rest)):
        return Fraction(base**power), rest.replace("ps", "/s")
    return Fraction(1), unit


def read(text: str) -> Figure:
    """The figure that `text` writes; thousands commas, a sign, a unit, % and a leading ~ are understood.

    After ~ the zeros that end a whole number do not count as exact: `~350` is 345 to 355. CheckError for other text.
    """
    found = FIGURE.fullmatch(text.strip())
    if found is None:
        raise CheckError("figure", f"cannot read {text!r}", "write a number such as 351, -3%, 1,818 MiB/s or 4.20")
    digits, decimals, unit = found["digits"].replace(",", ""), found["decimals"] or "", found["unit"] or ""
    ulp = Fraction(1, 10 ** len(decimals))
    if found["about"] and not decimals:
        ulp *= 10 ** (len(digits) - len(digits.rstrip("0") or digits))
    factor, base = scale(unit)
    value = Fraction(int(digits + decimals), 10 ** len(decimals)) * factor
    return Figure(
        text.strip(),
        -value if found["sign"] in ("-", "−", "–") else value,
        ulp * factor / 2,
        base,
        factor,
        len(decimals),
        signed=found["sign"] is not None,
        counted=not (decimals or unit or found["about"]),
    )


def percent_change(before: Fraction, after: Fraction) -> Fraction:
    """The change from `before` to `after` in percent of `before`, exactly; ZeroDivisionError from zero."""
    return (after - before) / before * 100


def percent_changes(before: Interval, after: Interval) -> Interval:
    """The least and the greatest change in percent; `before` must not hold zero.

    The change is monotone in each of the two as long as `before` keeps its sign, so its extremes lie at corners.
    """
    corners = [percent_change(first, last) for first in (before.low, before.high) for last in (after.low, after.high)]
    return Interval(min(corners), max(corners))


def shown(value: Fraction, places: int = 2) -> str:
    """The value as a decimal with `places` digits after the point, rounded half away from zero."""
    unit = 10**places
    cut = (abs(value) * unit * 2 + 1) // 2
    whole, part = divmod(int(cut), unit)
    sign = "-" if value < 0 and cut else ""
    return f"{sign}{whole}.{part:0{places}d}" if places else f"{sign}{whole}"
