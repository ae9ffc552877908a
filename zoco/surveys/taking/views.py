"""Public addresses of surveys: their page, the same by the link of a letter, and answering. No cookie is set.

Looking changes nothing: scanners of mail open each link, also the one with a number chosen. POST answers.
"""

from __future__ import annotations

import logging

from django.db import OperationalError, router
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from zoco.consent.public.tokens import LinkWrong
from zoco.consent.signup.challenges import (
    BITS,
    SLOW_SECONDS,
    ChallengeWrong,
    TooQuick,
    challenge_check,
    challenge_make,
)
from zoco.consent.signup.guarding import browser_named, hosts_of, is_foreign, let, wants_json
from zoco.kit import conf
from zoco.kit.floods.counting import WAIT_SECONDS
from zoco.kit.floods.lines import line_wait, network
from zoco.kit.floods.pacing import Pace
from zoco.kit.floods.waiting import impatient
from zoco.ledger import sitebook
from zoco.people.models import NUMBER_BASE, Person
from zoco.sites.clients import client_address
from zoco.sites.consenting.words import language_for
from zoco.surveys.facts import shown as survey_shown
from zoco.surveys.models import Survey
from zoco.surveys.taking import counting
from zoco.surveys.taking.answering import AnsweredAlready, Answerer, SurveyClosed, response_take
from zoco.surveys.taking.asking import TRAP, WAYS, AnswerForm, text_of
from zoco.surveys.taking.showing import fragment, rendered
from zoco.surveys.taking.tickets import PER_DAY, TicketWrong, browsers, ticket_check, ticket_make
from zoco.surveys.taking.tokens import token_read
from zoco.trials.visiting import visiting

log = logging.getLogger(__name__)
PER_MINUTE = conf.declare(
    "SURVEYS_PER_MINUTE", 20, int, "How many answers to one survey an address may send in a minute."
)
pace = Pace()


@never_cache
@require_safe
def challenge(request: HttpRequest, key: str) -> HttpResponse:
    """Give a challenge to work on."""
    survey = _survey(key)
    made = challenge_make(_named(survey), at=timezone.now())
    return let(request, survey.site_id, JsonResponse({"challenge": made, "bits": BITS}))


@csrf_exempt
@never_cache
@require_POST
def shown(request: HttpRequest, key: str) -> HttpResponse:
    """Take a browser's word that somebody saw a survey, for the ticket that it gets if it sends none.

    Whoever nobody can tell apart counts for nobody. What is refused is counted, and nobody else is told.
    """
    survey = _survey(key)
    response = _seen(request, survey)
    counting.held.write(survey.pk)
    return let(request, survey.site_id, response)


def _seen(request: HttpRequest, survey: Survey) -> HttpResponse:
    now, ticket = timezone.now(), request.POST.get("ticket", "")
    foreign = is_foreign(request, survey.site_id)
    if survey.state != Survey.State.RUNNING:
        return HttpResponse(status=204)
    if _is_too_often(request, survey, "foreign sight" if foreign else "shown" if ticket else "ticket"):
        return _unseen(survey, "seen_pace")
    if foreign:
        return _unseen(survey, "seen_page")
    try:
        who = _answerer(request, survey, request.POST.get("t", ""))
        if ticket and not who.person:
            ticket_check(ticket, survey=survey.pk, who=who.who, at=now)
    except (LinkWrong, TicketWrong):
        return _unseen(survey, "seen_forged")
    if who.who and not who.person and not ticket:
        if not browsers.lets(f"{survey.pk} {network(client_address(request))}", who.who, PER_DAY()):
            return _unseen(survey, "seen_day")
        return JsonResponse({"ticket": ticket_make(survey=survey.pk, who=who.who, at=now)})
    return _sight(request, survey, who) if who.who else HttpResponse(status=204)


def _is_too_often(request: HttpRequest, survey: Survey, what: str) -> bool:
    return line_wait(pace, client_address(request), f"{what} {survey.pk}", PER_MINUTE()) > 0


