"""What is larger than any database holds is refused like anything else that is not there."""

import pytest

from tests.api.people import clients, values
from tests.api.test_lists import ours
from zoco.consent.models import Topic

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(300)]
NUMBER = "9" * 30


@pytest.mark.parametrize(
    ("address", "field"),
    [
        ("/admin/consent/forms/new/", "topics"),
        ("/admin/mailboxes/new/", "accounts"),
        ("/admin/keys/new/", "sites"),
    ],
)
def test_a_choice_of_a_number_that_no_database_holds(address: str, field: str) -> None:
    owner = clients()["owner"]
    values()
    Topic.objects.get_or_create(key="news", defaults={"label": "News"})

    answer = owner.post(address, {"name": "New", field: NUMBER})

    assert answer.status_code in (200, 422)
    assert NUMBER in answer.content.decode()


def test_lists_are_searched_for_texts_of_any_length() -> None:
    owner = clients()["owner"]

    for each in ours():
        answer = owner.get(f"/admin/{each.url_prefix}/results/", {"q": "x" * 60_000})
        assert answer.status_code == 200, each.url_prefix
