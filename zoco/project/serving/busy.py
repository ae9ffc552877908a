"""What is answered while the database is busy: 503, whether anything was changed, and what to do.

A form is whole or not at all, but a request may do more than one thing: so what it wrote is watched. Not
watched are files, letters that left, and facts that went straight into the spool.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from django.db import connections, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from zoco.kit.floods.busy import Busy
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
                held.enter_context(connections[alias].execute_wrapper(watch))
            return self.get_response(request)


class Watch:
    """Notes that something was written and committed."""

    has_changed = False

    def __call__(
        self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]
    ) -> Any:
        """Run a statement. What it wrote stays when its transaction does."""
        result = execute(sql, params, many, context)
        if not self.has_changed and sql.lstrip()[:6].upper() in _WRITES:
            connection = context["connection"]
            parts = set(connection.savepoint_ids)
            if not any(each[1] == self._note and each[0] == parts for each in connection.run_on_commit):
                transaction.on_commit(self._note, using=connection.alias)
        return result

    def _note(self) -> None:
        self.has_changed = True


def answer(request: HttpRequest, busy: Busy) -> HttpResponse:
    """Say that the database is busy, as a page or in the shape that whoever asks reads."""
    is_unchanged = not getattr(getattr(request, "zoco_watch", None), "has_changed", False)
    log.warning(
        "The database is busy. reason=%s method=%s path=%s unchanged=%s",
        busy.value,
        request.method,
        masked(request.path),
        is_unchanged,
    )
    response = _shaped(request, is_unchanged)
    response.headers["Retry-After"] = str(RETRY_SECONDS)
    response.headers["Cache-Control"] = "no-store"
    response.zoco_busy = busy.value  # type: ignore[attr-defined]
    response._has_been_logged = True  # type: ignore[attr-defined]
    return response


def _shaped(request: HttpRequest, is_unchanged: bool) -> HttpResponse:
    if request.path.startswith("/api/"):
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
