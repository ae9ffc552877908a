"""One person: what is known, what colleagues wrote, what apps add, and all that may be done at once."""

from collections import Counter
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from zoco.kit.said import Said
from zoco.ledger.pictures import formats, moments
from zoco.ledger.pictures.labels import language_name
from zoco.ledger.views.heads import head
from zoco.ledger.views.problems import said
from zoco.people import editing
from zoco.people.attributes import Value
from zoco.people.editing import Hand, IdentityTaken
from zoco.people.merging import merge_undo
from zoco.people.models import Attribute, Identity, Merge, Person
from zoco.people.opening import for_whom
from zoco.people.panels import PANELS
from zoco.people.screens.forms import IdentityForm, PersonForm
from zoco.people.screens.listing import place
from zoco.people.screens.opening import ADD, CHANGE, ERASE, EXPORT, FACTS, SEE, hand_of
from zoco.people.writing import Incoming, NotOnePerson

EDITS_SHOWN = 20
NOTES_SHOWN = 100


@for_whom(SEE)
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one; who was merged leads to whoever stands for him."""
    found = person_or_404(pk)
    if found.merged_into_id:
        return redirect("zoco_person", pk=found.merged_into_id)
    return page(request, found)


@for_whom(ADD, "GET", "HEAD", "POST")
def new(request: HttpRequest) -> HttpResponse:
    """Add somebody by one identity; the rest is written on the person's page."""
    is_sent = request.method == "POST"
    form, known = PersonForm(request.POST if is_sent else None), None
    identity = IdentityForm(request.POST if is_sent else None, country=request.POST.get("country", ""))
    if is_sent and form.is_valid() and identity.is_valid():
        fields, own = form.chosen
        given = {key: value for key, value in own.items() if value is not None}
        incoming = Incoming((identity.cleaned_data["named"],), fields, given)
        try:
            made = editing.person_make(incoming=incoming, hand=hand_of(request))
            return redirect("zoco_person", pk=made.pk)
        except IdentityTaken as taken:
            known = taken.owner
            identity.add_error("value", _("%(name)s has it already.") % {"name": str(known)})
        except NotOnePerson as wrong:
            identity.add_error("value", said(wrong))
    shown = {**head(_("New person"), "group"), "form": form, "identity": identity, "known": known}
    return render(request, "zoco/people/edit.html", shown, status=422 if is_sent else 200)


