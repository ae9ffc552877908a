"""A rule of audiences: the people of a persona, as a study found them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from zoco.ledger.pictures import moments
from zoco.people.audiences.bitmaps import of_rows
from zoco.people.audiences.leaves import LEAVES, Asked, FormLeaf, Found, Json, LeafForm, LeafWrong
from zoco.research.models import Outcome, Study
from zoco.research.personas.features import name_proposed

GONE = gettext_noop("The study that a rule asks for is there no more; choose a persona of another.")


def persona_key(study: Study, group: int) -> str:
    """Return how a rule writes a group of a study."""
    return f"{study.pk}:{group}"


def _personas() -> list[tuple[str, str]]:
    return [
        (persona_key(study, number), _named(study, number))
        for study in _studies()
        for number in range(len(study.found["groups"]))
    ]


def _studies() -> list[Study]:
    rows = Study.objects.filter(kind=Study.Kind.PERSONAS, state=Study.State.DONE)
    return list(rows.select_related("site").order_by("site", "-pk"))


def _named(study: Study, number: int) -> str:
    named = {
        "persona": name_proposed(study.found["groups"][number]["marks"]),
        "site": study.site.name,
        "moment": moments.said(study.until_at),
    }
    return _("%(persona)s (%(site)s, %(moment)s)") % named


class PersonaForm(LeafForm):
    """Which persona of which study."""

    persona = forms.ChoiceField(label=gettext_lazy("Persona"), choices=_personas)


@LEAVES.plug
class PersonaLeaf(FormLeaf):
    """Whoever was in a group when it was studied; later studies change nothing of it."""

    key = "persona"
    label = gettext_lazy("Persona")
    form = PersonaForm

    def found(self, rule: Json, asked: Asked) -> Found:
        """Read the group. Raises LeafWrong where its study is gone."""
        study, number = _asked_for(rule)
        if study is None:
            raise LeafWrong(GONE)
        return Found(of_rows(Outcome.objects.filter(study=study, group=number)))

    def said(self, rule: Json) -> str:
        """Say it."""
        study, number = _asked_for(rule)
        persona: Any = rule["persona"] if study is None else _named(study, number)
        return _("of the persona %(persona)s") % {"persona": persona}


def _asked_for(rule: Json) -> tuple[Study | None, int]:
    key, _colon, group = str(rule["persona"]).partition(":")
    study = next((each for each in _studies() if str(each.pk) == key), None)
    return study, int(group or 0)
