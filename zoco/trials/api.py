"""OFREP for programs with a key, under `/api/ofrep/…`, and what they tell: which persons saw their arm.

A targeting key is a person's number here. Programs never say the arm of whoever saw one: it is worked out.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Router, Schema

from zoco.kit.periods import micros
from zoco.ledger import sitebook
from zoco.ledger.api import refused
from zoco.ledger.apidoc import Refusal
from zoco.ledger.sitebook import SiteUnknown
from zoco.trials import facts
from zoco.trials.choices import Unit
from zoco.trials.deciding import Decision, dealt_arm, dealt_kept, decided
from zoco.trials.designs import KEY
from zoco.trials.flags.audiences import is_in_kept, ledger_number, those_there
from zoco.trials.flags.evaluating import evaluated
from zoco.trials.flags.models import Flag
from zoco.trials.keeping.services import is_busy
from zoco.trials.models import Trial
from zoco.trials.remote import answers
from zoco.trials.remote.answers import Asked, AskedWrong
from zoco.trials.remote.views import found_of

router = Router(tags=["trials"])
SEE, TELL = "zoco_trials.view_trial", "zoco_trials.tell_trial"
UNITS_MOST = 1_000
BUSY = "The database is busy: others are writing. Nothing was recorded; send the same again in a minute."


class FlagShape(Schema):
    """A trial or flag, as OFREP tells it."""

    key: str
    value: str | float | bool
    variant: str
    reason: str
    metadata: dict[str, bool]


class Flags(Schema):
    """All that the site tells."""

    flags: list[FlagShape]


class WrongShape(Schema):
    """Why OFREP was refused."""

    errorCode: str = ""
    errorDetails: str
    key: str = ""


class ShownShape(Schema):
    """How many were told of, and how many numbers are of nobody."""

    recorded: int
    unknown: int


OFREP_REFUSED: dict[int, Any] = {
    400: WrongShape, 401: Refusal, 403: Refusal, 404: WrongShape, 413: WrongShape, 429: Refusal,
    503: WrongShape,
}  # fmt: skip
SHOWN_REFUSED = dict.fromkeys((401, 403, 404, 413, 422, 429, 503), Refusal)


class Shown(msgspec.Struct):
    """Persons who saw their arm, by number."""

    persons: list[int]


@router.post(
    "ofrep/v1/evaluate/flags",
    response={200: Flags, 304: None, **OFREP_REFUSED},
    summary="Arms of all trials of a site, as OFREP",
    url_name="ofrep",
)
def flags(request: HttpRequest, site: str = "") -> HttpResponse:
    """Evaluate all flags of a site for the targeting key, a person's number; see the OFREP specification."""
    return _answered(request, site)


@router.post(
    "ofrep/v1/evaluate/flags/{key}",
    response={200: FlagShape, **OFREP_REFUSED},
    summary="Arm of one trial, as OFREP",
    url_name="ofrep_one",
)
def flag(request: HttpRequest, key: str, site: str = "") -> HttpResponse:
    """Evaluate one flag."""
    return _answered(request, site, key)


def _answered(request: HttpRequest, site: str, key: str = "") -> HttpResponse:
    if (no := _refused(request, SEE)) is not None:
        return no
    try:
        return _told(answers.asked(request), request, site, key)
    except SiteUnknown as error:
        return answers.wrong(AskedWrong("GENERAL", str(error), 404), key)
    except AskedWrong as error:
        return answers.wrong(error, key)
    except OperationalError as error:
        if not is_busy(error):
            raise
        return answers.wrong(AskedWrong("GENERAL", BUSY, 503), key)


