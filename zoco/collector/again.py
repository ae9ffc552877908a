"""Working verdict, device and source out again, with the rules of today, from the evidence kept.

Nothing is guessed: a fact whose evidence is gone keeps what it has, and is counted.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import msgspec

from zoco.collector.behaviour.reasons import REASONS
from zoco.collector.lists.ranges import FORGED
from zoco.collector.steps import device, verdict
from zoco.collector.steps.hints import judge_browser
from zoco.collector.steps.judging import spam_of
from zoco.kit.hosts import is_own, plain_host
from zoco.kit.periods import micros
from zoco.ledger import schema
from zoco.ledger.spool.salvage import MOMENT_BOUNDS
from zoco.ledger.store.evidence import MADE, evidence_sql, next_sql, span_sql
from zoco.sites.published import PublishedSite
from zoco.sites.sources.channels import DIRECT, judged
from zoco.sites.sources.networks import network_of_host
from zoco.sites.sources.origin import origin_of

if TYPE_CHECKING:
    import pyarrow as pa

    from zoco.ledger.store.base import Store

DAY = 86_400_000_000
STEP_DAYS = 7
# Reasons that the browser's script and its behaviour gave: what is kept of a request says nothing of them.
KEPT = frozenset((verdict.DRIVEN, *REASONS))


@dataclass(slots=True)
class Again:
    """What one run did: facts read, changed, and left as they were for want of evidence."""

    facts: int = 0
    changed: int = 0
    without_evidence: int = 0


def classify_again(
    store: "Store",
    *,
    site: PublishedSite,
    is_trial: bool = False,
    progress: Callable[[Again, int], None] = lambda done, total: None,
) -> Again:
    """Go through a site's web facts week by week; `is_trial` counts and changes nothing.

    A batch of them is in memory at a time, and what changes of a week. A run that was stopped is begun
    again: what is right already is not touched.
    """
    done = Again()
    span = store.query(span_sql(site.id)).to_pylist()[0]
    if not span["facts"]:
        return done
    for start, end in _weeks(store, site.id, _micros(span["first"])):
        batches = store.stream(evidence_sql(store.dialect, site=site.id, start=start, end=end))
        changed = [_changed(batch.to_pylist(), site, done) for batch in batches]
        for table in changed if not is_trial else ():
            if table is not None:
                store.reclassify(site.id, table)
        progress(done, int(span["facts"]))
    return done


def _weeks(store: "Store", site: int, start: int) -> Iterator[tuple[int, int]]:
    """Yield spans of a week that hold facts; a broken clock's centuries between them are skipped."""
    while True:
        row = store.query(next_sql(site, start)).to_pylist()[0]
        if not row["facts"]:
            return
        first = _micros(row["first"])
        start = min(first - first % DAY + STEP_DAYS * DAY, MOMENT_BOUNDS[1])
        yield first - first % DAY, start


def _changed(rows: list[dict[str, Any]], site: PublishedSite, done: Again) -> "pa.Table | None":
    """Return what comes out otherwise of these facts, None when nothing does, and count it."""
    changes = _changes(rows, site, done)
    done.changed += len(changes)
    return _table(changes) if changes else None


def _changes(rows: list[dict[str, Any]], site: PublishedSite, done: Again) -> list[dict[str, Any]]:
    """Return id, moment and all derived columns of the facts that come out otherwise."""
    changes = []
    for row in rows:
        done.facts += 1
        made = {name: row[name] for name in MADE} | {
            name: row[f"own_{name}"] or _empty(name) for name in schema.TOUCH
        }
        again = dict(made)
        if row["user_agent"]:
            again |= _kept(made, _by_agent(row["user_agent"], row["client_hints"]))
        else:
            done.without_evidence += 1
        again |= _by_referrer(row, site)
        again |= _spam(again)
        if again != made:
            changes.append({"id": row["id"], "occurred_at": row["occurred_at"], **again})
    return changes


def _empty(name: str) -> str:
    return DIRECT if name == "channel" else ""


@lru_cache(maxsize=16_384)
def _agent_columns(user_agent: str, hints: str) -> tuple[tuple[str, str], ...]:
    sent = msgspec.json.decode(hints, type=dict[str, str]) if hints else {}
    judged = judge_browser(user_agent, sent)
    found = device.device_of(user_agent)
    found = device.hinted(found, sent) if sent else found
    return (("verdict", judged.verdict), ("reason", judged.reason), *found._asdict().items())


def _by_agent(user_agent: str, hints: str) -> dict[str, str]:
    return dict(_agent_columns(user_agent, hints))


def _kept(made: dict[str, str], again: dict[str, str]) -> dict[str, str]:
    """Return what comes out, but for a verdict that no evidence tells of where nothing else is found."""
    if made["reason"] == again["reason"] + FORGED:
        return again | {"verdict": made["verdict"], "reason": made["reason"]}
    is_elsewhere = made["verdict"] in ("staff", "server") or made["reason"] in KEPT
    if not is_elsewhere or (again["verdict"] != "human" and made["verdict"] not in ("staff", "server")):
        return again
    return again | {"verdict": made["verdict"], "reason": made["reason"]}


def _spam(again: dict[str, str]) -> dict[str, str]:
    """Return the verdict on a person who is sent by a host of the list of spammers."""
    found = spam_of(again["referrer_host"]) if again["verdict"] == "human" else None
    return found._asdict() if found else {}


def _by_referrer(row: dict[str, Any], site: PublishedSite) -> dict[str, str]:
    """Return own touch values: from the referrer where nothing else spoke, else the channel anew."""
    own = {name: row[f"own_{name}"] for name in schema.TOUCH}
    if row["referrer"] and _is_by_referrer(own, row["referrer_host"], site):
        origin = origin_of(row["referrer"], "", site.hostnames, site.sources)
        touch = origin.touch._asdict()
        return {"referrer_host": origin.referrer_host, **touch, "channel": touch["channel"] or DIRECT}
    host = plain_host(row["referrer_host"])
    host = "" if is_own(host, site.hostnames) else host
    found = judged(own["source"], own["medium"], own["campaign"], host, site.sources)
    return {"channel": found.channel}


def _is_by_referrer(own: dict[str, str], referrer_host: str, site: PublishedSite) -> bool:
    """Say whether these values can have come from the referring host alone."""
    if any(own[name] for name in ("campaign", "content", "term", "click_id")):
        return False
    host = plain_host(referrer_host)
    network = network_of_host(host)
    names = {"", referrer_host.removeprefix("www."), *({network.name} if network else ())}
    return own["source"] in names | site.sources.names_of(host)


def _micros(moment: datetime) -> int:
    return micros(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def _table(changes: list[dict[str, Any]]) -> "pa.Table":
    import pyarrow as pa

    names = [name for name in changes[0] if name not in ("id", "occurred_at")]
    columns = {name: pa.array([change[name] for change in changes], pa.string()) for name in names}
    moments = [change["occurred_at"].replace(tzinfo=None) for change in changes]
    return pa.table(
        {
            "id": pa.array([change["id"] for change in changes], pa.string()),
            "occurred_at": pa.array(moments, pa.timestamp("us")),
            **columns,
        }
    )
