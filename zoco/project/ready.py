"""Make ready what a command or process stands on: Django, the tables, the file of sites."""

import fcntl
import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zoco.kit.commands import CommandFailed
from zoco.ledger.asking.others import PlugBroken
from zoco.project import folder

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper


class DataNewer(CommandFailed):
    """The database was written by a newer Zoco than this one."""


class DatabaseAway(CommandFailed):
    """The database does not answer."""


def django() -> None:
    """Prepare the data folder and set Django up; does nothing when it is set up already.

    Raises CommandFailed, also for a plug of others that cannot be imported.
    """
    from django.apps import apps

    if apps.ready:
        return
    folder.prepare()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zoco.project.settings")
    import django as package

    try:
        with _nothing_collected():
            package.setup()
    except PlugBroken as broken:
        raise CommandFailed(str(broken)) from broken


@contextmanager
def _nothing_collected() -> Iterator[None]:
    """Import without a search for garbage: what is imported stays, and looking takes a tenth of a start."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was_on:
            gc.enable()


def database() -> None:
    """Migrate an empty database and publish the sites where that was never done.

    Does nothing in a host project, which migrates by itself. Raises DataNewer, DatabaseAway.
    """
    from django.apps import apps
    from django.db import connection

    if not apps.is_installed("zoco.project"):
        return
    if _tables(connection) == []:
        migrate()
    from zoco.sites import services
    from zoco.sites.conf import published_path

    if not published_path().exists() and not missing():
        services.sites_publish()


def _tables(connection: "BaseDatabaseWrapper") -> list[str]:
    from django.db.utils import OperationalError

    try:
        return connection.introspection.table_names()
    except OperationalError as error:
        raise DatabaseAway(
            f"The database does not answer ({str(error).splitlines()[0]}); start it, or mend DATABASE_URL."
        ) from error


def missing() -> list[str]:
    """Return the migrations of this code that the database lacks. Raises DataNewer."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    _tables(connection)
    executor = MigrationExecutor(connection)
    loader = executor.loader
    known = set(loader.disk_migrations)
    strange = sorted(
        f"{app}.{name}"
        for app, name in loader.applied_migrations
        if app.startswith("zoco_") and (app, name) not in known
    )
    if strange:
        raise DataNewer(
            f"The database was written by a newer Zoco ({strange[0]} is unknown here); "
            "install that version again, or restore a backup of this one."
        )
    return [str(step) for step, _ in executor.migration_plan(loader.graph.leaf_nodes())]


def migrate() -> bool:
    """Bring the database up to date, one process at a time; return whether there was work to do."""
    from django.core.management import call_command

    with only_one("migrate"):
        if not missing():
            return False
        with _swaps_known():
            call_command("migrate", verbosity=0, interactive=False)
    return True


@contextmanager
def _swaps_known() -> Iterator[None]:
    """Keep which models a project may put others in place of; that does not change while tables do.

    Django asks for each reference of each step, and forgets the answer with each model that a step makes.
    """
    from django.apps import apps

    asked: Any = apps
    asked.get_swappable_settings_name = cache(apps.get_swappable_settings_name)
    try:
        yield
    finally:
        del asked.get_swappable_settings_name


@contextmanager
def only_one(name: str) -> Iterator[None]:
    """Wait for, then hold, a lock file in the data folder."""
    from zoco.project import env

    path: Path = env.data() / "tmp" / f"{name}.lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
