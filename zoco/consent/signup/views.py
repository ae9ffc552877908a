"""Public addresses of forms: their pages, what scripts ask for, and the filling itself. No cookie is set."""

import logging
from functools import cache
from pathlib import Path

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from zoco.consent.public.views import shown
from zoco.consent.signup import counting
from zoco.consent.signup.asking import TRAP, FillForm, text_of
from zoco.consent.signup.challenges import (
    BITS,
    SLOW_SECONDS,
    ChallengeWrong,
    TooQuick,
    challenge_check,
    challenge_make,
)
from zoco.consent.signup.filling import Filling, form_fill, is_asked
from zoco.consent.signup.guarding import browser_named, is_foreign, let, page_of, wants_json
from zoco.consent.signup.models import Form
from zoco.consent.signup.showing import fragment, root, topics_of
from zoco.kit import conf
from zoco.kit.floods.lines import line_wait
from zoco.kit.floods.pacing import Pace
from zoco.sites.clients import client_address
from zoco.sites.consenting.visitors import IdWrong, visitor_known
from zoco.sites.consenting.words import language_for

log = logging.getLogger(__name__)
PER_MINUTE = conf.declare(
    "FORMS_PER_MINUTE", 10, int, "How many sign-ups by one form an address may send in a minute."
)
SOURCE = Path(__file__).resolve().parent.parent / "static" / "zoco" / "consent" / "form.js"
OPEN = {"access-control-allow-origin": "*", "cross-origin-resource-policy": "cross-origin"}
pace = Pace()


@cache
def _script() -> bytes:
    return SOURCE.read_bytes()


@require_safe
def script(request: HttpRequest) -> HttpResponse:
    """Give the script for pages elsewhere."""
    headers = OPEN | {"cache-control": "public, max-age=3600", "x-content-type-options": "nosniff"}
    return HttpResponse(_script(), content_type="text/javascript; charset=utf-8", headers=headers)


@never_cache
@require_safe
def challenge(request: HttpRequest, key: str) -> HttpResponse:
    """Give a challenge to work on."""
    form = _form(key)
    made = challenge_make(form.key, at=timezone.now())
    return let(request, form.site_id, JsonResponse({"challenge": made, "bits": BITS}))


@never_cache
@require_safe
def fields(request: HttpRequest, key: str) -> HttpResponse:
    """Give the form as HTML, for a page of the site."""
    form = _form(key)
    counting.held.write(form.pk)
    language = language_for(request.GET.get("language", ""))
    return let(request, form.site_id, HttpResponse(fragment(form, language, base=root())))


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def form(request: HttpRequest, key: str) -> HttpResponse:
    """Show the form on a page of its own, or take a filling."""
    found = _form(key)
    if request.method != "POST":
        counting.held.write(found.pk)
        return _page(request, found, translation.get_language() or "en")
    language = language_for(request.POST.get("language", ""))
    with translation.override(language):
        response = _taken(request, found, language)
        counting.held.write(found.pk)
        return let(request, found.site_id, response)


def _form(key: str) -> Form:
    found = Form.objects.select_related("site").filter(key=key).first()
    if found is None:
        raise Http404(_("There is no such form."))
    return found


