"""What a person wrote himself, parted from what he quotes: English, Spanish, Russian, Chinese and others.

A quotation with `>` is cut where it stands, so that an answer between its lines is kept; below a line such
as "Original message", which programs put over the whole letter, everything is quoted.
"""

import re

from zoco.mail.answers.rules.table import patterns

LINES_MOST = 2000
_LINE_MOST = 600
_WROTE = patterns("marks", "wrote")
_RULES = patterns("marks", "quoted_below")
_FROM = frozenset(patterns("marks", "field_from"))
_SENT = frozenset(patterns("marks", "field_sent"))
_DEVICES = patterns("marks", "sent_from")
_OPENS = re.compile(
    r"(?:on|el|le|am|em|il|op|w|dnia) |в |(?:пн|вт|ср|чт|пт|сб|вс|понедельник|вторник|среда|четверг|пятница"
    r"|суббота|воскресенье)[,. ]|\d{1,4}[ ./年-]|在|于|於|从|[^\n]{0,80}[\w.+-]{1,64}@"
)
_DECORATION = " \t-_=*"


def own_words(text: str) -> str:
    """Return what is the writer's own, of so many lines at most."""
    lines = text.replace("\r", "").split("\n")[:LINES_MOST]
    own: list[str] = []
    last_quoted = max((index for index, line in enumerate(lines) if _is_quoted(line)), default=-1)
    index = 0
    while index < len(lines):
        if not _is_quoted(lines[index]):
            if (_is_signature(lines[index]) and index > last_quoted) or _is_rule(lines, index):
                break
            if length := _attribution(lines, index):
                index += length
                if not _is_quote_next(lines, index):
                    break
                continue
            own.append(lines[index])
        index += 1
    return "\n".join(own).strip()


def _is_quoted(line: str) -> bool:
    return line[:20].lstrip().startswith(">")


def _is_signature(line: str) -> bool:
    return line in {"-- ", "--"} or line[:80].strip().lower().startswith(_DEVICES)


def _is_rule(lines: list[str], index: int) -> bool:
    """Tell whether everything below a line is quoted: a line that says so, or the letter's own fields."""
    line = lines[index][:300].strip()
    if line[:2] in {"--", "__", "==", "**"} and line.strip(_DECORATION).lower().startswith(_RULES):
        return True
    if _name(line) not in _FROM:
        return False
    following = [each for each in lines[index + 1 : index + 6] if each.strip()]
    return sum(_name(each) in _SENT for each in following) >= 2


def _name(line: str) -> str:
    """Return what stands before a colon; empty where nothing does."""
    before, colon, _after = line[:60].replace("：", ":").partition(":")
    return before.strip(_DECORATION).lower() if colon else ""


def _attribution(lines: list[str], index: int) -> int:
    """Return over how many lines "On … somebody wrote:" stands here; 0 if it does not."""
    if not lines[index].strip():
        return 0
    for length in (1, 2, 3):
        joined = " ".join(line.strip() for line in lines[index : index + length])[:_LINE_MOST].lower()
        opens = _OPENS.match(joined) is not None
        if _ends_so(joined):
            return length if opens or _is_quote_next(lines, index + length) else 0
        if not opens:
            return 0
    return 0


def _ends_so(line: str) -> bool:
    """Tell whether a line ends as one above a quotation does: `wrote:`, or as Gmail in Russian an address."""
    before = line.rstrip(" :：").removesuffix("(а)")
    return line.endswith((":", "：")) and (
        before.endswith(_WROTE) or (before.endswith(">") and "@" in before)
    )


def _is_quote_next(lines: list[str], index: int) -> bool:
    following = next((line for line in lines[index : index + 3] if line.strip()), "")
    return _is_quoted(following)
