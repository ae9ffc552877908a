"""What is answered while the database is busy: 503, whether anything was changed, and what to do.

A form is whole or not at all, but a request may do more than one thing: so what it wrote is watched. Not
watched are files, letters that left, and facts that went straight into the spool.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from django.db import Error, InterfaceError, OperationalError, connections, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from zoco.kit.floods.busy import Busy, busy_of
from zoco.ledger.api import refused
from zoco.project.health.lines import masked

log = logging.getLogger(__name__)
RETRY_SECONDS = 5
SAFE = ("GET", "HEAD", "OPTIONS")
_WRITES = ("INSERT", "UPDATE", "DELETE")
_TO_PROGRAMS = {
    True: "The database is busy. Nothing was changed; send the same again in a few seconds.",
    False: "The database is busy. Part of this may have been kept: look before you send it again.",
}


class Watched:
    """The innermost middleware: see whether a request changed something that stays."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Watch whatever may change something."""
        if request.method in SAFE:
            return self.get_response(request)
        watch = Watch()
        request.zoco_watch = watch  # type: ignore[attr-defined]
        with ExitStack() as held:
            for alias in connections:
                held.enter_context(watch.over(connections[alias]))
            return self.get_response(request)


class Watch:
    """Notes that something was written that stays, or may: of a lost COMMIT nobody knows what became."""

    may_have_changed = False

    def __init__(self) -> None:
        self._marks: dict[str, tuple[list[Any] | None, set[str] | None]] = {}

    @contextmanager
    def over(self, connection: Any) -> Iterator[None]:
        """Watch a connection, and its COMMIT, which no wrapper of statements sees."""
        before = vars(connection).get("commit")
        commit = connection.commit

        def committing() -> None:
            """Take what was written for kept once COMMIT is sent: it may be done and not be answered."""
            if any(func == self._note for _parts, func, *_rest in connection.run_on_commit):
                self._note()
            commit()

        connection.commit = committing
        try:
            with connection.execute_wrapper(self):
                yield
        finally:
            if before is None:
                del connection.commit
            else:
                connection.commit = before

    def __call__(
        self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]
    ) -> Any:
        """Run a statement. What it wrote stays when its transaction does."""
        if self.may_have_changed or sql.lstrip()[:6].upper() not in _WRITES:
            return execute(sql, params, many, context)
        connection = context["connection"]
        if connection.in_atomic_block:
            self._mark(connection)
            return execute(sql, params, many, context)
        try:
            result = execute(sql, params, many, context)
        except Error as error:
            self.may_have_changed = many or busy_of(error) is Busy.AWAY or _is_unknown(error)
            raise
        self._note()
        return result

    def _mark(self, connection: Any) -> None:
        """Have Django forget what is rolled back: a mark lives as long as its savepoints.

        The list of marks is another one after each rollback; only then is it searched.
        """
        parts = {each for each in connection.savepoint_ids if each}
        marks, marked = self._marks.get(connection.alias, (None, None))
        if marks is not connection.run_on_commit:
            held = (each[0] - {None} for each in connection.run_on_commit if each[1] == self._note)
            marked = next((each for each in held if each <= parts), None)
        if marked is None or not marked <= parts:
            transaction.on_commit(self._note, using=connection.alias)
            marked = parts
        self._marks[connection.alias] = connection.run_on_commit, marked

    def _note(self) -> None:
        self.may_have_changed = True


def _is_unknown(error: Error) -> bool:
    """Say whether the database did not answer what became of a statement."""
    return isinstance(error, OperationalError | InterfaceError) and busy_of(error) is None


def answer(request: HttpRequest, busy: Busy, *, odd: BaseException | None = None) -> HttpResponse:
    """Say that the database is busy, as a page or in the shape that whoever asks reads.

    The traceback of an odd error is logged.
    """
    is_unchanged = not getattr(getattr(request, "zoco_watch", None), "may_have_changed", False)
    log.warning(
        "The database is busy. reason=%s method=%s path=%s unchanged=%s",
        busy.value,
        request.method,
        masked(request.path),
        is_unchanged,
        exc_info=odd,
    )
    response = _shaped(request, is_unchanged)
    response.headers["Retry-After"] = str(RETRY_SECONDS)
    response.headers["Cache-Control"] = "no-store"
    response.zoco_busy = busy.value  # type: ignore[attr-defined]
    response._has_been_logged = True  # type: ignore[attr-defined]
    return response


def _shaped(request: HttpRequest, is_unchanged: bool) -> HttpResponse:
    if request.path_info.startswith("/api/"):
        return refused(503, "busy", _TO_PROGRAMS[is_unchanged])
    with translation.override(translation.get_language_from_request(request)):
        words = words_of(request.method or "", is_unchanged)
        if request.headers.get("Accept", "").startswith("application/json"):  # the script of forms shows it
            error = {"code": "busy", "message": words}
            response: HttpResponse = JsonResponse({"state": "later", "words": words, "error": error})
        else:
            response = HttpResponse(render_to_string("503.html", {"words": words}))
        response.headers["Content-Language"] = translation.get_language() or ""
    response.status_code = 503
    return response


def words_of(method: str, is_unchanged: bool) -> str:
    """Say what was done and what to do."""
    if method in SAFE:
        return _("Nothing is lost. Open this page again in a few seconds.")
    if is_unchanged:
        return _(
            "Nothing was changed. Send it again in a few seconds: reload this page, or go back, where what "
            "you typed still stands."
        )
    return _("Part of it may have been kept. Go back and look at what is there before you send it again.")
