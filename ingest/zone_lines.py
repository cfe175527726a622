"""In: single lines of a body. Out: what a line looks like by its shape: quotation, trailer, code, figures.

Every test looks at the first `LONGEST` characters of a line and takes linear time.
"""

from __future__ import annotations

import re

LONGEST = 400
"""Characters of a line that are looked at."""

_QUOTE_MARKS = re.compile(r"(?:>[ \t\u00a0]?)+")
_INDENTED_MARKS = re.compile(r"[ \t\u00a0]{1,4}((?:>[ \t\u00a0]?)+)")
_INITIALS = re.compile(r"([A-Za-z]{1,3}|\d{1,2})> ?(?=\S|$)")
_TRAILER = re.compile(
    r"(?:[A-Z][A-Za-z]*(?:-[A-Za-z]+)*-(?:by|on|to|from)|Cc|CC|cc|To|From): ?\S.{0,200}?(?:@|\(at\)).{0,200}$"
    r"|[A-Z][a-z]+(?:-[a-z]+)*-by: \S.{0,80}$"
    r"|Fixes: ?(?:[0-9a-f]{7,40}\b|https?://|commit |v?\d)"
    r"|(?:Link|Closes|References|Bugzilla|BugLink|Bug|Buglink|URL|Patchwork|Upstream|Cross-merge|Lore|Git-commit|Depends-on"
    r"|Url|Message-I[dD]|In-Reply-To|LKML-Reference|Supersedes|Based-on|Debian-Bug\w*|Signed-off): ?(?:https?://|<|#?\d)\S*"
    r"|(?:Change-Id|change-id|base-commit|prerequisite-(?:patch-id|change-id|message-id)|Upstream-commit): ?\S+$"
    r"|\(cherry picked from commit [0-9a-f]{7,40}\)$|\(?backported from commit [0-9a-f]{7,40}"
    r"|Cc: ?stable\b|CVE: CVE-|Stable-dep-of: "
)
_TYPE = (
    r"static|inline|extern|const|unsigned|(?:struct|enum|union) \w+|void|int|bool|long|char|[us](?:8|16|32|64)|s?size_t"
)
_CODE = re.compile(
    r"\s{0,80}(?:"
    r"#\s*(?:include\s*[<\"]|define\s+\w|if\s|ifdef\s|ifndef\s|elif\s|else\b|endif\b|undef\s|pragma\s|error\s)"
    r"|[{}][\s;,)]*(?:while \(.*|else\b.*|\\)?$|\}\s*(?:else|while)\b|/\*|\*/|//"
    r"|(?:(?:\} )?else )?(?:if|for|while|switch|list_for_each\w*|for_each_\w+) ?\(.*[)&|,{]\s*\{?$"
    r"|(?:else|do)\s*\{?$|case [\w' .-]{1,60}:$|default:$|(?:return\b.*|goto \w+|break|continue);|@@@$"
    rf"|(?:{_TYPE})\s[\w\s*,]{{0,120}}(?:\([^.?!]{{0,200}}[),{{]|[;{{=]|\{{\s*$).{{0,40}}$"
    r"|\w{1,80}(?:->|\.)?[\w>.\[\]*-]{0,80} ?(?:[-+|&^*/%]|<<|>>)?= ?[^=].{0,200};$"
    r"|[\w>.*&\[\]-]{2,80}\(.{0,200}\)\s*;$|\w{1,80}(?:\+\+|--);$"
    r"|\w.{0,200}[)\]\w\"];\s*(?:/\*.{0,200}\*/|//.*|\\)?$"
    r")|\w{1,60}:$(?<=[a-z]:)|\s{1,80}\w.{0,200}[)\w] \{$|.{0,300}\s\\$"
)
_CODE_MARK = re.compile(r"[-(){}\[\]=_<>&*\"#/\\@]")
_KEYWORD = re.compile(rf"\s*(?:{_TYPE}|return|goto|break|continue|default|case|else|do|\w+:$)\b")
_BULLET = re.compile(r"\s*(?:\(?\d{1,2}[.)]|[-+\u2022]|\*(?!/)) ")
_PROSE = re.compile(r"(?:\b[A-Za-z][a-z']{0,20},? ){4,}")
_COMMANDS = (
    "cat|echo|ls|grep|mount|umount|modprobe|insmod|rmmod|dd|fio|perf|git|make|gcc|clang|ip|tc|nft|bpftool|cd|mkdir|rm|cp"
    r"|for|while|time|sudo|dmesg|numactl|taskset|sysctl|systemctl|stress-ng|trace-cmd|mkfs\S{0,20}|xfs_io|strace|\./\S{1,80}"
)
_SHELL = re.compile(
    r"\s{0,80}(?:\$ \S|\w[\w.-]{0,30}@[\w.-]{1,40}[:~ ][^$#>]{0,60}[$#>] ?\S|\[\w[\w.-]{0,40}@[^\]]{1,60}\][$#] "
    rf"|[~/][\w./-]{{0,60}} ?[#$] \S|# (?:(?:{_COMMANDS}) |\./))"
)
_OPTION = re.compile(r"(?:--[a-z][\w-]{1,40}(?:=\S{0,200})?|-[A-Za-z])\\?$")
_NUMBER = re.compile(
    r"[-+~<>=(]{0,3}[$\u20ac]?\d[\d,.':]*(?:[eE][-+]?\d+)?[)\]]?(?:%|[A-Za-z\u00b5]{1,5}(?:/[a-z]{1,4})?)?[,;)\]*]{0,2}$"
)
_FIGURE = re.compile(r"\b[\w%.-]{1,20}=\s?\[?\s{0,6}[-+]?\d[\d.,]*\w{0,6}")
_LISTED = re.compile(r"[\w./+-]{1,200}[/.][\w./+-]{1,100}[:-]\d{1,7}[:-]")
_CELLS = re.compile(r"[ ]{2,}|\t+|[ \t]*[|\u2502][ \t]*")
_RULE = re.compile(r"[-=+|:_*~ \t\u2500-\u257f]{4,}$")
_TIMES = re.compile(r"(?:real|user|sys)\s+\d+m?[\d.]+s?$")
_SENTENCE_END = re.compile(r"[a-z]{2}[.?!]\s*$")