def _told(said: Asked, request: HttpRequest, site: str, key: str) -> HttpResponse:
    # A provider of OpenFeature cannot say more in the address than where it begins: its context may.
    where = sitebook.site(site or said.props.get("site", "")).id
    unit, is_in = said.targeting, is_in_kept()

    def decide(trial: Trial) -> Decision:
        if key and trial.unit == Unit.PERSON and not unit:
            raise AskedWrong("TARGETING_KEY_MISSING", "The targeting key is the number of a person.")
        person = _person(trial, unit)
        if trial.keeps_units and person and not those_there([person]):
            person = 0  # it is kept who was dealt: of numbers that are of nobody nothing is
        return decided(trial, ledger_number(person) if person else 0, timezone.now())

    return found_of(
        request, key,
        Trial.objects.filter(site=where).exclude(state=Trial.State.ARCHIVED),
        Flag.objects.filter(site=where),
        decide,
        lambda flag: evaluated(flag, _person(flag, unit), said.props, is_in),
    )  # fmt: skip


@router.post(
    "trials/{key}/shown",
    response={200: ShownShape, **SHOWN_REFUSED},
    summary="Tell which persons saw their arm",
    url_name="trial_shown",
)
def shown(request: HttpRequest, key: str, site: str = "") -> HttpResponse:
    """Record that persons saw the arm that they are dealt; whoever is not in the trial is left out.

    The same person counts once, however often it is told. Numbers that are of nobody are refused; `unknown`
    says how many those were.
    """
    if (no := _refused(request, TELL)) is not None:
        return no
    if len(request.body) > answers.BODY_BYTES * 2:
        return refused(413, "too_large", "Tell of fewer persons at once.")
    try:
        told = msgspec.json.decode(request.body, type=Shown)
        trial = _running(sitebook.site(site).id, key)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        return refused(422, "body_wrong", f"The request cannot be read: {error}.")
    except SiteUnknown as error:
        return refused(404, "unknown", str(error))
    if trial is None:
        return refused(404, "unknown", "No trial of persons with this key runs on this site.")
    if len(told.persons) > UNITS_MOST:
        return refused(422, "too_many", f"Tell of at most {UNITS_MOST} persons at once.")
    if not all(0 < each < 1 << 63 for each in told.persons):
        return refused(422, "body_wrong", "Persons are told by their numbers.")
    there = those_there(sorted(set(told.persons)))
    now = timezone.now()
    try:
        seen = _dealt(trial, [ledger_number(each) for each in sorted(there)], now)
        count = facts.shown(trial=key, seen=seen, at=now, site=trial.site_id, kind="program", number=trial.pk)
    except OperationalError as error:
        if not is_busy(error):
            raise
        return refused(503, "busy", BUSY)
    said = {"recorded": count, "unknown": len(set(told.persons) - there)}
    return HttpResponse(msgspec.json.encode(said), content_type="application/json")


def _dealt(trial: Trial, persons: list[int], now: datetime) -> list[tuple[int, str]]:
    """Return persons, by the ledger's number, who are in the trial, with their arms."""
    if trial.keeps_units:
        return sorted(dealt_kept(trial, persons, micros(now)).items())
    dealt = [(each, dealt_arm(trial, each)) for each in persons]
    return [(person, arm) for person, arm in dealt if arm]


def _running(site: int, key: str) -> Trial | None:
    if not KEY.fullmatch(key):
        return None
    found = Trial.objects.filter(site=site, key=key, state=Trial.State.RUNNING, unit=Unit.PERSON)
    return found.first()


def _person(trial: Trial | Flag, unit: str) -> int:
    """Return who is dealt: in trials of persons their number, else nobody. Raises AskedWrong."""
    if trial.unit != Unit.PERSON or not unit:
        return 0
    if not (unit.isascii() and unit.isdigit()) or len(unit) > 19 or not 0 < int(unit) < 1 << 63:
        raise AskedWrong("INVALID_CONTEXT", "The targeting key is the number of a person.")
    return int(unit)


def _refused(request: HttpRequest, permission: str) -> HttpResponse | None:
    user: Any = request.user
    if not user.is_authenticated:
        return refused(401, "not_logged_in", "Log in first; nothing is shown to strangers.")
    if not user.has_perm(permission):
        return refused(403, "not_allowed", "Your account may not do this with trials; ask an owner.")
    return None
