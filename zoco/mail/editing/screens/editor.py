"""The editor of a letter in one language: its words, its blocks or a source of somebody's own."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from zoco.kit.said import Said
from zoco.mail.editing.models import SUBJECT_LONGEST, Edition, Letter
from zoco.mail.editing.reads import draft_of, letter_base, look_read
from zoco.mail.editing.screens.blocks import (
    conditions_offered,
    kinds_offered,
    nodes_shown,
    placeholders_offered,
)
from zoco.mail.editing.screens.listing import page
from zoco.mail.editing.screens.nodes import Node, Nodes, hidden_read
from zoco.mail.editing.screens.opening import CHANGE, SEE
from zoco.mail.editing.screens.picking import DEEDS, Picking, may_pick, pick, picker_shown
from zoco.mail.editing.services import EditionWrong, Words, edition_write
from zoco.mail.editing.wrongs import Wrong
from zoco.mail.letters.compiling import compiled
from zoco.people.opening import for_whom

Kind = Edition.Kind
SAVES = {"save": "zoco_letter_edition", "preview": "zoco_letter_preview", "checks": "zoco_letter_checks"}


@dataclass(slots=True)
class Written:
    """What a form holds. Of blocks and source one is shown, the other goes along."""

    subject: str
    preview: str
    kind: str
    nodes: Nodes
    source: str
    was: str = ""
    """When the edition was changed last, as whoever writes saw it."""
    wrongs: Sequence[Wrong] = ()
    problem: str = ""
    touched: Node | None = None
    picking: Picking | None = None
    conditions: dict[str, str] = field(default_factory=conditions_offered)

    @classmethod
    def of(cls, edition: Edition) -> "Written":
        """Return what is kept."""
        nodes = Nodes.of(edition.blocks)
        was = edition.changed_at.isoformat()
        return cls(edition.subject, edition.preview, edition.kind, nodes, edition.source, was)

    @classmethod
    def read(cls, posted: QueryDict) -> "Written":
        """Return what a form sends."""
        conditions = conditions_offered()
        kind = posted.get("was_kind", "")
        is_blocks = kind == Kind.BLOCKS
        return cls(
            subject=posted.get("subject", "").replace("\0", "")[: 2 * SUBJECT_LONGEST],
            preview=posted.get("preview", "").replace("\0", "")[: 2 * SUBJECT_LONGEST],
            kind=kind if kind in Kind.values else Kind.BLOCKS,
            nodes=Nodes.read(posted, conditions) if is_blocks else Nodes.of(_parked(posted)),
            source=posted.get("source", "").replace("\0", "").replace("\r\n", "\n"),
            was=posted.get("was", ""),
            conditions=conditions,
        )

    def words(self) -> Words:
        """Return what it says."""
        return Words(self.subject, self.preview, self.kind, self.nodes.blocks(), self.source)


def _parked(posted: QueryDict) -> list[Any]:
    """Return the blocks that went along."""
    found = hidden_read(posted.get("parked", "[]"))
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


@for_whom(SEE, "GET", "HEAD", "POST")
def edition(request: HttpRequest, pk: int, language: str) -> HttpResponse:
    """Show the editor; do what a button of it says."""
    letter = get_object_or_404(Letter.objects.select_related("site"), pk=pk)
    kept = get_object_or_404(Edition, letter=letter, language=language)
    if request.method != "POST":
        return shown(request, letter, kept, Written.of(kept))
    if not request.user.has_perm(CHANGE):
        raise PermissionDenied
    written = Written.read(request.POST)
    deed, *rest = request.POST.get("do", "save").split(":")
    if deed in SAVES:
        return _saved(request, letter, kept, written, deed)
    if deed == "kind":
        _turned(letter, kept, written, request.POST.get("kind", ""))
    elif deed in DEEDS:
        written.touched, written.picking = pick(request, written.nodes, deed, rest)
    else:
        kind, place = (rest[0], rest[1]) if deed == "add" and len(rest) == 2 else ("", "".join(rest))
        written.touched = written.nodes.change(deed, kind, place)
    return shown(request, letter, kept, written)


def _saved(request: HttpRequest, letter: Letter, kept: Edition, written: Written, deed: str) -> HttpResponse:
    """Save it, and lead on; whatever keeps it from being saved is shown, and all that was written."""
    if written.was != kept.changed_at.isoformat():
        written.problem = _(
            "Somebody saved this letter since you opened it. Look at the earlier versions, or save once "
            "more: what the other one wrote is kept among them."
        )
        written.was = kept.changed_at.isoformat()
        return shown(request, letter, kept, written, status=409)
    by = request.user if isinstance(request.user, User) else None
    try:
        edition_write(letter=letter, language=kept.language, words=written.words(), at=timezone.now(), by=by)
    except EditionWrong as wrong:
        written.wrongs = wrong.wrongs
        written.problem = _("Not saved yet: what is marked below has to be mended first.")
    except ValidationError as wrong:
        written.problem = " ".join(wrong.messages)
    if written.problem:
        return shown(request, letter, kept, written, status=422)
    places = [letter.pk] if deed == "checks" else [letter.pk, kept.language]
    return redirect(reverse(SAVES[deed], args=places))


def _turned(letter: Letter, kept: Edition, written: Written, kind: str) -> None:
    """Go on as blocks, MJML or HTML; whoever goes on as HTML begins with what the blocks make."""
    if kind not in Kind.values:
        return
    if kind == Kind.HTML and not written.source.strip():
        tried = Edition(language=kept.language, subject=written.subject, kind=written.kind)
        tried.blocks = written.nodes.blocks()
        draft = draft_of(tried, look=look_read(letter.look), base=letter_base(letter))
        try:
            written.source = compiled(draft).page
        except Said:
            written.source = ""
    written.kind = kind


def _alt_asked(request: HttpRequest, written: Written) -> str:
    """Return the field that wants words for a picture that was just chosen, "" where none does."""
    node = written.touched
    is_put = request.POST.get("do", "").startswith(("picture:", "upload:")) and written.picking is None
    return f"z-{node.name}-alt" if node and is_put and not node.said.get("alt") else ""


def shown(
    request: HttpRequest, letter: Letter, kept: Edition, written: Written, *, status: int = 200
) -> HttpResponse:
    """Render the editor."""
    by_field: dict[str, list[str]] = {}
    for each in written.wrongs:
        if each.field or not each.place:
            by_field.setdefault(each.field or "whole", []).append(each.words)
    asks = _alt_asked(request, written)
    return page(
        request,
        "editor",
        _("Text in %(language)s") % {"language": kept.tongue},
        letter=letter,
        status=status,
        edition=kept,
        written=written,
        is_blocks=written.kind == Kind.BLOCKS,
        kind_label=dict(Kind.choices)[written.kind],
        kinds=[(key, label) for key, label in Kind.choices if key != written.kind],
        nodes=nodes_shown(written.nodes, written.wrongs, written.conditions),
        parked=json.dumps(written.nodes.blocks()) if written.kind != Kind.BLOCKS else "",
        focus=written.touched.name if written.touched and not (written.picking or asks) else "",
        asks=asks,
        picker=picker_shown(request.user, written.picking),
        may_pick=may_pick(request.user),
        wrongs=by_field,
        conditions=written.conditions,
        placeholders=placeholders_offered(),
        offered=kinds_offered(is_within=False),
        offered_within=kinds_offered(is_within=True),
        others=letter.editions.exclude(pk=kept.pk).order_by("pk"),
        subject_most=SUBJECT_LONGEST,
        may_change=request.user.has_perm(CHANGE),
    )