def _taken(request: HttpRequest, form: Form, language: str) -> HttpResponse:
    """Take a filling through all that may refuse it; each end is counted."""
    now, given = timezone.now(), request.POST
    if refused := _kept_out(request, form):
        return refused
    if given.get(TRAP):
        counting.outcome_note(form=form, outcome="honeypot", at=now)
        return _done(request, form, language, counting.ASKED)
    filled = FillForm(given, form=form, topics=topics_of(form), language=language)
    if not filled.is_valid():
        counting.outcome_note(form=form, outcome="fields", at=now)
        return _wrong(request, form, filled, language)
    proof = given.get("challenge", "")
    if not proof and not wants_json(request):
        return _second_step(request, form, filled)
    try:
        is_slow = challenge_check(proof, given.get("work", ""), form=form.key, at=now)
        filling = Filling(
            challenge=proof, language=language, text=text_of(form, "consent", language),
            page=page_of(request), way="script" if wants_json(request) else "page",
            known=_known(request, form), is_slow=is_slow,
        )  # fmt: skip
        outcome = form_fill(form=form, filled=filled, filling=filling, at=now)
    except TooQuick:
        counting.outcome_note(form=form, outcome="too_quick", at=now)
        return _second_step(request, form, filled, proof)
    except ChallengeWrong:
        words = _("This took too long, or was sent twice. Press the button once more.")
        counting.outcome_note(form=form, outcome="no_proof", at=now)
        if wants_json(request):
            return JsonResponse({"state": "later", "words": words, "is_stale": True}, status=422)
        return _second_step(request, form, filled)
    counting.outcome_note(form=form, outcome=outcome, at=now)
    said = counting.ASKED if is_asked(form=form, filled=filled, filling=filling) else counting.TAKEN
    return _done(request, form, language, said)


def _kept_out(request: HttpRequest, form: Form) -> HttpResponse | None:
    """Refuse whatever is not looked at: first of all what comes too often, which must cost least."""
    foreign = is_foreign(request, form.site_id)
    if line_wait(pace, client_address(request), f"{'foreign ' if foreign else ''}{form.pk}", PER_MINUTE()):
        words = _("Too many sign-ups; try again in a minute.")
        return _refused(request, form, counting.TOO_OFTEN, words, 429)
    if not form.is_on:
        return _refused(request, form, "off", _("This form takes no sign-ups now."), 410)
    if foreign:
        return _refused(request, form, "page", _("This form is not for this page."), 403)
    return None


def _refused(request: HttpRequest, form: Form, outcome: str, words: str, status: int) -> HttpResponse:
    counting.outcome_note(form=form, outcome=outcome, at=timezone.now())
    if wants_json(request):
        return JsonResponse({"state": "later", "words": words}, status=status)
    return shown(request, "signup/refused", status, words=words)


def _wrong(request: HttpRequest, form: Form, filled: FillForm, language: str) -> HttpResponse:
    if wants_json(request):
        errors = {name: " ".join(map(str, said)) for name, said in filled.errors.items()}
        return JsonResponse({"state": "wrong", "words": "", "errors": errors}, status=422)
    return _page(request, form, language, filled, status=422)


def _page(
    request: HttpRequest, form: Form, language: str, filled: FillForm | None = None, status: int = 200
) -> HttpResponse:
    return shown(
        request, "signup/page", status, heading=text_of(form, "heading", language), is_on=form.is_on,
        fragment=fragment(form, language, filled=filled),
    )  # fmt: skip


def _second_step(request: HttpRequest, form: Form, filled: FillForm, held: str = "") -> HttpResponse:
    """Ask for a second button, some seconds later, of whoever has no script."""
    kept = [(name, value) for name in (*filled.fields, "language") for value in request.POST.getlist(name)]
    made = held or challenge_make(form.key, at=timezone.now(), is_slow=True)
    return shown(request, "signup/second", 200, kept=kept, challenge=made, seconds=SLOW_SECONDS)


def _done(request: HttpRequest, form: Form, language: str, outcome: str) -> HttpResponse:
    """Say what comes next; it is the same whether somebody was on the list before, or left it, or not."""
    is_taken = outcome == counting.TAKEN
    words = (
        text_of(form, "thanks", language)
        if is_taken
        else _("Almost done: we sent you a letter. Open its link and confirm there.")
    )
    onward = form.onward if is_taken else ""
    if wants_json(request):
        return JsonResponse({"state": "taken" if is_taken else "asked", "words": words, "onward": onward})
    if onward:
        return HttpResponseRedirect(onward)
    return shown(request, "signup/done", 200, words=words, is_taken=is_taken)


def _known(request: HttpRequest, form: Form) -> int:
    """Return the browser that consented to be known, 0 for none and for one that asks for privacy."""
    who = browser_named(request)
    try:
        return visitor_known(site=form.site_id, who=who) if who else 0
    except IdWrong:
        return 0
