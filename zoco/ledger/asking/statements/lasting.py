"""How long a statement is kept: on disk for the next process, as long as readers cannot fill that."""

from __future__ import annotations

from collections.abc import Sequence

from zoco.ledger.asking.filters import GOAL, Filter
from zoco.ledger.asking.statements.kept import Lasting
from zoco.ledger.asking.statements.words import is_open
from zoco.ledger.report import Params, Report

FILTERS_MOST, WORDS_MOST, WORDS_OF_ONE = 2, 3, 12
CHOICES_MOST = 12  # of a parameter; more make too many statements to keep them all for good


def lasting_in(report: Report, params: Params, filters: Sequence[Filter]) -> Lasting:
    """Say whether a report's statement is stored on disk: one of ours, on whose text next to nothing decides
    that readers type.

    What may be typed must be what the report begins with. Then what the site has made, such as a funnel, may
    still decide on the text, and is changed now and then: such a one is stored while there is much room.
    """
    typed = [each for each in report.parameters if not 0 < len(each.choices) <= CHOICES_MOST]
    is_plain = all(params.get(each.name, each.default) == each.default for each in typed)
    if not (is_plain and type(report).__module__.startswith("zoco.")):
        return "never"
    lasting = lasting_of(filters)
    return "with room" if typed and lasting == "always" else lasting


def lasting_of(filters: Sequence[Filter]) -> Lasting:
    """Say whether a statement is stored on disk: always with one filter at most, by one word or goal.

    Goals are few, and no reader makes one. A few words of two filters, or of one such as all campaigns that
    are listed, are stored while there is much room: more would let readers fill the file with ways to filter
    that nobody asks for again.
    """
    words, are_open = sum(len(each.values) for each in filters), all(map(is_open, filters))
    if len(filters) <= 1 and words == len(filters) and (are_open or filters[0].column == GOAL):
        return "always"
    most = WORDS_OF_ONE if len(filters) == 1 else WORDS_MOST
    return "with room" if are_open and len(filters) <= FILTERS_MOST and words <= most else "never"
