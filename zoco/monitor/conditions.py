"""Conditions on properties as a person writes them, one a line: plan = gold."""

import re

from django.utils.translation import gettext as _

from zoco.ledger.asking.goals import Comparison, PropCondition

SIGNS: dict[str, Comparison] = {"!=": "is_not", "=": "is", "~": "contains", ">": "above", "<": "below"}
SIGN_OF = {comparison: sign for sign, comparison in SIGNS.items()}
LINE = re.compile(r"(?P<prop>.+?)\s*(?P<sign>!=|=|~|>|<)\s*(?P<value>.*)", re.DOTALL)
MOST = 20


class ConditionUnreadable(ValueError):
    """A line is no condition; the message says how to write one."""


def conditions_read(text: str) -> list[PropCondition]:
    """Read conditions, one a line; empty lines are passed over. Raises ConditionUnreadable."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) > MOST:
        raise ConditionUnreadable(_("Write at most %(number)s lines.") % {"number": MOST})
    return [_read(line) for line in lines]


def conditions_write(conditions: list[PropCondition]) -> str:
    """Write conditions so that they are read again."""
    return "\n".join(f"{each.prop} {SIGN_OF[each.comparison]} {each.value}" for each in conditions)


def _read(line: str) -> PropCondition:
    found = LINE.fullmatch(line)
    if found is None:
        raise ConditionUnreadable(
            _("“%(line)s” is no condition. Write it as plan = gold, or with !=, ~ (contains), > or <.")
            % {"line": line}
        )
    condition = PropCondition(found["prop"], SIGNS[found["sign"]], found["value"])
    if condition.comparison in {"above", "below"} and not _is_number(condition.value):
        raise ConditionUnreadable(_("“%(line)s” compares with no number.") % {"line": line})
    return condition


def _is_number(text: str) -> bool:
    return re.fullmatch(r"-?[0-9]{1,15}(\.[0-9]{1,6})?", text) is not None
