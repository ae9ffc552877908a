"""What is shown when there is no such page, or none can be made: in the reader's language."""

import sys

from django.contrib.sessions.exceptions import SessionInterrupted
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.views import defaults

from zoco.kit.floods.busy import busy_of, is_odd
from zoco.project.serving import busy


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 404."""
    with translation.override(translation.get_language_from_request(request)):
        response: HttpResponse = defaults.page_not_found(request, exception)
        response.headers["Content-Language"] = translation.get_language() or ""
    return response


def failed(request: HttpRequest) -> HttpResponse:
    """Answer 503 while the database is busy, else 500."""
    return _later(request, sys.exc_info()[1]) or defaults.server_error(request)


def refused(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 503 if a busy database did not take the session, else 400."""
    behind = _behind(exception) if isinstance(exception, SessionInterrupted) else None
    return _later(request, behind) or defaults.bad_request(request, exception)


def _later(request: HttpRequest, error: BaseException | None) -> HttpResponse | None:
    """Answer 503; None of an error that asking again does not heal."""
    if error is None or (found := busy_of(error)) is None:
        return None
    return busy.answer(request, found, odd=error if is_odd(error) else None)


def _behind(error: BaseException) -> BaseException | None:
    """Return what stands behind: Django says that the session was deleted, whatever the database said."""
    behind = error.__context__
    while behind is not None and busy_of(behind) is None:
        behind = behind.__context__
    return behind
