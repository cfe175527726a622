"""In: a constant C expression as text, such as `(5 * HZ)` or `F_IO | 0x10`. Out: its value in the shapes of `shapes`.

Time is linear in the text, and no C parser is needed: facts and what people write are read by the same rules.
"""

from __future__ import annotations

import re

from sim_hooks.source.shapes import COMPARISONS, Value

LONGEST = 400
"""Characters; a longer text is no constant that anybody quotes."""
_DEEPEST = 24
_TOKEN = re.compile(
    r"\s*(?:(?P<number>0[xX][0-9a-fA-F]+|[0-9]+)[uUlL]*(?![\w.])|(?P<name>[A-Za-z_]\w*)"
    r"|(?P<sign><<|>>|&&|\|\||[=!<>]=|[-+*/%&|^~!<>?:(),]))"
)
CONSTANT = re.compile(r"_*[A-Z][A-Z0-9_]*\Z")
"""How constants are named; `=` marks them in a value, `@` all other names."""
_TYPE = re.compile(
    r"\(\s*(?:(?:__force|const|unsigned|signed|long|short|int|char|bool|struct\s+\w+|enum\s+\w+|\w+_t|[us](?:8|16|32|64)"
    r"|__[usbl]e?(?:8|16|32|64)|umode|size)\b\s*|\*\s*)+\)"
)
_WRAPPERS = frozenset({"UL", "ULL", "_UL", "_ULL", "_AC", "U64_C", "U32_C", "__force"})
_BITS = frozenset({"BIT", "BIT_ULL", "_BITUL", "_BITULL", "BIT_MASK"})
_PRIORITY = (("||",), ("&&",), ("|",), ("^",), ("&",), ("==", "!="), ("<", "<=", ">", ">="), ("<<", ">>"))
_LEVEL = {sign: level for level, signs in enumerate((*_PRIORITY, ("+", "-"), ("*", "/", "%"))) for sign in signs}


class _UnreadableError(Exception):
    pass


def constant_value(text: str) -> Value:
    """The value, or None where the text is no constant expression: a number, `=NAME`, `@name` or `[operator, …]`."""
    if not text.strip() or len(text) > LONGEST:
        return None
    tokens: list[tuple[str, str]] = []
    plain, at = _TYPE.sub(" ", text), 0
    plain = plain.strip()
    while at < len(plain):
        found = _TOKEN.match(plain, at)
        if found is None or found.end() == at:
            return None
        kind = str(found.lastgroup)
        tokens.append((kind, found[kind]))
        at = found.end()
    try:
        reader = _Reader(tokens)
        value = reader.choice(0)
        return value if reader.at == len(tokens) else None
    except _UnreadableError:
        return None


class _Reader:
    """Reads tokens by the priorities of C."""

    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self.tokens = tokens
        self.at = 0

    def _sign(self) -> str:
        return self.tokens[self.at][1] if self.at < len(self.tokens) else ""

    def _take(self, sign: str) -> None:
        if self._sign() != sign:
            raise _UnreadableError
        self.at += 1

    def choice(self, depth: int) -> Value:
        if depth > _DEEPEST:
            raise _UnreadableError
        value = self._joined(0, depth)
        if self._sign() != "?":
            return value
        self.at += 1
        first = self.choice(depth + 1)
        self._take(":")
        return ["?", value, first, self.choice(depth + 1)]

    def _joined(self, least: int, depth: int) -> Value:
        left = self._single(depth)
        while (level := _LEVEL.get(self._sign(), -1)) >= least:
            sign = self._sign()
            self.at += 1
            right = self._joined(level + 1, depth + 1)
            joins = isinstance(left, list) and left[0] == sign == "|"
            left = [*left, right] if joins else [sign, left, right]
        return left

    def _single(self, depth: int) -> Value:
        if self.at >= len(self.tokens) or depth > _DEEPEST:
            raise _UnreadableError
        kind, text = self.tokens[self.at]
        self.at += 1
        if kind == "number":
            octal = len(text) > 1 and text[0] == "0" and text.isdigit()
            if octal and ("8" in text or "9" in text):
                raise _UnreadableError
            return int(text, 8 if octal else 0)
        if kind == "name":
            return self._named(text, depth)
        if text == "(":
            value = self.choice(depth + 1)
            self._take(")")
            return value
        if text in ("-", "~", "!", "+"):
            value = self._single(depth + 1)
            if text == "-" and isinstance(value, int):
                return -value
            return value if text == "+" else [text, value]
        raise _UnreadableError

    def _named(self, name: str, depth: int) -> Value:
        if name in ("sizeof", "__alignof__", "typeof"):
            raise _UnreadableError
        if name in ("true", "false", "NULL"):
            return int(name == "true")
        if self._sign() != "(":
            return f"={name}" if CONSTANT.match(name) else f"@{name}"
        self.at += 1
        arguments = [self.choice(depth + 1)]
        while self._sign() == ",":
            self.at += 1
            arguments.append(self.choice(depth + 1))
        self._take(")")
        if name in _BITS and len(arguments) == 1:
            return ["<<", 1, arguments[0]]
        if name in _WRAPPERS:
            return arguments[0]
        return ["m", *arguments]


def is_comparison(value: Value) -> bool:
    """Whether a value is 0 or 1 by its operator."""
    return isinstance(value, list) and (value[0] in COMPARISONS or value[0] in ("!", "&&", "||"))
