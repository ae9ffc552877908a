"""The API of reports: sites, reports, and answers by the same names as in a page's address; who is here now.

Whoever asks must be logged in and may see reports. Every refusal is {"error": {"code", "message"}}.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from ninja import NinjaAPI, Router
from ninja.errors import AuthenticationError, AuthorizationError, HttpError, ValidationError

from zoco.kit.periods import PeriodUnreadable
from zoco.kit.plugs import PlugUnknown
from zoco.ledger import apidoc, sitebook
from zoco.ledger.asking.ask import ask
from zoco.ledger.asking.filters import FilterWrong
from zoco.ledger.asking.now import NOW_MINUTES, people_now
from zoco.ledger.asking.question import Question, QuestionWrong
from zoco.ledger.pictures.sheets.export import FORMATS, Format, answer_json, export, report_dict, site_dict
from zoco.ledger.report import ParameterWrong, Report, ReportHidden, is_shown_to, report_for, reports_all
from zoco.ledger.sitebook import SiteUnknown
from zoco.ledger.store.base import QueryFailed, StoreBusy, StoreNewer

PERMISSION = "zoco_ledger.view_reports"
router = Router(tags=["reports"])
View = Callable[..., HttpResponseBase]


def refused(status: int, code: str, message: str) -> HttpResponse:
    """Return a refusal in the shape that every refusal has."""
    return _json({"error": {"code": code, "message": message}}, status=status)


def _json(value: Any, *, status: int = 200) -> HttpResponse:
    return HttpResponse(msgspec.json.encode(value), content_type="application/json", status=status)


def guarded(view: View) -> View:
    """Ask for the permission, and turn what can go wrong into a refusal."""

    @functools.wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return refused(401, "not_logged_in", "Log in first; nothing is shown to strangers.")
        if not request.user.has_perm(PERMISSION):
            return refused(403, "not_allowed", "Your account may not see reports; ask an owner for a role.")
        try:
            return view(request, *args, **kwargs)
        except (PlugUnknown, SiteUnknown) as error:
            return refused(404, "unknown", str(error))
        except ReportHidden as error:
            return refused(403, "not_allowed", str(error))
        except (QuestionWrong, FilterWrong, ParameterWrong, PeriodUnreadable) as error:
            return refused(422, "question_wrong", str(error))
        except (StoreBusy, StoreNewer) as error:
            return refused(503, "store_busy", str(error))
        except QueryFailed as error:
            return refused(503, "query_failed", str(error))

    return wrapped


@router.get("/v1/sites", **apidoc.SITES)
@guarded
def sites(request: HttpRequest) -> HttpResponseBase:
    """List the sites, the default one first."""
    return _json({"sites": [site_dict(site) for site in sitebook.sites()]})


@router.get("/v1/reports", **apidoc.REPORTS)
@guarded
def reports(request: HttpRequest) -> HttpResponseBase:
    """List the reports: what each answers, how it is computed, its columns and parameters."""
    return _json(
        {"reports": [report_dict(each) for each in reports_all() if is_shown_to(request.user, each)]}
    )


@router.get("/v1/reports/{key}", **apidoc.REPORT)
@guarded
def report(request: HttpRequest, key: str) -> HttpResponseBase:
    """Answer one report. CSV and Parquet hold all rows; JSON a page of them with the comparison."""
    chosen = report_for(request.user, key)
    given = {name: values for name, values in request.GET.lists() if name != "format"}
    format = request.GET.get("format", "json")
    if format not in FORMATS:
        return refused(422, "question_wrong", f"format is {format!r}; choose {', '.join(FORMATS)}.")
    question = Question.from_address(given, report=chosen)
    if format == "json":
        return HttpResponse(answer_json(ask(chosen, question)), content_type=FORMATS["json"])
    return _file(chosen, question, format)


@router.get("/v1/now", **apidoc.NOW)
@guarded
def now(request: HttpRequest) -> HttpResponseBase:
    """Count who is here now: people with a fact in the last minutes, on a site, under filters."""
    at = datetime.now(UTC)
    question = Question.from_address(request.GET, now=at)
    if unknown := next((name for name in request.GET if name != "site" and not name.startswith("f.")), ""):
        return refused(422, "question_wrong", f"now knows no {unknown!r}; there are: site and filters (f.…).")
    found = {"site": site_dict(question.site), "people": people_now(question, now=at)}
    return _json({**found, "minutes": NOW_MINUTES, "at": at.isoformat()})


def _file(report: Report, question: Question, format: Format) -> HttpResponseBase:
    pieces = export(report, question, format)
    response = StreamingHttpResponse(pieces, content_type=FORMATS[format])
    name = f"{report.key}_{question.site.slug}_{question.period.first}_{question.period.last}.{format}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def errors_shape(api: NinjaAPI) -> None:
    """Give refusals that come from the framework the same shape; whoever mounts the router calls it."""

    @api.exception_handler(AuthenticationError)
    def _unknown(request: HttpRequest, error: Any) -> HttpResponse:
        return refused(401, "not_logged_in", "Log in first; nothing is shown to strangers.")

    @api.exception_handler(AuthorizationError)
    def _forbidden(request: HttpRequest, error: Any) -> HttpResponse:
        return refused(403, "not_allowed", "Your account may not do this.")

    @api.exception_handler(ValidationError)
    def _invalid(request: HttpRequest, error: Any) -> HttpResponse:
        return refused(422, "question_wrong", "; ".join(str(each.get("msg", "")) for each in error.errors))

    @api.exception_handler(HttpError)
    def _other(request: HttpRequest, error: Any) -> HttpResponse:
        return refused(error.status_code, "refused", str(error))
