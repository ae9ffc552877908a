"""What can be wrong with an installation, and how to mend it. Each check gives findings."""

import json
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from zoco.kit import conf
from zoco.kit.commands import CommandFailed, program
from zoco.kit.plugs import load_modules
from zoco.project import env, folder, ready

Level = Literal["ok", "warning", "error"]
DAY_MICROS = 86_400_000_000
TAKEN_LEAST, LOCAL_WARN = 100, 0.9
SPOOL_WARN_BYTES = 500_000_000
CLOCK_WARN_SECONDS = 60.0
# Modules that declare settings and that a command does not import by itself.
DECLARING = ("zoco.project.serving.dispatch", "zoco.ledger.store.duckdb.leader", "zoco.sites.conf")


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found. `mend` says what to do, "" when there is nothing to do."""

    check: str
    level: Level
    message: str
    mend: str = ""


def findings() -> Iterator[Finding]:
    """Yield the findings of all checks; one that cannot look says so as an error."""
    for check in CHECKS:
        try:
            yield from check()
        except CommandFailed as failed:
            yield Finding(check.__name__, "error", str(failed))
        except Exception as error:
            yield Finding(
                check.__name__, "error", f"This could not be looked at: {type(error).__name__}: {error}"
            )


def data_folder() -> Iterator[Finding]:
    """The folder can be written and its keys are private."""
    where = folder.prepare()
    for private in (where / "keys", where / "keys" / "secret_key"):
        if private.exists() and private.stat().st_mode & 0o077:
            yield Finding("data_folder", "error", f"{private} can be read by others.", f"chmod go= {private}")
            return
    if where.stat().st_mode & 0o077:
        yield Finding("data_folder", "warning", f"{where} can be read by others.", f"chmod go= {where}")
        return
    yield Finding("data_folder", "ok", f"{where} can be written.")


def settings() -> Iterator[Finding]:
    """Each setting that is given can be read."""
    load_modules(DECLARING)
    wrong = conf.wrong()
    yield from (Finding("settings", "error", message) for message in wrong)
    if not wrong:
        yield Finding("settings", "ok", f"{len(conf.SETTINGS)} settings can be read.")


def disk() -> Iterator[Finding]:
    """There is space left."""
    where = env.data()
    warning = folder.disk_warning(where)
    yield Finding("disk", "warning", warning) if warning else Finding("disk", "ok", "There is space enough.")


def database() -> Iterator[Finding]:
    """The database answers and has the tables of this version."""
    from django.db import connection

    lacking = ready.missing()
    if lacking:
        message = f"The database lacks {len(lacking)} changes of this version."
        yield Finding("database", "error", message, "stop and start `zoco up`, or run `manage.py migrate`")
    else:
        yield Finding("database", "ok", f"The {connection.display_name} database answers and is up to date.")


def sites() -> Iterator[Finding]:
    """There is a site, and what collectors read of it is fresh."""
    from zoco.sites import published, reads
    from zoco.sites.conf import published_path

    count = len(reads.sites_with_parts())
    if not count:
        yield Finding("sites", "warning", "There is no site yet.", f"{program()} site add NAME --host HOST")
        return
    age = time.time() - published.read(published_path()).published_at / 1e6
    if age > 7200:
        hours = round(age / 3600)
        yield Finding("sites", "error", f"Sites were last published {hours} hours ago.", "start `zoco up`")
    else:
        yield Finding("sites", "ok", f"{count} sites, published {round(age / 60)} minutes ago.")


def worker() -> Iterator[Finding]:
    """A worker lives and its periodic work succeeds."""
    from django.utils import timezone

    from zoco.project.models import Turn
    from zoco.project.worker import beats

    living = beats.living(at=timezone.now())
    if living:
        yield Finding("worker", "ok", f"{len(living)} at work.")
    else:
        yield Finding("worker", "warning", "No worker runs: nothing happens in the background.", "zoco up")
    for turn in Turn.objects.exclude(failure=""):
        yield Finding("worker", "error", f"{turn.key} failed last time: {turn.failure}", "see log/worker.log")


def tasks() -> Iterator[Finding]:
    """No background task has failed for good."""
    from django_tasks_db.models import DBTaskResult

    failed = DBTaskResult.objects.failed().count()
    if failed:
        yield Finding("tasks", "warning", f"{failed} background tasks have failed.", "see log/worker.log")
    else:
        yield Finding("tasks", "ok", f"{DBTaskResult.objects.ready().count()} wait, none has failed.")


def ledger() -> Iterator[Finding]:
    """The ledger opens and answers."""
    from zoco.ledger.store import opening

    started = time.monotonic()
    store = opening.store()
    count = store.query("select count(*) as facts from facts")["facts"][0].as_py()
    spent = time.monotonic() - started
    yield Finding("ledger", "ok", f"{count:,} facts, answered by {store.dialect} in {spent:.2f} s.")


def addresses() -> Iterator[Finding]:
    """Visitors of the last day came from all over, not from one proxy of ours."""
    from zoco.collector.live.tallies import TAKEN
    from zoco.ledger.blanks import moment_sql
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
        yield Finding("addresses", "ok", f"{taken:,} facts of the last day, {local:,} from local networks.")
        return
    message = (
        f"{local:,} of {taken:,} facts of the last day came from a local network: a proxy hides the senders."
    )
    yield Finding("addresses", "warning", message, "set ZOCO_TRUSTED_PROXIES to the networks of your proxies")


def spool() -> Iterator[Finding]:
    """Facts do not pile up, and none was set aside."""
    from zoco.ledger.spool import SpoolFolder

    where = SpoolFolder(env.data() / "spool")
    aside, size = where.aside(), where.size()
    if aside:
        message = f"{len(aside)} files with refused lines were set aside in {aside[0].parent}."
        yield Finding("spool", "warning", message, "read the reason files beside them")
    if size > SPOOL_WARN_BYTES:
        message = f"{size // 1_000_000} MB of facts wait to be loaded."
        yield Finding("spool", "warning", message, "see whether a worker leads the ledger")
    elif not aside:
        yield Finding("spool", "ok", f"{size // 1000} kB wait, nothing was set aside.")


def clock() -> Iterator[Finding]:
    """Our clock is not behind what was written earlier."""
    newest = max((_written(path) for path in (env.data(), env.data() / "spool")), default=0.0)
    ahead = newest - time.time()
    if ahead > CLOCK_WARN_SECONDS:
        message = f"The clock is {round(ahead)} seconds behind what was written before."
        yield Finding("clock", "error", message, "set the clock, best by NTP")
    else:
        yield Finding("clock", "ok", time.strftime("It is %Y-%m-%d %H:%M:%S UTC.", time.gmtime()))


def _written(where: Path) -> float:
    with os.scandir(where) as entries:
        return max((entry.stat().st_mtime for entry in entries), default=0.0)


CHECKS: tuple[Callable[[], Iterator[Finding]], ...] = (
    data_folder,
    settings,
    disk,
    database,
    sites,
    worker,
    tasks,
    ledger,
    addresses,
    spool,
    clock,
)
