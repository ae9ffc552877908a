"""OFREP for pages: `POST /ofrep/v1/evaluate/flags[/KEY]`, and the script of pages. No cookie, no log-in.

Who asks is told by the collector's own pseudonym and, with consent, the id of its cookie, which is sent as
targeting key; any other targeting key is not looked at. So a page is told the arm that its facts count for,
and nobody asks for somebody else's.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from zoco.kit import conf
from zoco.kit.floods.lines import line_wait
from zoco.kit.floods.pacing import Pace
from zoco.ledger import sitebook
from zoco.sites.clients import client_address
from zoco.trials.deciding import Decision, decided
from zoco.trials.designs import KEY
from zoco.trials.flags.audiences import is_in_kept
from zoco.trials.flags.evaluating import evaluated
from zoco.trials.flags.models import Flag
from zoco.trials.models import Trial
from zoco.trials.remote import answers
from zoco.trials.remote.answers import FLAGS_MOST, AskedWrong
from zoco.trials.visiting import Visiting, visiting

PER_MINUTE = conf.declare(
    "TRIALS_PER_MINUTE", 600, int, "How often an address may ask for arms of trials from pages in a minute."
)
NEW_PER_MINUTE = conf.declare(
    "TRIALS_NEW_PER_MINUTE",
    60,
    int,
    "How many new browsers of an address a bandit deals an arm in a minute; others get the control, and do "
    "not count. Anybody can invent ids of browsers.",
)
SOURCE = Path(__file__).resolve().parent.parent / "static" / "zoco" / "trials" / "trials.js"
# As the collector lets any page send facts.
# Of what has not begun nobody outside is told: its arms may be a surprise.
UNASKED = (Trial.State.DRAFT, Trial.State.ARCHIVED)
OPEN = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag, Retry-After",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Cache-Control": "no-store",
}
PREFLIGHT = OPEN | {
    "Access-Control-Allow-Methods": "POST, OPTIONS",
    "Access-Control-Allow-Headers": "content-type, if-none-match",
    "Access-Control-Max-Age": "86400",
}
pace = Pace()


@require_safe
def script(request: HttpRequest) -> HttpResponse:
    """Give the script."""
    headers = {
        "Access-Control-Allow-Origin": "*",
        "Cross-Origin-Resource-Policy": "cross-origin",
        "Cache-Control": "public, max-age=3600",
        "X-Content-Type-Options": "nosniff",
    }
    return HttpResponse(_script(), content_type="text/javascript; charset=utf-8", headers=headers)


@cache
def _script() -> bytes:
    return SOURCE.read_bytes()


@csrf_exempt
def flags(request: HttpRequest) -> HttpResponse:
    """Answer which arms of all trials of the page's site its browser gets."""
    return _answered(request)


@csrf_exempt
def flag(request: HttpRequest, key: str) -> HttpResponse:
    """Answer which arm of one trial it gets."""
    return _answered(request, key)


def _answered(request: HttpRequest, key: str = "") -> HttpResponse:
    if request.method == "OPTIONS":
        return HttpResponse(status=204, headers=PREFLIGHT)
    if request.method != "POST":
        return HttpResponse(status=405, headers=OPEN | {"Allow": "POST, OPTIONS"})
    seconds = line_wait(pace, client_address(request), "", PER_MINUTE())
    if seconds:
        answer = answers.late(seconds)
    else:
        try:
            answer = _told(request, key)
        except AskedWrong as error:
            answer = answers.wrong(error, key)
    for name, value in OPEN.items():
        answer.headers[name] = value
    return answer


def _told(request: HttpRequest, key: str) -> HttpResponse:
    said = answers.asked(request)
    host = page_host(request)
    browser = visiting(request, host, said.targeting)
    if browser is None:
        raise AskedWrong("GENERAL", "No site has the host of this page.", 404 if key else 400)
    props = {"host": host.partition(":")[0].lower(), "language": _language(request)} | said.props
    is_in = is_in_kept()
    with sitebook.everything():  # a page asks for whoever looks at it
        return found_of(
            request, key,
            Trial.objects.filter(site=browser.site, is_public=True).exclude(state__in=UNASKED),
            Flag.objects.filter(site=browser.site, is_public=True),
            lambda trial: _decided(request, trial, browser),
            lambda each: evaluated(each, browser.unit_of(each), props, is_in),
        )  # fmt: skip


def found_of(
    request: HttpRequest,
    key: str,
    trials: QuerySet[Trial],
    flags: QuerySet[Flag],
    decide: Callable[[Trial], Decision],
    evaluate: Callable[[Flag], Decision],
) -> HttpResponse:
    """Answer with one trial or flag, by its key, or with all. Raises AskedWrong."""
    if not key:
        told = [decide(each) for each in told_of(trials.order_by("id"))]
        told += [evaluate(each) for each in flags.order_by("id")[:FLAGS_MOST]]
        return answers.many(request, told)
    is_key = KEY.fullmatch(key) is not None  # PostgreSQL takes no NUL
    trial = trials.filter(key=key).first() if is_key else None
    if trial is not None:
        return answers.one(decide(trial))
    flag = flags.filter(key=key).first() if is_key else None
    if flag is None:
        raise AskedWrong("FLAG_NOT_FOUND", answers.NO_SUCH, 404)
    return answers.one(evaluate(flag))


def _language(request: HttpRequest) -> str:
    """Return the first language that a browser asks for, such as es."""
    return request.headers.get("accept-language", "")[:35].partition(",")[0].partition("-")[0].strip().lower()


def told_of(trials: QuerySet[Trial]) -> list[Trial]:
    """Return the trials that all flags are of: those that run, or ended with an arm for everybody."""
    rows = list(trials.exclude(state__in=UNASKED)[: FLAGS_MOST * 5])
    return [each for each in rows if each.state == Trial.State.RUNNING or each.outcome_arm][:FLAGS_MOST]


def page_host(request: HttpRequest) -> str:
    """Return the host of the page that asks: by Origin, by Referer, else the host that was asked."""
    for name in ("Origin", "Referer"):
        try:
            host = urlsplit(request.headers.get(name, "")[:2_000]).netloc
        except ValueError:
            host = ""
        if host:
            return host
    return request.get_host()


def arm_on_page(request: HttpRequest, key: str) -> tuple[str, bool]:
    """Return which arm a page made by ourselves shows, and whether its reader counts; "" for no trial."""
    browser: Visiting | None = visiting(request, request.get_host(), request.COOKIES.get("zoco_id", ""))
    if not KEY.fullmatch(key):
        return "", False
    with sitebook.everything():
        found = Trial.objects.filter(key=key).exclude(state__in=UNASKED)
        trial = found.filter(site=browser.site).first() if browser else None
    if trial is None or browser is None:
        return "", False
    decision = _decided(request, trial, browser)
    return decision.arm, decision.counts


def _decided(request: HttpRequest, trial: Trial, browser: Visiting) -> Decision:
    """Return what a browser gets; an address fills no bandit with browsers that it invents."""
    return decided(
        trial,
        browser.unit_of(trial),
        timezone.now(),
        lambda: not line_wait(pace, client_address(request), f"new {trial.pk}", NEW_PER_MINUTE()),
        is_page=True,
    )
