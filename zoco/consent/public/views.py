"""The pages that letters link to. Looking changes nothing, for scanners of mail open each link; POST does."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.translation import get_language_info
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from zoco.consent.models import Topic
from zoco.consent.public.leaving import choice_withdraw, is_another, topic_leave
from zoco.consent.public.preferring import addresses_of, is_stopped, offered, preferences_save
from zoco.consent.public.renewing import link_renew
from zoco.consent.public.tokens import (
    Leaving,
    LinkOld,
    Links,
    LinkShared,
    LinkWrong,
    Preferring,
    is_recent,
    opened,
    preferences_opened,
    token_mark,
)
from zoco.consent.public.wishing import PAUSE_DAYS, often_save, pause_save, wished
from zoco.kit.periods import zones_offered
from zoco.people.editing import Hand, person_change
from zoco.people.models import Person
from zoco.people.standing import standing_for


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Ask with one button, or leave at once; the body is not read, so its size costs nothing."""
    now = timezone.now()
    try:
        leaving = opened(token, on=now.date())
    except LinkWrong:
        return shown(request, "link_wrong", 404)
    if is_another(leaving):
        return shown(request, "link_old", 410, is_lost=True)
    if request.method == "POST":
        topic_leave(leaving=leaving, at=now)
    page = "left" if request.method == "POST" else "leave"
    topic = Topic.objects.filter(key=leaving.topic).first() if leaving.topic else None
    with translation.override(_spoken(leaving)):
        values = {"topic": topic.said("label") if topic else leaving.topic}
        return shown(request, page, 200, **values, preferences=_way(leaving, token, now))


def _way(leaving: Leaving, token: str, now: datetime) -> str:
    """Return the address of this person's preferences; from a very old letter there is none."""
    key = standing_for(leaving.person) if is_recent(token, on=now.date()) else None
    if key is None:
        return ""
    person = Person.objects.only("created_at").get(pk=key)
    return Links(on=now.date(), base="/").preferences(person=person, message=leaving.message)


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: HttpRequest, token: str) -> HttpResponse:
    """Show what somebody gets, and let it be chosen anew, without a log-in."""
    now = timezone.now()
    try:
        preferring = preferences_opened(token, on=now.date())
    except LinkOld as old:
        return _old(request, old, now)
    except LinkWrong:
        return shown(request, "link_wrong", 404)
    if is_another(preferring):
        return shown(request, "link_old", 410, is_lost=True)
    key = standing_for(preferring.person)
    if key is None:
        return shown(request, "left", 200, topic="")
    is_saved = request.method == "POST"
    if is_saved:
        _save(request, Person.objects.get(pk=key), preferring, token, now)
    person = Person.objects.get(pk=key)
    language = language_of(person)
    with translation.override(language):
        return shown(
            request, "preferences", 200, is_saved=is_saved, topics=offered(key, language), zone=person.zone,
            addresses=[_masked(each.value) for each in addresses_of(key)], is_stopped=is_stopped(key),
            languages=[(code, get_language_info(code)["name_local"]) for code, _name in settings.LANGUAGES],
            language=language, wished=wished(person, at=now),
            zones=sorted({*zones_offered(), person.zone} - {""}),
        )  # fmt: skip


def _old(request: HttpRequest, old: LinkOld, now: datetime) -> HttpResponse:
    """Offer a new link, by a letter to the reader's own address; send it by POST."""
    meant, is_shared = old.meant, isinstance(old, LinkShared)
    if meant is not None and is_another(meant):
        return shown(request, "link_old", 410, is_lost=True)
    if meant is None:
        return shown(request, "link_old", 200 if is_shared else 410, is_shared=is_shared)
    with translation.override(language := _spoken(meant)):
        if request.POST.get("act") != "new":
            return shown(request, "link_old", 200 if is_shared else 410, is_shared=is_shared)
        key = standing_for(meant.person)
        if key is not None:
            link_renew(person=Person.objects.get(pk=key), language=language, at=now)
        return shown(request, "link_old", 200, is_sent=True, is_shared=is_shared)


def _save(request: HttpRequest, person: Person, preferring: Preferring, token: str, now: datetime) -> None:
    given = request.POST
    proof = {"form": "preferences", "token": token_mark(token), "language": language_of(person)}
    if preferring.message:
        proof["message"] = preferring.message
    fields = {}
    if given.get("language") in dict(settings.LANGUAGES) and given["language"] != language_of(person):
        fields["language"] = given["language"]
    if given.get("zone") in {"", *zones_offered(), person.zone}:
        fields["zone"] = given["zone"]
    if fields:
        person_change(person=person, fields=fields, attributes={}, hand=Hand(now, name="preferences"))
    act = given.get("act", "")
    if act == "nothing":
        choice_withdraw(person=person.pk, topic="", proof=proof, at=now)
    elif act == "save":
        preferences_save(
            person=person.pk, chosen=given.getlist("topic"), language=proof["language"], proof=proof, at=now
        )
        often_save(person=person.pk, often=given.get("often", ""), at=now)
    elif act in PAUSE_DAYS:
        pause_save(person=person.pk, days=PAUSE_DAYS[act], at=now)


def _masked(address: str) -> str:
    """Return an address so that whoever was handed the letter on does not learn it."""
    name, _at, host = address.rpartition("@")
    return f"{name[:1]}•••@{host}"


def _spoken(meant: Leaving | Preferring) -> str:
    """Return the language of whoever a link was made for; that of the browser where nobody is there."""
    key = standing_for(meant.person)
    person = Person.objects.only("language").filter(pk=key).first() if key is not None else None
    return language_of(person) if person else translation.get_language() or settings.LANGUAGE_CODE


def language_of(person: Person) -> str:
    """Return the language in which somebody is spoken to: his own if we speak it, else his browser's."""
    known = [code for code, _name in settings.LANGUAGES]
    said = person.language.casefold()
    for code in (said, said.partition("-")[0]):
        found = (
            next((each for each in known if each == code or each.startswith(f"{code}-")), "") if code else ""
        )
        if found:
            return found
    return translation.get_language() or known[0]


def shown(request: HttpRequest, page: str, status: int, **values: Any) -> HttpResponse:
    """Render a page that no search engine keeps and that tells nobody where its reader came from."""
    response = render(request, f"zoco/consent/{page}.html", values, status=status)
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Content-Language"] = translation.get_language() or settings.LANGUAGE_CODE
    return response
