"""What other apps ask of surveys: which there are, and links to them for readers of letters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import overload

from django.utils.translation import get_language

from zoco.consent.signup.showing import root
from zoco.ledger import sitebook
from zoco.people.models import Person
from zoco.surveys.designs import CHOSEN, SCALES, Question
from zoco.surveys.models import Survey
from zoco.surveys.naming import Named
from zoco.surveys.taking.tokens import link_make


class Offered(Sequence[tuple[str, str]]):
    """Surveys to choose from, as (key, name), the newest first; asked each time that somebody looks."""

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(Survey.objects.order_by("-id").values_list("key", "name"))

    def __len__(self) -> int:
        return sum(1 for _each in self)

    @overload
    def __getitem__(self, at: int) -> tuple[str, str]: ...

    @overload
    def __getitem__(self, at: slice) -> Sequence[tuple[str, str]]: ...

    def __getitem__(self, at: int | slice) -> tuple[str, str] | Sequence[tuple[str, str]]:
        return list(self)[at]


class _Begun:
    """Surveys that began, by their names in placeholders; read once, when the first is asked for."""

    def __init__(self) -> None:
        self._found: dict[str, Survey] | None = None

    def named(self) -> dict[str, Survey]:
        if self._found is None:
            with sitebook.everything():
                begun = Survey.objects.exclude(state=Survey.State.DRAFT).only("key")
                self._found = {each.named: each for each in begun}
        return self._found


class SurveyLinks(Mapping[str, str]):
    """Links to surveys by their names, made only when a letter has them: of a person, or of nobody."""

    def __init__(self, begun: _Begun, person: Person | None, on: date) -> None:
        self._begun, self._person, self._on = begun, person, on

    def __getitem__(self, name: str) -> str:
        survey = self._begun.named()[name]
        if self._person is None:
            return f"{root()}/survey/{survey.key}"
        return link_make(survey=survey, person=self._person, on=self._on)

    def __iter__(self) -> Iterator[str]:
        return iter(self._begun.named())

    def __len__(self) -> int:
        return len(self._begun.named())


def links_of(people: Sequence[Person], on: date) -> dict[int, SurveyLinks]:
    """Return links of many people by their keys; nothing is read before one is asked for."""
    begun = _Begun()
    return {each.pk: SurveyLinks(begun, each, on) for each in people}


def links_open(on: date) -> SurveyLinks:
    """Return links that are of nobody, for pages that are handed on."""
    return SurveyLinks(_Begun(), None, on)


def first_scale(key: str) -> tuple[Survey, Question | None] | None:
    """Return a survey, and its first question where that is one of a scale; None where there is none."""
    with sitebook.everything():
        survey = Survey.objects.filter(key=key).first()
    if survey is None:
        return None
    first = survey.asked[:1]
    return survey, first[0] if first and first[0].kind in SCALES else None


def questions_named(site: int) -> tuple[Named, ...]:
    """Return what surveys of a site that began ask, by names of which each is there but once."""
    tongue, found = get_language() or "en", []
    with sitebook.everything():
        begun = list(Survey.objects.filter(site=site).exclude(state=Survey.State.DRAFT).order_by("-id"))
    names = Counter(each.name for each in begun)
    for survey in begun:
        name = f"{survey.name} ({survey.key})" if names[survey.name] > 1 else survey.name
        for number, each in enumerate(survey.asked, 1):
            words = f"{number}. {each.said(tongue)}"
            options = tuple(each.options_said(tongue)) if each.kind in CHOSEN else ()
            found.append(Named(survey.key, name, each.key, words, each.kind in SCALES, options))
    return tuple(found)
