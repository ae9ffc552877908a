"""The API of audiences: which there are, their size and members, and people put in and taken out by hand.

Whoever asks must see all sites and have the permission on audiences. Refusals have the shape of all others.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import msgspec
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase, JsonResponse
from django.utils import timezone
from ninja import Router, Schema

from zoco.kit.bodies import json_read
from zoco.ledger.api import refused
from zoco.ledger.apidoc import Refusal
from zoco.people.audiences import services
from zoco.people.audiences.bitmaps import unpacked
from zoco.people.audiences.models import Audience
from zoco.people.audiences.services import ADDED_MOST, AudienceWrong
from zoco.people.gathering.opening import CHANGE, SEE
from zoco.people.gathering.screens import members_note
from zoco.people.opening import sees_people
from zoco.sites.wording import said_again

router = Router(tags=["audiences"])
View = Callable[..., HttpResponseBase]
SIZE, SIZE_MOST = 1_000, 10_000
PEOPLE = {"type": "object", "properties": {"people": {"type": "array", "items": {"type": "integer"}}}}
BODY = {"requestBody": {"required": True, "content": {"application/json": {"schema": PEOPLE}}}}
REFUSED = {401: Refusal, 403: Refusal, 404: Refusal, 422: Refusal}


class AudienceShape(Schema):
    """An audience; `size` is as of `counted_at`, and `wrong` says why it could not be counted since."""

    id: int
    name: str
    note: str
    kind: str
    size: int
    counted_at: str | None
    wrong: str


class AudiencesShape(Schema):
    """All audiences by name."""

    audiences: list[AudienceShape]


class OneShape(AudienceShape):
    """One audience with its rules."""

    rules: dict[str, Any]


class MembersShape(Schema):
    """Numbers of people in order; `next` is what to give as `after` for those that follow, null for none."""

    audience: int
    size: int
    people: list[int]
    next: int | None


class Some(msgspec.Struct):
    """Numbers of people. Read after the permission was asked for, so that strangers learn nothing."""

    people: list[int]


class ChangedShape(Schema):
    """How many were put in, or taken out, and how many are in now."""

    changed: int
    size: int


def guarded(permission: str) -> Callable[[View], View]:
    """Ask for a permission, and turn what can go wrong into a refusal."""

    def wrap(view: View) -> View:
        @functools.wraps(view)
        def within(request: HttpRequest, *args: Any, **more: Any) -> HttpResponseBase:
            if not request.user.has_perm(permission) or not sees_people():
                words = "Your account, or key, may not do this to audiences; ask an owner for a role."
                return refused(403, "not_allowed", words)
            try:
                return view(request, *args, **more)
            except Http404:
                return refused(404, "unknown", "There is no such audience.")
            except AudienceWrong as wrong:
                return refused(422, "audience_wrong", str(wrong))

        return within

    return wrap


def _shape(audience: Audience) -> dict[str, Any]:
    return {
        "id": audience.pk,
        "name": audience.name,
        "note": audience.note,
        "kind": audience.kind,
        "size": audience.size,
        "counted_at": audience.counted_at.isoformat() if audience.counted_at else None,
        "wrong": said_again(audience.wrong, audience.wrong_places, is_english=True),
    }


def _audience(key: str) -> Audience:
    is_number = key.isascii() and key.isdigit() and len(key) < 19
    audience = Audience.objects.filter(pk=int(key)).first() if is_number else None
    if audience is None:
        raise Http404
    return audience


@router.get("/v1/audiences", response={200: AudiencesShape, **REFUSED}, summary="Audiences")
@guarded(SEE)
def audiences(request: HttpRequest) -> HttpResponseBase:
    """List the audiences by name."""
    rows = Audience.objects.defer("members", "rules").order_by("name", "pk")
    return JsonResponse({"audiences": [_shape(each) for each in rows]})


@router.get("/v1/audiences/{key}", response={200: OneShape, **REFUSED}, summary="An audience")
@guarded(SEE)
def audience(request: HttpRequest, key: str) -> HttpResponseBase:
    """Tell an audience's size and rules."""
    found = _audience(key)
    return JsonResponse({**_shape(found), "rules": found.rules})


@router.get("/v1/audiences/{key}/members", response={200: MembersShape, **REFUSED}, summary="Members")
@guarded(SEE)
def audience_members(request: HttpRequest, key: str, after: int = 0, size: int = SIZE) -> HttpResponseBase:
    """List the numbers of the people in it, in order; whoever asks for all goes on with `next`."""
    if not (0 <= after < 1 << 32 and 1 <= size <= SIZE_MOST):
        words = f"after is a number of a person, and size lies between 1 and {SIZE_MOST}."
        return refused(422, "question_wrong", words)
    found = _audience(key)
    people = unpacked(found.members)
    start = people.rank(after)
    some = list(people[start : start + size])
    following = some[-1] if some and start + size < len(people) else None
    return JsonResponse({"audience": found.pk, "size": found.size, "people": some, "next": following})


@router.post(
    "/v1/audiences/{key}/members/add",
    response={200: ChangedShape, **REFUSED},
    summary="Put people in",
    openapi_extra=BODY,
)
@guarded(CHANGE)
def audience_put(request: HttpRequest, key: str) -> HttpResponseBase:
    """Put people into an audience by hand; who is in already is no error."""
    return _changed(request, _audience(key), is_in=True)


@router.post(
    "/v1/audiences/{key}/members/remove",
    response={200: ChangedShape, **REFUSED},
    summary="Take people out",
    openapi_extra=BODY,
)
@guarded(CHANGE)
def audience_take(request: HttpRequest, key: str) -> HttpResponseBase:
    """Take people out of an audience by hand; who is not in is no error."""
    return _changed(request, _audience(key), is_in=False)


def _changed(request: HttpRequest, audience: Audience, *, is_in: bool) -> HttpResponseBase:
    try:
        some = json_read(request.body, Some)
    except msgspec.MsgspecError as error:
        return refused(422, "question_wrong", f'Write {{"people": [1, 2]}}: {error}')
    if len(some.people) > ADDED_MOST:
        return refused(422, "audience_wrong", f"At most {ADDED_MOST} people at once.")
    write = services.members_add if is_in else services.members_remove
    changed = write(audience=audience, people=some.people, at=timezone.now())
    if changed:
        members_note(request.user, audience, "joined" if is_in else "left", changed)
    audience.refresh_from_db()
    return JsonResponse({"changed": changed, "size": audience.size})
