"""What sign-up forms and topics are called in a person's timeline."""

from collections.abc import Mapping, Sequence

from zoco.consent.models import Form, Topic
from zoco.people.naming import SUBJECTS, SubjectNames


def _forms(subjects: Sequence[str]) -> Mapping[str, str]:
    return dict(Form.objects.filter(key__in=subjects).values_list("key", "name"))


def _topics(subjects: Sequence[str]) -> Mapping[str, str]:
    return {each.key: each.said("label") for each in Topic.objects.filter(key__in=subjects)}


SUBJECTS.add(SubjectNames("form", _forms))
SUBJECTS.add(SubjectNames("topic", _topics))
