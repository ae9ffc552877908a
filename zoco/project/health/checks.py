"""What can be wrong with an installation, and how to mend it. Each check gives findings.

Sentences are in the active language: English for the command, the reader's on pages.
"""

import os
import time
from collections.abc import Callable, Collection, Iterator
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from zoco.kit import conf
from zoco.kit.commands import CommandFailed, program
from zoco.kit.plugs import load_modules
from zoco.ledger.pictures import formats
from zoco.project import env, folder, ready
from zoco.project.health.confirmations import confirmations
from zoco.project.health.destinations import destinations
from zoco.project.health.exports import exports
from zoco.project.health.findings import Finding, counted
from zoco.project.health.intake import addresses, places, spool

CLOCK_WARN_SECONDS = 60.0
# Modules that declare settings and that a command does not import by itself.
DECLARING = (
    "zoco.project.serving.dispatch",
    "zoco.ledger.store.duckdb.leader",
    "zoco.sites.conf",
    "zoco.collector.steps.places",
    "zoco.monitor.exports.targets",
)


def findings(only: Collection[str] = ()) -> Iterator[Finding]:
    """Yield the findings of all checks, or of those named; one that cannot look says so as an error."""
    for check in CHECKS:
        if only and check.__name__ not in only:
            continue
        try:
            yield from check()
        except CommandFailed as failed:
            yield Finding(check.__name__, "error", str(failed))
        except Exception as error:
            yield Finding(
                check.__name__,
                "error",
                _("This could not be looked at: %(error)s") % {"error": f"{type(error).__name__}: {error}"},
            )


def data_folder() -> Iterator[Finding]:
    """The folder can be written and its keys are private."""
    where = folder.prepare()
    for private in (where / "keys", where / "keys" / "secret_key"):
        if private.exists() and private.stat().st_mode & 0o077:
            message = _("%(path)s can be read by others.") % {"path": private}
            yield Finding("data_folder", "error", message, f"chmod go= {private}")
            return
    if where.stat().st_mode & 0o077:
        message = _("%(path)s can be read by others.") % {"path": where}
        yield Finding("data_folder", "warning", message, f"chmod go= {where}")
        return
    yield Finding("data_folder", "ok", _("%(path)s can be written.") % {"path": where})


def settings() -> Iterator[Finding]:
    """Each setting that is given can be read."""
    load_modules(DECLARING)
    wrong = conf.wrong()
    yield from (Finding("settings", "error", message) for message in wrong)
    if not wrong:
        message = _("%(count)d settings can be read.") % {"count": len(conf.SETTINGS)}
        yield Finding("settings", "ok", message)


def disk() -> Iterator[Finding]:
    """There is space left."""
    where = env.data()
    if folder.disk_warning(where):
        message = _("Only %(count)d MB are free in the data folder.") % {
            "count": folder.free_bytes(where) // 1_000_000
        }
        yield Finding("disk", "warning", message, _("make room soon"))
    else:
        yield Finding("disk", "ok", _("There is space enough."))


def database() -> Iterator[Finding]:
    """The database answers and has the tables of this version."""
    from django.db import connection

    lacking = ready.missing()
    if lacking:
        message = ngettext(
            "The database lacks %(count)d change of this version.",
            "The database lacks %(count)d changes of this version.",
            len(lacking),
        ) % {"count": len(lacking)}
        yield Finding("database", "error", message, _("stop and start `zoco up`, or run `manage.py migrate`"))
    else:
        message = _("The %(name)s database answers and is up to date.") % {"name": connection.display_name}
        yield Finding("database", "ok", message)


def sites() -> Iterator[Finding]:
    """There is a site, and what collectors read of it is fresh."""
    from zoco.sites import published, reads
    from zoco.sites.conf import published_path

    count = len(reads.sites_with_parts())
    if not count:
        yield Finding(
            "sites", "warning", _("There is no site yet."), f"{program()} site add NAME --host HOST"
        )
        return
    age = time.time() - published.read(published_path()).published_at / 1e6
    if age > 7200:
        hours = round(age / 3600)
        said = ngettext(
            "Sites were last published %(hours)d hour ago.",
            "Sites were last published %(hours)d hours ago.",
            hours,
        )
        message = said % {"hours": hours}
        yield Finding("sites", "error", message, _("start `zoco up`"))
        return
    places = {"count": count, "minutes": round(age / 60)}
    said = ngettext(
        "%(count)d site, published %(minutes)d minutes ago.",
        "%(count)d sites, published %(minutes)d minutes ago.",
        count,
    )
    yield Finding("sites", "ok", said % places)


