"""Checks of what comes in: where senders are, where places come from, whether the spool is emptied."""

import json
import time
from collections.abc import Iterator
from pathlib import Path

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from zoco.project import env
from zoco.project.health.findings import Finding, counted

DAY_MICROS = 86_400_000_000
TAKEN_LEAST, LOCAL_WARN = 100, 0.9
SPOOL_WARN_BYTES = 500_000_000


def addresses() -> Iterator[Finding]:
    """Visitors of the last day came from all over, not from one proxy of ours."""
    from zoco.collector.live.tallies import TAKEN
    from zoco.ledger.asking.statements.blanks import moment_sql
    from zoco.ledger.store import opening

    store = opening.store()
    since = moment_sql(time.time_ns() // 1_000 - DAY_MICROS, store.dialect)
    rows = store.query(
        f"select quantity, props from facts where name = '{TAKEN}' and occurred_at >= {since}"  # noqa: S608 - ours
    ).to_pylist()
    taken = sum(row["quantity"] for row in rows)
    local = sum(json.loads(row["props"]).get("local", 0) for row in rows)
    if taken < TAKEN_LEAST:
        return
    if local / taken < LOCAL_WARN:
        message = _("%(taken)s facts of the last day, %(local)s from local networks.")
        yield Finding("addresses", "ok", message % {"taken": counted(taken), "local": counted(local)})
        return
    message = _(
        "%(local)s of %(taken)s facts of the last day came from a local network: a proxy hides the senders."
    )
    yield Finding(
        "addresses",
        "warning",
        message % {"taken": counted(taken), "local": counted(local)},
        _("set ZOCO_TRUSTED_PROXIES to the networks of your proxies"),
    )


def places() -> Iterator[Finding]:
    """The operator's file of places, if there is one, can be read."""
    from zoco.collector.steps.places import PLACES, PlacesUnreadable, open_places

    if not PLACES():
        return
    try:
        kind = open_places(Path(PLACES())).metadata().database_type
    except PlacesUnreadable as error:
        message = _("The file of places cannot be read: %(error)s") % {"error": error}
        yield Finding("places", "warning", message, _("put a whole .mmdb file there, or empty ZOCO_PLACES"))
        return
    message = _("Places come from %(path)s (%(kind)s).") % {"path": PLACES(), "kind": kind}
    yield Finding("places", "ok", message)


def spool() -> Iterator[Finding]:
    """Facts do not pile up, and none was set aside."""
    from zoco.ledger.spool import SpoolFolder

    where = SpoolFolder(env.data() / "spool")
    aside, size = where.aside(), where.size()
    if aside:
        message = ngettext(
            "%(count)d file with refused lines was set aside in %(folder)s.",
            "%(count)d files with refused lines were set aside in %(folder)s.",
            len(aside),
        )
        places = {"count": len(aside), "folder": aside[0].parent}
        yield Finding("spool", "warning", message % places, _("read the reason files beside them"))
    if size > SPOOL_WARN_BYTES:
        message = _("%(size)d MB of facts wait to be loaded.") % {"size": size // 1_000_000}
        yield Finding("spool", "warning", message, _("see whether a worker leads the ledger"))
    elif not aside:
        message = _("%(size)d kB wait, nothing was set aside.") % {"size": size // 1000}
        yield Finding("spool", "ok", message)
