"""Facts of trials: that somebody saw an arm, once for each trial, and which shares of a bandit were set.

And how many a bandit could not deal: among what was not counted, and why.
"""

import logging
import os
from collections.abc import Iterable, Mapping
from datetime import datetime

from zoco.kit.conf import DATA
from zoco.kit.ids import uuid7, uuid8
from zoco.kit.periods import micros
from zoco.ledger.schema import Fact
from zoco.ledger.services import record_many
from zoco.ledger.spool import process_writer

log = logging.getLogger(__name__)

SHOWN = "trials.arm.shown"
SHARED = "trials.shares.set"
REFUSED = "collector.fact.refused"
"""As the collector tells it, so that both stand in one report."""
NOT_DEALT = "not_dealt"
EVERYWHERE = 0
"""The site of facts about people: they are of the whole installation."""


def shown(
    *,
    trial: str,
    seen: Iterable[tuple[int, str]],
    at: datetime,
    site: int = EVERYWHERE,
    kind: str = "letter",
    number: int = 0,
) -> int:
    """Record who saw which arm, as (number of a person, arm); returns how many were told of.

    `kind` is what was tried on. At most one of these counts for each trial and person: the first.
    `number` is the trial's own, which another with the same key later does not have.
    """
    moment = micros(at)
    of: tuple[bytes, ...] = (str(site).encode(), trial.encode()) if site else (trial.encode(),)
    of += (str(number).encode(),) if number else ()
    facts = [
        Fact(
            id=uuid8(b"trial", *of, person),
            name=SHOWN,
            site=site,
            origin="server",
            occurred_at=moment,
            received_at=moment,
            person=person,
            verdict="server",
            subject_kind="trial",
            subject=trial,
            props={"arm": arm, "of": kind},
        )
        for person, arm in seen
    ]
    record_many(facts)
    return len(facts)


def shared(
    *, trial: str, site: int, number: int, batch: int, since: int, shares: Mapping[str, float], at: datetime
) -> None:
    """Record by which shares a bandit deals from `since` on, in UTC microseconds; each batch once.

    `number` is the trial's own. Whoever checks it outside weighs units by these shares.
    """
    moment = micros(at)
    fact = Fact(
        id=uuid8(b"shares", str(site).encode(), trial.encode(), str(number).encode(), batch),
        name=SHARED,
        site=site,
        origin="server",
        occurred_at=moment,
        received_at=moment,
        verdict="server",
        subject_kind="trial",
        subject=trial,
        props={"batch": batch, "since": since, "shares": dict(shares)},
    )
    record_many([fact])


def not_dealt(*, site: int, trial: str, units: int, at: int) -> None:
    """Tell that a bandit could not deal units that are new, past a database that takes nothing just now.

    So it goes into the spool. Where that takes nothing either, the log alone says so. `at` is in UTC
    microseconds.
    """
    fact = Fact(
        id=uuid7(at),
        name=REFUSED,
        site=site,
        origin="server",
        origin_key=f"trials-{os.getpid()}",
        occurred_at=at,
        received_at=at,
        verdict="server",
        reason=NOT_DEALT,
        subject_kind="trial",
        subject=trial,
        quantity=units,
    )
    try:
        process_writer(DATA()).append([fact])
    except OSError:
        log.exception("Nobody is told whom a bandit did not deal. trial=%s units=%s", trial, units)
