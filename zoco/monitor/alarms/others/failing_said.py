"""Exports that fail, in words."""

from typing import Any

from django.utils.translation import ngettext

from zoco.ledger.pictures import formats
from zoco.monitor.exports.saying import said_here


def failing_said(found: dict[str, Any]) -> str:
    """Say what is not exported, whom files still hold, and why."""
    said = []
    if found["days"]:
        words = ngettext(
            "%(count)s day that is over is not exported.",
            "%(count)s days that are over are not exported.",
            found["days"],
        )
        said.append(words % {"count": formats.count(found["days"])})
    if found["owed"]:
        words = ngettext(
            "%(count)s exported day still holds what was to be deleted.",
            "%(count)s exported days still hold what was to be deleted.",
            found["owed"],
        )
        said.append(words % {"count": formats.count(found["owed"])})
    return " ".join([*said, said_here(found["why"])])
