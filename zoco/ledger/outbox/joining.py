"""Joining a known visitor to a person, and persons to each other; each can be undone.

Only whoever consented has an id, so nobody else can be joined. All of it is told as facts, in the
transaction of the change that proves it; nothing that was written before is changed, reports resolve
it when they ask (`Facts.known`). Not guaranteed: that it can be asked at once.
"""

from datetime import datetime

from zoco.ledger.services import FactWrong, record
from zoco.ledger.store.joins import JOINED, MERGED, MERGES_SITE, PARTED, UNJOINED

PERSON_MOST = (1 << 63) - 1


def join(*, site: int, known: int, person: int, by: str = "", at: datetime | None = None) -> str:
    """Join a known visitor of a site to a person from now on; returns the fact's id.

    What the same browser did before the first join is that person's, too. `by` says what proves it
    (login, form). Raises FactWrong.
    """
    return _tell(JOINED, site, known, person, by, at)


def unjoin(*, site: int, known: int, person: int, at: datetime | None = None) -> str:
    """Take back all joins of the two until now: it was somebody else. Raises FactWrong."""
    return _tell(UNJOINED, site, known, person, "", at)


def merge(*, person: int, into: int, at: datetime | None = None) -> str:
    """Let one person stand for another, who turned out to be the same. Raises FactWrong."""
    _check(person, into)
    if person == into:
        raise FactWrong(f"Person {person} cannot be merged with himself; name two.")
    return record(
        name=MERGED, site=MERGES_SITE, at=at, person=person, verdict="server", subject_kind="person",
        subject=str(into),
    )  # fmt: skip


def part(*, person: int, at: datetime | None = None) -> str:
    """Undo the merge of a person into another. Raises FactWrong."""
    _check(person)
    return record(name=PARTED, site=MERGES_SITE, at=at, person=person, verdict="server")


def _tell(name: str, site: int, known: int, person: int, by: str, at: datetime | None) -> str:
    _check(person)
    if not known:
        raise FactWrong("Without consent a visitor has no id and cannot be joined to a person.")
    props = {"by": by} if by else {}
    return record(name=name, site=site, at=at, known=known, person=person, verdict="server", props=props)


def _check(*persons: int) -> None:
    for person in persons:
        if not 0 < person <= PERSON_MOST:
            raise FactWrong(f"{person!r} is no number of a person; it lies between 1 and 2**63 - 1.")
