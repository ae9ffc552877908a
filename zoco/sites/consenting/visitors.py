"""Whoever consented can have what there is of him, and have it erased, by the id that his browser shows."""

import json
import re
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from zoco.kit.ids import known_number
from zoco.ledger.erasing import Gone, facts_erase
from zoco.ledger.store.base import Store
from zoco.sites import salts
from zoco.sites.models import Site

if TYPE_CHECKING:
    import ibis

_ID = re.compile(r"[A-Za-z0-9_-]{22,64}")
_NUMBER = re.compile(r"[0-9]{1,19}")
# Calls of apps above that say whether a site has facts whose visitors were numbered with another key.
NUMBERED_ELSEWHERE: list[Callable[[int], bool]] = []


class IdWrong(ValueError):
    """This is no id of a visitor; the message says where to find one."""


def visitor_known(*, site: int, who: str) -> int:
    """Return the number of a visitor in the ledger by the id in his cookie. Raises IdWrong."""
    if not _ID.fullmatch(who):
        raise IdWrong(f"{who!r} is no id of a visitor; his browser shows it by zoco.id().")
    key = salts.visitor_key(Site.objects.get(pk=site).key_name)
    return known_number(who, bytes.fromhex(key))


def visitor_meant(*, site: int, who: str) -> int:
    """Return the number of a visitor by his id, or by the number that another installation gave him.

    For those who answer visitors; never for what a browser sends. Raises IdWrong.
    """
    if _NUMBER.fullmatch(who) and 0 < int(who) < 1 << 63:
        return int(who)
    return visitor_known(site=site, who=who)


def is_numbered_elsewhere(site: int) -> bool:
    """Say whether a site has facts in which an id is not found: their numbers were made elsewhere."""
    return any(says(site) for says in NUMBERED_ELSEWHERE)


def visitor_rows(*, store: Store, site: int, known: int) -> list[dict[str, Any]]:
    """Return all facts of a visitor with their evidence, the oldest first; the spool is drained before."""
    from zoco.ledger.asking.statements.engines import table

    store.drain()
    facts, kept = table("facts"), table("evidence")
    mine = facts.filter(facts.site == site, facts.known == known)
    sent = kept.select("id", "user_agent", "client_hints", "referrer")
    rows = mine.left_join(sent, "id").drop("id_right").order_by("occurred_at", "id")
    return _answered(store, rows)


def visitor_lines(rows: list[dict[str, Any]]) -> str:
    """Return facts as they are exported: one JSON object a line."""
    return "".join(f"{json.dumps(row, default=str, ensure_ascii=False)}\n" for row in rows)


def visitor_erase(*, store: Store, site: int, known: int, at: datetime) -> Gone:
    """Erase a visitor with the pseudonyms of his days with consent, from spool, store and outbox."""
    from zoco.ledger.asking.statements.engines import table

    store.drain()
    facts = table("facts")
    days = facts.filter(facts.site == site, facts.known == known, facts.visitor != 0)
    pseudonyms = [row["visitor"] for row in _answered(store, days.select("visitor").distinct())]
    return facts_erase(store=store, visitors=[known, *pseudonyms], site=site, at=at)


def _answered(store: Store, rows: "ibis.Table") -> list[dict[str, Any]]:
    import ibis

    found: list[dict[str, Any]] = store.query(str(ibis.to_sql(rows, dialect=store.dialect))).to_pylist()
    return found
