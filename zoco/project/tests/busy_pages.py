"""Pages that meet a database that is busy, or that goes away."""

import socket
from collections.abc import Callable
from contextlib import ExitStack, closing
from typing import Any

from django.contrib.auth.models import Group
from django.db import OperationalError, connection, connections, transaction
from django.db.backends.postgresql.base import DatabaseWrapper
from django.db.backends.sqlite3.base import DatabaseWrapper as SQLite
from django.http import HttpRequest, HttpResponse
from django.urls import path
from psycopg.errors import AdminShutdown

from zoco.trials.tests.test_busy import locked

TABLES = "auth_group", "django_session"
after_request = ExitStack()


def whole(request: HttpRequest) -> HttpResponse:
    """Change two things in one transaction."""
    with transaction.atomic():
        Group.objects.create(name="first")
        with transaction.atomic():
            Group.objects.create(name="second")
    return HttpResponse("kept")


def in_parts(request: HttpRequest) -> HttpResponse:
    """Change one thing, and have no more luck."""
    Group.objects.create(name="first")
    with locked(*TABLES):
        Group.objects.create(name="second")
    return HttpResponse("kept")


def rolled_back(request: HttpRequest) -> HttpResponse:
    """Change nothing that stays, and then have no luck."""
    try:
        with transaction.atomic():
            Group.objects.create(name="first")
            raise ValueError("think again")  # noqa: TRY301
    except ValueError:
        return whole_while_locked()


def whole_while_locked() -> HttpResponse:
    """Have no luck at once."""
    with locked(*TABLES):
        Group.objects.create(name="second")
    return HttpResponse("kept")


def remembered(request: HttpRequest) -> HttpResponse:
    """Change something; its session is not saved any more."""
    Group.objects.create(name="first")
    request.session["seen"] = "yes"
    after_request.enter_context(locked(*TABLES))
    return HttpResponse("kept")


def away(request: HttpRequest) -> HttpResponse:
    """Ask a PostgreSQL that nobody runs."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    given = {"HOST": "127.0.0.1", "PORT": str(port), "NAME": "zoco", "USER": "zoco", "PASSWORD": ""}
    with DatabaseWrapper(connection.settings_dict | given | {"OPTIONS": {"connect_timeout": 2}}).cursor():
        return HttpResponse("answered")


def commit_lost(request: HttpRequest) -> HttpResponse:
    """Commit, and not hear of it any more."""
    real: Any = connections["default"]
    keep = real._commit

    def lost() -> None:
        keep()
        raise OperationalError("gone") from AdminShutdown("gone")

    real._commit = lost
    try:
        with transaction.atomic():
            Group.objects.create(name="first")
    finally:
        del real._commit
    return HttpResponse("kept")


def insert_lost(request: HttpRequest) -> HttpResponse:
    """Write outside of a transaction, and not hear of it any more."""

    def lost(execute: Callable[..., Any], *given: Any) -> None:
        execute(*given)
        raise OperationalError("gone") from AdminShutdown("gone")

    with connection.execute_wrapper(lost):
        Group.objects.create(name="first")
    return HttpResponse("kept")


def lost_before_commit(request: HttpRequest) -> HttpResponse:
    """Lose the server while nothing is committed."""
    with transaction.atomic():
        return insert_lost(request)


def own(request: HttpRequest) -> HttpResponse:
    """Drop a table while the same connection reads it."""
    given = {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:", "OPTIONS": {}}
    with (
        closing(SQLite(connection.settings_dict | given)) as own,
        own.cursor() as first,
        own.cursor() as second,
    ):
        first.execute("CREATE TABLE word AS SELECT 1 AS one UNION SELECT 2")
        second.execute("SELECT one FROM word")
        second.fetchone()
        first.execute("DROP TABLE word")
    return HttpResponse("dropped")


def broken(request: HttpRequest) -> HttpResponse:
    """Ask for a table that there is not."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM nowhere")
    return HttpResponse("answered")


views: list[Callable[[HttpRequest], HttpResponse]] = [
    whole, in_parts, rolled_back, remembered, away, commit_lost, insert_lost, lost_before_commit, own, broken,
]  # fmt: skip
urlpatterns = [path(f"{place}{each.__name__}", each) for each in views for place in ("", "api/")]
handler400 = "zoco.project.serving.errors.refused"
handler500 = "zoco.project.serving.errors.failed"
