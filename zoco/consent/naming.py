"""What sign-up forms are called in a person's timeline."""

from collections.abc import Mapping, Sequence

from zoco.consent.signup.models import Form
from zoco.people.naming import SUBJECTS, SubjectNames


def _forms(subjects: Sequence[str]) -> Mapping[str, str]:
    return dict(Form.objects.filter(key__in=subjects).values_list("key", "name"))


SUBJECTS.add(SubjectNames("form", _forms))
