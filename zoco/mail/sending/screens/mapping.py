"""Clicks laid over a letter, and the letter of a sending as it left."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.html import escape
from django.utils.translation import gettext as _

from zoco.kit.said import Said
from zoco.ledger.pictures.labels import language_name
from zoco.mail.editing.prints import Print
from zoco.mail.editing.screens.previewing import sheet
from zoco.mail.editing.seeing import letter_seen, page_in
from zoco.mail.editing.wrongs import words_of
from zoco.mail.letters.drafts import Draft
from zoco.mail.sending.freezing import drafts_of, thawed
from zoco.mail.sending.models import REST, Leg, Sending
from zoco.mail.sending.reports.mapping import Mapped, mapped_leg, mapped_print, page_mapped
from zoco.mail.sending.reports.rows import cell
from zoco.mail.sending.reports.scopes import arm_label
from zoco.mail.sending.screens.frame import SEE, page
from zoco.people.opening import for_whom


@for_whom(SEE)
def clicks(request: HttpRequest, kind: str, key: int, language: str) -> HttpResponse:
    """Show a letter with what was followed in it, and the same as a list."""
    mapped, back, label, leg = _mapped(kind, key, language)
    links = sorted(mapped.links, key=lambda each: (-each.people.count, each.number))
    return page(
        request,
        "map",
        _("Clicks over the letter"),
        sending=leg.sending if leg is not None else None,
        label=label,
        back=back,
        subject=mapped.draft.subject,
        language=language,
        tongue=language_name(language),
        links=[(each.number, each.address, cell(each.people)) for each in links],
        readers=links[0].people.of if links else 0,
        sheet=reverse("zoco_letter_map_sheet", args=[kind, key, language]),
    )


@for_whom(SEE)
def clicks_sheet(request: HttpRequest, kind: str, key: int, language: str) -> HttpResponse:
    """Answer with the letter alone, for the frame."""
    mapped, _back, _label, _leg = _mapped(kind, key, language)
    return sheet(page_in(page_mapped(mapped), is_dark=False))


@for_whom(SEE)
def sent_sheet(request: HttpRequest, pk: int, language: str) -> HttpResponse:
    """Answer with the letter of a sending, as somebody reads it of whom nothing is known."""
    sending = get_object_or_404(Sending.objects.defer("people").select_related("letter__site"), pk=pk)
    draft = next((each for each in sent_drafts(sending) if each.language == language), None)
    if draft is None:
        raise Http404
    try:
        html = letter_seen(draft).seen.html
    except Said as wrong:
        html = f"<!doctype html><title>–</title><p>{escape(words_of(wrong))}</p>"
    return sheet(page_in(html, is_dark=False))


def sent_drafts(sending: Sending) -> list[Draft]:
    """Return what a sending says in each language: as it left, or as it would leave now."""
    if sending.state == Sending.State.DRAFT:
        return drafts_of(sending.letter, sending.subjects)
    legs = [each for each in sending.legs.defer("people").order_by("arm") if each.editions]
    rest = next((each for each in legs if each.arm == REST), None)
    chosen = rest or next(iter(legs), None)
    return thawed(chosen.editions) if chosen is not None else []


def _mapped(kind: str, key: int, language: str) -> tuple[Mapped, str, str, Leg | None]:
    """Return what is mapped, where its report is, and what it is called. Raises Http404."""
    if kind == "print":
        made = get_object_or_404(Print.objects.select_related("letter"), pk=key, language=language)
        return (
            mapped_print(made),
            reverse("zoco_letter_report", args=[made.letter_id]),
            made.letter.name,
            None,
        )
    if kind != "leg":
        raise Http404
    leg = get_object_or_404(
        Leg.objects.select_related("sending", "letter").defer("people", "sending__people"), pk=key
    )
    mapped = mapped_leg(leg, language)
    if mapped is None:
        raise Http404
    named = f"{leg.letter.name} · {arm_label(leg)}" if leg.arm != "rest" else leg.letter.name
    return mapped, reverse("zoco_sending_report", args=[leg.sending_id]), named, leg
