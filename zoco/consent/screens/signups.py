"""Pages of sign-up forms: all of them, one with its counts and code, the making with a live preview."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin

from zoco.consent.models import Topic
from zoco.consent.screens.opening import ADD_FORM, CHANGE_FORM, DELETE_FORM, SEE_FORMS, page
from zoco.consent.screens.signup_forms import SignupForm
from zoco.consent.screens.tongues import languages
from zoco.consent.signup.asking import text_of
from zoco.consent.signup.counting import ASKED, DAYS, OUTCOMES, TAKEN, outcomes_of
from zoco.consent.signup.guarding import hosts_of
from zoco.consent.signup.models import Form
from zoco.consent.signup.showing import code_of, fragment, plain_code_of, root, topics_of
from zoco.ledger.pictures import formats
from zoco.ledger.pictures.labels import language_name
from zoco.ledger.views.heads import no_site
from zoco.people.opening import for_whom
from zoco.sites.models import Site

UNDER = "zoco_consent_forms"
WELL = (TAKEN, ASKED, "confirmed", "asked_already")


@for_whom(SEE_FORMS)
def forms(request: HttpRequest) -> HttpResponse:
    """List the forms with what came of them lately."""
    rows = list(Form.objects.select_related("site").order_by("name", "pk"))
    counts = outcomes_of(rows, until=timezone.now().date())
    lines = [{"form": each, **_summed(counts[each.pk])} for each in rows]
    return page(
        request, "forms", _("Sign-up forms"), under=UNDER, lines=lines, days=DAYS,
        may_add=request.user.has_perm(ADD_FORM), is_topic_there=Topic.objects.exists(),
        is_site_there=Site.objects.exists(),
    )  # fmt: skip


def _summed(counts: dict[str, int]) -> dict[str, str]:
    refused = sum(count for outcome, count in counts.items() if outcome not in WELL)
    signed = counts.get(TAKEN, 0) + counts.get("confirmed", 0)
    asked = counts.get(ASKED, 0)
    return {"signed": formats.count(signed), "asked": formats.count(asked), "refused": formats.count(refused)}


@for_whom(SEE_FORMS)
def form(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a form: how it looks, the code for pages, and what became of its fillings."""
    found = get_object_or_404(Form.objects.select_related("site"), pk=pk)
    counts = outcomes_of([found], until=timezone.now().date())[found.pk]
    ends = [
        {"label": label, "count": formats.count(counts[outcome]), "is_well": outcome in WELL}
        for outcome, label in OUTCOMES.items()
        if outcome in counts
    ]
    chosen = request.GET.get("language", "")
    language = chosen if chosen in languages() else translation.get_language() or languages()[0]
    return page(
        request, "form", found.name, under=UNDER, form=found, ends=ends, days=DAYS,
        address=f"{root()}/f/{found.key}", code=code_of(found), hosts=", ".join(hosts_of(found.site_id)),
        plain=plain_code_of(found, language),
        language=language, languages=[(code, language_name(code)) for code in languages()],
        may_change=request.user.has_perm(CHANGE_FORM), may_delete=request.user.has_perm(DELETE_FORM),
    )  # fmt: skip


@for_whom(ADD_FORM, "GET", "HEAD", "POST")
def form_new(request: HttpRequest) -> HttpResponse:
    """Make a form."""
    site = Site.objects.order_by("pk").first()
    if site is None:
        return no_site(request, _("New form"))
    return _edited(request, Form(site=site), _("New form"))


@for_whom(CHANGE_FORM, "GET", "HEAD", "POST")
def form_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a form."""
    found = get_object_or_404(Form, pk=pk)
    return _edited(request, found, found.name)


def _edited(request: HttpRequest, found: Form, title: str) -> HttpResponse:
    is_old = found.pk is not None
    given = SignupForm(request.POST if request.method == "POST" else None, instance=found)
    if request.method == "POST" and given.is_valid():
        return redirect("zoco_consent_form", given.save().pk)
    return page(
        request, "form_edit", title, under=UNDER, status=422 if given.errors else 200, given=given,
        form=found if is_old else None, language=translation.get_language(),
        languages=[(code, language_name(code)) for code in languages()],
    )  # fmt: skip


@xframe_options_sameorigin
@for_whom(SEE_FORMS, "POST")
def preview(request: HttpRequest) -> HttpResponse:
    """Show a form as it is being made; nothing is kept."""
    key = request.POST.get("pk", "")
    held = Form.objects.filter(pk=int(key)).first() if key.isdecimal() and len(key) < 10 else None
    given = SignupForm(request.POST, instance=held or Form())
    given.is_valid()
    made = given.instance
    made.key = made.key or "form"
    chosen = request.POST.get("preview_language", "")
    language = chosen if chosen in languages() else languages()[0]
    return _previewed(request, made, language, list(given.cleaned_data.get("topics") or []))


@xframe_options_sameorigin
@for_whom(SEE_FORMS)
def form_preview(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a form as it is."""
    found = get_object_or_404(Form, pk=pk)
    chosen = request.GET.get("language", "")
    language = chosen if chosen in languages() else languages()[0]
    return _previewed(request, found, language, topics_of(found))


def _previewed(request: HttpRequest, made: Form, language: str, topics: list[Topic]) -> HttpResponse:
    with translation.override(language):
        values: dict[str, Any] = {
            "heading": text_of(made, "heading", language),
            "is_on": True,
            "is_preview": True,
            "fragment": fragment(made, language, topics=topics),
        }
        return render(request, "zoco/consent/signup/page.html", values)


@for_whom(CHANGE_FORM, "POST")
def form_act(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a form take sign-ups or not, or delete it; what people agreed to by it stays."""
    found = get_object_or_404(Form, pk=pk)
    match request.POST.get("act", ""):
        case "on" | "off" as word:
            found.is_on = word == "on"
            found.save(update_fields=["is_on"])
        case "delete" if request.user.has_perm(DELETE_FORM):
            found.delete()
            return redirect(UNDER)
    return redirect("zoco_consent_form", pk)
