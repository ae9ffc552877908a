"""What sign-up forms and topics are called in a person's timeline, and ways to reach people on pages."""

from collections.abc import Callable, Mapping, Sequence

from django.utils.translation import gettext as _

from zoco.consent.models import Form, Topic
from zoco.people.naming import SUBJECTS, SubjectNames

_means: list[Callable[[str], str]] = []


def means_provide(named: Callable[[str], str]) -> None:
    """Register who names other ways than e-mail; called once, by the app that has them."""
    _means[:] = [named]


def means_name(key: str) -> str:
    """Return what a way to reach people is called, by whichever account; the key where nobody names it."""
    if key == "email":
        return _("E-mail")
    return next((said for named in _means if (said := named(key))), key)


def _forms(subjects: Sequence[str]) -> Mapping[str, str]:
    return dict(Form.objects.filter(key__in=subjects).values_list("key", "name"))


def _topics(subjects: Sequence[str]) -> Mapping[str, str]:
    return {each.key: each.said("label") for each in Topic.objects.filter(key__in=subjects)}


SUBJECTS.add(SubjectNames("form", _forms))
SUBJECTS.add(SubjectNames("topic", _topics))