def _sight(request: HttpRequest, survey: Survey, who: Answerer) -> HttpResponse:
    way = "letter" if who.person else request.POST.get("way", "")
    try:
        with impatient(router.db_for_write(Survey), WAIT_SECONDS):
            survey_shown(
                survey=survey, person=NUMBER_BASE | who.person if who.person else 0, visitor=who.visitor,
                known=who.known, way=way if way in ("page", "block", "letter") else "page",
                language=language_for(request.POST.get("language", "")), at=timezone.now(),
            )  # fmt: skip
    except OperationalError:
        log.warning("Who saw a survey is not known: the database is busy. survey=%s", survey.pk)
        return HttpResponse(status=503)
    return HttpResponse(status=204)


def _unseen(survey: Survey, outcome: str) -> HttpResponse:
    counting.outcome_note(survey=survey, outcome=outcome, at=timezone.now())
    return HttpResponse(status=204)


@never_cache
@require_safe
def letter(request: HttpRequest, key: str, token: str) -> HttpResponse:
    """Show a survey to whoever follows the link of his letter, with the number chosen that he clicked."""
    survey, now = _survey(key), timezone.now()
    try:
        invited = token_read(token, survey=survey.pk, on=now.date())
    except LinkWrong:
        return rendered(request, "wrong", 404, survey=survey)
    language = language_for(
        Person.objects.filter(pk=invited.person).values_list("language", flat=True)[0]
        or translation.get_language()
        or ""
    )
    return _page(request, survey, language, token=token)


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def survey(request: HttpRequest, key: str) -> HttpResponse:
    """Show a survey, or take an answer."""
    found = _survey(key)
    if request.method != "POST":
        return _page(request, found, language_for(translation.get_language() or ""))
    language = language_for(request.POST.get("language", ""))
    with translation.override(language):
        response = _taken(request, found, language)
        counting.held.write(found.pk)
        return let(request, found.site_id, response)


def _survey(key: str) -> Survey:
    """Return a survey that began; of drafts nobody outside is told."""
    with sitebook.everything():
        found = Survey.objects.filter(key=key[:33]).exclude(state=Survey.State.DRAFT).first()
    if found is None:
        raise Http404(_("There is no such survey."))
    return found


def _named(survey: Survey) -> str:
    """Return under which name of a form its challenges are made."""
    return f"survey-{survey.key}"


def _taken(request: HttpRequest, survey: Survey, language: str) -> HttpResponse:
    """Take an answer through all that may refuse it; each end is counted."""
    now, given = timezone.now(), request.POST
    foreign = is_foreign(request, survey.site_id)
    if _is_too_often(request, survey, "foreign answer" if foreign else "answer"):
        words = _("Too many answers; try again in a minute.")
        return _refused(request, survey, "pace", words, 429)
    if survey.state != Survey.State.RUNNING:
        return _refused(request, survey, "closed", _("This survey is closed."), 410)
    if foreign:
        return _refused(request, survey, "page", _("This survey is not for this page."), 403)
    if given.get(TRAP):
        counting.outcome_note(survey=survey, outcome="honeypot", at=now)
        return _done(request, survey, language)
    filled = AnswerForm(given, survey=survey, language=language)
    if not filled.is_valid():
        counting.outcome_note(survey=survey, outcome="fields", at=now)
        return _wrong(request, survey, filled, language)
    token = given.get("t", "")
    try:
        answerer = _answerer(request, survey, token)
    except LinkWrong:
        words = _("Your link does not hold any more. Open the survey without it.")
        return _refused(request, survey, "link", words, 403)
    return _kept(request, survey, language, filled, answerer)


def _answerer(request: HttpRequest, survey: Survey, token: str) -> Answerer:
    """Return who answers. Raises LinkWrong."""
    if token:
        return Answerer(person=token_read(token, survey=survey.pk, on=timezone.now().date()).person)
    hosts = hosts_of(survey.site_id)
    found = visiting(request, hosts[0], browser_named(request)) if hosts else None
    if found is None or found.site != survey.site_id:
        return Answerer()
    return Answerer(visitor=found.visitor, known=found.known)