def salts() -> Iterator[Finding]:
    """Each site has today's key, without which its visits are refused."""
    from zoco.sites import published
    from zoco.sites.conf import published_path

    if not published_path().exists():
        return
    now = datetime.now(UTC)
    without = [
        site.name
        for site in published.read(published_path()).sites
        if now.astimezone(ZoneInfo(site.zone)).date().isoformat() not in site.salts
    ]
    if without:
        message = _("There is no key of today for: %(sites)s. Their visits are refused.")
        yield Finding(
            "salts", "error", message % {"sites": ", ".join(without)}, _("see whether a worker runs")
        )
    else:
        yield Finding("salts", "ok", _("Each site has the key of today."))


def worker() -> Iterator[Finding]:
    """A worker lives and its periodic work succeeds."""
    from django.utils import timezone

    from zoco.project.models import Turn
    from zoco.project.worker import beats

    living = beats.living(at=timezone.now())
    if living:
        yield Finding("worker", "ok", _("At work: %(count)d.") % {"count": len(living)})
    else:
        message = _("No worker runs: nothing happens in the background.")
        yield Finding("worker", "warning", message, _("start `zoco up`"))
    for turn in Turn.objects.exclude(failure=""):
        message = _("%(key)s failed last time: %(failure)s") % {"key": turn.key, "failure": turn.failure}
        yield Finding("worker", "error", message, _("see log/worker.log"))


def tasks() -> Iterator[Finding]:
    """No background task has failed for good."""
    from django_tasks_db.models import DBTaskResult

    failed = DBTaskResult.objects.failed().count()
    if failed:
        message = ngettext(
            "%(count)d background task has failed.", "%(count)d background tasks have failed.", failed
        )
        yield Finding("tasks", "warning", message % {"count": failed}, _("see log/worker.log"))
    else:
        waiting = DBTaskResult.objects.ready().count()
        yield Finding("tasks", "ok", _("Waiting: %(count)d; none has failed.") % {"count": waiting})


def ledger() -> Iterator[Finding]:
    """The ledger opens and answers."""
    from zoco.ledger.store import opening

    started = time.monotonic()
    store = opening.store()
    count = store.query("select count(*) as facts from facts")["facts"][0].as_py()
    spent = time.monotonic() - started
    message = ngettext(
        "%(count)s fact, answered by %(engine)s in %(seconds)s s.",
        "%(count)s facts, answered by %(engine)s in %(seconds)s s.",
        count,
    )
    yield Finding(
        "ledger",
        "ok",
        message % {"count": counted(count), "engine": store.dialect, "seconds": formats.decimal(spent, 2)},
    )


def clock() -> Iterator[Finding]:
    """Our clock is not behind what was written earlier."""
    newest = max((_written(path) for path in (env.data(), env.data() / "spool")), default=0.0)
    ahead = newest - time.time()
    if ahead > CLOCK_WARN_SECONDS:
        message = ngettext(
            "The clock is %(seconds)d second behind what was written before.",
            "The clock is %(seconds)d seconds behind what was written before.",
            round(ahead),
        ) % {"seconds": round(ahead)}
        yield Finding("clock", "error", message, _("set the clock, best by NTP"))
    else:
        now = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime())
        yield Finding("clock", "ok", _("It is %(time)s UTC.") % {"time": now})


def _written(where: Path) -> float:
    with os.scandir(where) as entries:
        return max((entry.stat().st_mtime for entry in entries), default=0.0)


CHECKS: tuple[Callable[[], Iterator[Finding]], ...] = (
    data_folder,
    settings,
    disk,
    database,
    sites,
    salts,
    worker,
    tasks,
    ledger,
    addresses,
    places,
    spool,
    exports,
    destinations,
    confirmations,
    clock,
)
