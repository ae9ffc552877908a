"""Verdicts on log lines that hang on two of their values: a crawler's name with its address, a referrer,
an address of the site's own people.
"""

from typing import TYPE_CHECKING

from zoco.collector.lists.confirmed import Patience
from zoco.collector.lists.ranges import FORGED, SINCE, is_checked, is_own
from zoco.collector.logs.pending import distinct
from zoco.collector.steps.blocking import FROM_OFFICE
from zoco.collector.steps.judging import spam_of
from zoco.sites.blocking.lists import Guard

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Verdicts = tuple[list[str], list[str]]


def verdicts_beyond(
    of_agents: Verdicts,
    agents: "NDArray[np.int32]",
    places: "tuple[NDArray[np.int32], list[str]]",
    referrers: "tuple[NDArray[np.int32], list[str]]",
    at: "NDArray[np.int64]",
    guard: Guard | None = None,
    patience: Patience | None = None,
) -> "tuple[list[str], list[str]] | None":
    """Return verdict and reason of each line, None where the agents alone say them all.

    `places` and `referrers` are the number of each line's value, and the values: addresses and hosts.
    """
    import numpy as np

    numbers, addresses = places
    claimed = np.array([is_checked(reason) for reason in of_agents[1]], dtype=bool)
    spam = [spam_of(host) for host in referrers[1]]
    from_spam = np.array([each is not None for each in spam], dtype=bool)[referrers[0]]
    asked = claimed[agents] & (at >= SINCE)
    office = np.array([guard is not None and guard.is_staff(each) for each in addresses], dtype=bool)[numbers]
    if not asked.any() and not from_spam.any() and not office.any():
        return None
    verdicts = np.array(of_agents[0], dtype=object)[agents]
    reasons = np.array(of_agents[1], dtype=object)[agents]
    if asked.any():
        pairs = distinct(agents[asked], numbers[asked])
        forged = [not is_own(of_agents[1][agent], addresses[place], patience) for agent, place in pairs.rows]
        lines = np.flatnonzero(asked)[np.array(forged, dtype=bool)[pairs.places]]
        verdicts[lines], reasons[lines] = "bot", reasons[lines] + FORGED
    lines = np.flatnonzero(office & (verdicts == "human"))
    verdicts[lines], reasons[lines] = FROM_OFFICE
    lines = np.flatnonzero(from_spam & (verdicts == "human"))
    named = np.array([each.reason if each else "" for each in spam], dtype=object)[referrers[0]]
    verdicts[lines], reasons[lines] = "spam", named[lines]
    return verdicts.tolist(), reasons.tolist()