@for_whom(CHANGE, "GET", "HEAD", "POST")
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change what is known."""
    found, is_sent = person_or_404(pk), request.method == "POST"
    form = PersonForm(request.POST if is_sent else None, person=found)
    if is_sent and form.is_valid():
        fields, own = form.chosen
        try:
            editing.person_change(person=found, fields=fields, attributes=own, hand=hand_of(request))
            return redirect("zoco_person", pk=pk)
        except Said as wrong:
            form.add_error(None, said(wrong))
    title = _("Change %(name)s") % {"name": str(found)}
    shown = {**head(title, "group"), "form": form, "person": found}
    return render(request, "zoco/people/edit.html", shown, status=422 if is_sent else 200)


@for_whom(CHANGE, "POST")
def act(request: HttpRequest, pk: int) -> HttpResponse:
    """Do one thing; what is refused stands on the page, with what was typed."""
    found, what = person_or_404(pk), request.POST.get("do", "")
    if what == "name":
        return _name(request, found)
    if what not in ACTS:
        raise Http404
    anchor, do = ACTS[what]
    try:
        do(found, request.POST.get("value", "").replace("\0", ""), hand_of(request))
    except Said as wrong:
        return page(request, found, status=422, refused={what: said(wrong)})
    return redirect(f"{reverse('zoco_person', args=[pk])}#{anchor}")


def _name(request: HttpRequest, found: Person) -> HttpResponse:
    form, other = IdentityForm(request.POST, country=found.country), None
    if form.is_valid():
        try:
            editing.identity_add(person=found, named=form.cleaned_data["named"], hand=hand_of(request))
            return redirect(f"{reverse('zoco_person', args=[found.pk])}#z-known")
        except IdentityTaken as taken:
            other = taken.owner
            form.add_error("value", said(taken))
        except Said as wrong:
            form.add_error("value", said(wrong))
    return page(request, found, status=422, form=form, other=other)


def _use(found: Person, value: str, hand: Hand) -> None:
    editing.identity_use(person=found, pk=_key(value), hand=hand)


def _unname(found: Person, value: str, hand: Hand) -> None:
    editing.identity_remove(person=found, pk=_key(value), hand=hand)


def _tag(found: Person, value: str, hand: Hand) -> None:
    editing.tag_add(person=found, name=value, hand=hand)


def _untag(found: Person, value: str, hand: Hand) -> None:
    editing.tag_remove(person=found, name=value, hand=hand)


def _note(found: Person, value: str, hand: Hand) -> None:
    editing.note_add(person=found, text=value, hand=hand)


def _unnote(found: Person, value: str, hand: Hand) -> None:
    editing.note_remove(person=found, pk=_key(value))


def _part(found: Person, value: str, hand: Hand) -> None:
    merge = Merge.objects.filter(pk=_key(value), into=found).first()
    if merge is None:
        raise Http404
    merge_undo(merge=merge, at=hand.at, by=hand.by)


ACTS: dict[str, tuple[str, Callable[[Person, str, Hand], None]]] = {
    "use": ("z-known", _use),
    "unname": ("z-known", _unname),
    "tag": ("z-tags", _tag),
    "untag": ("z-tags", _untag),
    "note": ("z-notes", _note),
    "unnote": ("z-notes", _unnote),
    "part": ("z-merged", _part),
}


def _key(value: str) -> int:
    if not (value.isascii() and value.isdigit() and len(value) < 19):
        raise Http404
    return int(value)


def person_or_404(pk: int) -> Person:
    """Return a person. Raises Http404."""
    found = Person.objects.filter(pk=pk).first() if pk < 1 << 62 else None
    if found is None:
        raise Http404(_("This person is not there, or was erased."))
    return found


def page(request: HttpRequest, found: Person, *, status: int = 200, **more: Any) -> HttpResponse:
    """Show the page of a person, with what was refused."""
    refused = more.pop("refused", {})
    may = request.user.has_perm
    wrong = (refused.get(each, "") for each in ("use", "unname", "untag", "unnote", "part"))
    shown = {
        **head(str(found), "group"),
        "person": found,
        "facts": facts_of(found),
        "identities": _identities(found),
        "tags": list(found.tagged.order_by("tag__name").values_list("tag__name", flat=True)),
        "notes": found.notes.select_related("by")[:NOTES_SHOWN],
        "edits": _edits(found),
        "merges": Merge.objects.filter(into=found, undone_at=None).select_related("person"),
        "panels": panels_of(request, found),
        "form": IdentityForm(),
        "refused_tag": refused.get("tag", ""),
        "refused_note": refused.get("note", ""),
        "refused": next(filter(None, wrong), ""),
        "typed": request.POST.get("value", "") if refused else "",
        "may_change": may(CHANGE),
        "may_erase": may(ERASE),
        "may_export": may(EXPORT),
        "may_see_facts": may(FACTS),
    }
    return render(request, "zoco/people/person.html", shown | more, status=status)


def _identities(found: Person) -> list[dict[str, Any]]:
    """Return how a person is known; which is used is said where it could be another."""
    rows = list(found.identities.order_by("id"))
    several = Counter((each.kind, each.space) for each in rows)
    return [
        {
            "row": each,
            "kind": each.get_kind_display(),
            "is_used": each.is_main and several[each.kind, each.space] > 1,
            "is_spare": not each.is_main,
        }
        for each in rows
    ]


def panels_of(request: HttpRequest, found: Person) -> list[dict[str, Any]]:
    """Return what apps above know of a person, as far as whoever asks may see it."""
    now = timezone.now()
    return [
        {"key": each.key, "label": each.label, "template": each.template, "values": values}
        for each in PANELS
        if request.user.has_perm(each.permission) and (values := each.values(found, at=now))
    ]


def facts_of(found: Person) -> list[tuple[str, str]]:
    """Return what is known, as people write it; nothing that is not."""
    rows = [
        (pgettext("person", "Name"), found.name),
        (_("Given name"), found.given_name),
        (_("Family name"), found.family_name),
        (_("Language"), language_name(found.language) if found.language else ""),
        (_("Lives in"), place(found)),
        (_("Time zone"), found.zone),
    ]
    kinds = {each.key: each for each in Attribute.objects.order_by("label", "id")}
    rows += [
        (each.label, value_shown(each.kind, found.attributes[key]))
        for key, each in kinds.items()
        if key in found.attributes
    ]
    rows += [(key, str(value)) for key, value in found.attributes.items() if key not in kinds]
    return [(label, value) for label, value in rows if value]


def value_shown(kind: str, value: Value) -> str:
    """Return a value of an attribute as people write it."""
    match kind:
        case "flag":
            return _("yes") if value else _("no")
        case "number":
            text = f"{value:.15g}"
            return formats.decimal(float(value), len(text.partition(".")[2]))  # type: ignore[arg-type]
        case "day":
            return formats.day(date.fromisoformat(str(value)))
        case "moment":
            return moments.said(datetime.fromisoformat(str(value)))
    return ", ".join(value) if isinstance(value, list) else str(value)


def _edits(found: Person) -> list[dict[str, Any]]:
    labels = {f"attributes.{each.key}": each.label for each in Attribute.objects.all()}
    return [
        {
            "at": each.at,
            "who": each.by_name or _("a program"),
            "what": each.get_what_display(),
            "fields": [
                (labels.get(name) or _field(name), _plain(old), _plain(new))
                for name, (old, new) in each.details.items()
            ],
        }
        for each in found.edits.all()[:EDITS_SHOWN]
    ]


def _field(name: str) -> str:
    kinds = {str(key): str(word) for key, word in Identity.Kind.choices}
    if name in kinds:
        return capfirst(kinds[name])
    if name == "tags":
        return pgettext("person", "Tags")
    known = {each.name: str(each.verbose_name) for each in Person._meta.concrete_fields}
    return capfirst(known.get(name, name.removeprefix("attributes.")))


def _plain(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return "–" if value in ("", None) else str(value)