def quote_depth(line: str, *, indented: bool = False) -> int:
    """Levels of `>` before a line; with `indented` the marks may stand after up to four blanks."""
    line = line[:LONGEST]
    marks = _QUOTE_MARKS.match(line)
    if marks:
        return marks[0].count(">")
    if indented:
        shifted = _INDENTED_MARKS.match(line)
        if shifted:
            return shifted[1].count(">")
    return 0


def initials(line: str) -> str:
    """The mark of a quotation such as `JK>` or `7>` before a line; "" where there is none."""
    mark = _INITIALS.match(line[:LONGEST])
    return mark[1] if mark else ""


def is_trailer(line: str) -> bool:
    """A trailer of a patch: a role with an address, a commit, a link."""
    return bool(_TRAILER.match(line[:LONGEST].rstrip()))


def is_prose(line: str) -> bool:
    """Four plain words in a row."""
    return bool(_PROSE.search(line[:LONGEST] + " "))


def is_code(line: str) -> bool:
    """A line that only program text has."""
    line = line[:LONGEST].rstrip()
    if not _CODE.match(line) or _BULLET.match(line):
        return False
    if not _CODE_MARK.search(line) and not _KEYWORD.match(line):
        return False
    return not is_prose(line) or line.lstrip().startswith(("/*", "*/", "//", "#")) or '("' in line


def is_shell(line: str) -> bool:
    """A command after a shell prompt."""
    return bool(_SHELL.match(line[:LONGEST]))


def is_command(line: str) -> bool:
    """A command without a prompt: two options or more, a quarter of its words, and no prose."""
    words = line[:LONGEST].split()
    options = sum(bool(_OPTION.match(word)) for word in words)
    return options >= 2 and options * 4 >= len(words) and not is_prose(line)


def is_listed(line: str) -> bool:
    """A hit of a search: a file, a line number, and the line."""
    return bool(_LISTED.match(line[:LONGEST]))


def is_rule(line: str) -> bool:
    """A line drawn between the rows of a table."""
    return bool(_RULE.match(line[:LONGEST].rstrip()))


def is_figures(line: str) -> bool:
    """A row of figures: two or more numbers in columns, or several `name=number`."""
    line = line[:LONGEST].strip()
    if _TIMES.match(line):
        return True
    if _SENTENCE_END.search(line) and is_prose(line):
        return False
    words = line.split()
    numbers = sum(bool(_NUMBER.match(word)) for word in words)
    if len(words) >= 3 and numbers * 5 >= len(words) * 3:
        return True
    if len(_FIGURE.findall(line)) >= 2 and not is_prose(line):
        return True
    cells = [cell for cell in _CELLS.split(line) if cell.strip()]
    counted = sum(bool(cell) and any(_NUMBER.match(word) for word in cell.split()[:2]) for cell in cells[1:])
    if line[0:1] == line[-1:] == "|" and len(cells) >= 2 and counted:
        return not is_prose(line)
    return len(cells) >= 3 and counted >= 2 and not is_prose(line)


def is_heading(line: str) -> bool:
    """A row of words in columns, such as stands above figures."""
    line = line[:LONGEST].strip()
    cells = [cell for cell in _CELLS.split(line) if cell.strip()]
    return len(cells) >= 2 and not is_prose(line) and not _SENTENCE_END.search(line)
