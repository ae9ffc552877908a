"""Answers as an eraser of the ledger knows them. Those of people go with the people; see `people.erasing`."""

from collections.abc import Sequence

from django.db.models import Q, QuerySet

from zoco.kit.periods import moment_at
from zoco.ledger import sitebook
from zoco.ledger.erasing import ERASERS, Pairs
from zoco.ledger.store.base import Erasure
from zoco.people.erasing import keys_of, merged_with
from zoco.people.naming import SUBJECTS, SubjectNames
from zoco.surveys.models import Response, Survey


@ERASERS.plug
class SurveysEraser:
    """What browsers and people answered, also in their own words."""

    key = "surveys"
    label = "answers to surveys"

    def erase(self, erasure: Erasure) -> int:
        """Delete; returns how many went."""
        with sitebook.everything():
            return self._of(erasure).delete()[1].get("zoco_surveys.Response", 0)

    def known(self) -> tuple[Pairs, Pairs]:
        """Return the browsers that answered; people are known by themselves."""
        with sitebook.everything():
            rows = list(Response.objects.order_by().values_list("survey__site", "visitor", "known"))
        pairs = {(site, number) for site, *both in rows for number in both if number}
        return sorted(pairs), []

    def held(self, whom: Erasure) -> list[str]:
        """Name what is held of them."""
        with sitebook.everything():
            return [f"answer {each.pk} to survey {each.survey_id}" for each in self._of(whom)]

    def _of(self, erasure: Erasure) -> QuerySet[Response]:
        numbers = list(erasure.visitors)
        people = merged_with(keys_of(erasure))
        meant = Q(visitor__in=numbers) | Q(known__in=numbers) | Q(person__in=people)
        found = Response.objects.filter(meant, at__lte=moment_at(erasure.at))
        return found.filter(survey__site=erasure.site) if erasure.site else found


def _names(subjects: Sequence[str]) -> dict[str, str]:
    with sitebook.everything():
        return dict(Survey.objects.filter(key__in=subjects).values_list("key", "name"))


SUBJECTS.add(SubjectNames("survey", _names))