def _kept(
    request: HttpRequest, survey: Survey, language: str, filled: AnswerForm, answerer: Answerer
) -> HttpResponse:
    """Keep an answer whose proof holds; whoever came by his letter has proved enough."""
    now, proof = timezone.now(), "" if answerer.person else request.POST.get("challenge", "")
    if not proof and not answerer.person and not wants_json(request):
        return _second_step(request, survey, filled)
    way = "letter" if answerer.person else request.POST.get("way", "")
    try:
        if not answerer.person:
            challenge_check(proof, request.POST.get("work", ""), form=_named(survey), at=now)
        response_take(
            survey=survey.pk, answers=filled.answers, answerer=answerer, language=language,
            way=way if way in WAYS and (way != "letter" or answerer.person) else "page",
            challenge=proof, named=_named(survey), at=now,
        )  # fmt: skip
    except TooQuick:
        counting.outcome_note(survey=survey, outcome="too_quick", at=now)
        return _second_step(request, survey, filled, proof)
    except ChallengeWrong:
        counting.outcome_note(survey=survey, outcome="no_proof", at=now)
        words = _("This took too long, or was sent twice. Press the button once more.")
        if wants_json(request):
            return JsonResponse({"state": "later", "words": words, "is_stale": True}, status=422)
        return _second_step(request, survey, filled)
    except AnsweredAlready:
        return _refused(request, survey, "twice", _("You answered already; your first answer counts."), 409)
    except SurveyClosed:
        return _refused(request, survey, "closed", _("This survey is closed."), 410)
    except OperationalError:  # the database is busy
        words = _("Your answer could not be kept just now; send it again in a minute.")
        return _later(request, words, 503)
    counting.outcome_note(survey=survey, outcome=counting.TAKEN, at=now)
    return _done(request, survey, language)


def _refused(request: HttpRequest, survey: Survey, outcome: str, words: str, status: int) -> HttpResponse:
    counting.outcome_note(survey=survey, outcome=outcome, at=timezone.now())
    return _later(request, words, status)


def _later(request: HttpRequest, words: str, status: int) -> HttpResponse:
    if wants_json(request):
        return JsonResponse({"state": "later", "words": words}, status=status)
    return rendered(request, "refused", status, words=words)


def _wrong(request: HttpRequest, survey: Survey, filled: AnswerForm, language: str) -> HttpResponse:
    if wants_json(request):
        errors = {name: " ".join(map(str, said)) for name, said in filled.errors.items()}
        return JsonResponse({"state": "wrong", "words": "", "errors": errors}, status=422)
    return _page(request, survey, language, filled=filled, token=request.POST.get("t", "")[:200], status=422)


def _page(
    request: HttpRequest,
    survey: Survey,
    language: str,
    *,
    token: str = "",
    filled: AnswerForm | None = None,
    status: int = 200,
) -> HttpResponse:
    is_open = survey.state == Survey.State.RUNNING
    with translation.override(language):
        asked = filled or AnswerForm(survey=survey, language=language, chosen=request.GET.dict())
        way = "letter" if token else "page"
        return rendered(
            request, "page", status, heading=text_of(survey, "heading", language), is_open=is_open,
            fragment=fragment(survey, language, way=way, token=token, filled=asked) if is_open else "",
        )  # fmt: skip


def _second_step(request: HttpRequest, survey: Survey, filled: AnswerForm, held: str = "") -> HttpResponse:
    """Ask for a second button, some seconds later, of whoever has no script."""
    kept = [
        (name, value) for name in (*filled.fields, "language", "way") for value in request.POST.getlist(name)
    ]
    made = held or challenge_make(_named(survey), at=timezone.now(), is_slow=True)
    return rendered(request, "second", 200, kept=kept, challenge=made, seconds=SLOW_SECONDS, survey=survey)


def _done(request: HttpRequest, survey: Survey, language: str) -> HttpResponse:
    words = text_of(survey, "thanks", language)
    if wants_json(request):
        return JsonResponse({"state": "taken", "words": words, "onward": ""})
    return rendered(request, "done", 200, words=words)
