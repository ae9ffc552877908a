"""Days at the edge of all years: the day after them, or another clock's, would be none."""

import json

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.api.forms.kept import one_of_each
from tests.api.people import clients
from zoco.mail.sending.models import Sending
from zoco.sites.models import Site

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(300)]
EDGES = ["0001-01-01T00:00", "9999-12-31T23:59"]


@pytest.fixture(params=["America/New_York", "Asia/Tokyo"])
def owner(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Client:
    """Return the browser of an owner, where the first site is in a zone west or east of Greenwich."""
    monkeypatch.setenv("ZOCO_PRIVATE_NETWORKS", "127.0.0.0/8")
    one_of_each(at=timezone.now())
    Site.objects.update(zone=request.param)
    return clients()["owner"]


@pytest.mark.parametrize("at", EDGES)
def test_a_sending_begins_at_no_edge_of_all_years(owner: Client, at: str) -> None:
    sending = Sending.objects.get(name="D")
    given = {
        "name": "D", "letter": sending.letter_id, "audience": sending.audience_id, "starts_at": at,
        "account": sending.account_id, "campaign": "",
    }  # fmt: skip

    answer = owner.post(reverse("zoco_sending_edit", args=[sending.pk]), given)

    assert (answer.status_code, "Enter a valid date" in answer.content.decode()) == (200, True)
    assert Sending.objects.get(name="D").starts_at is None


@pytest.mark.parametrize("at", EDGES)
def test_an_audience_of_deeds_until_an_edge_of_all_years_is_counted(owner: Client, at: str) -> None:
    day = at.partition("T")[0]
    for said in ({"since": day}, {"until": day}, {"since": day, "until": day}):
        rule = {"leaf": "behaviour", "fact": "shop.order.placed", "how": "did", "when": "between", **said}
        draft = json.dumps({"version": 1, "rules": {"all": [rule]}})

        answer = owner.post(reverse("zoco_audience_new"), {"name": "New", "draft": draft, "act": "turn:"})

        assert (answer.status_code, "0 <small>people" in answer.content.decode()) == (200, True)


@pytest.mark.parametrize("at", EDGES)
def test_an_export_of_a_day_at_an_edge_of_all_years_breaks_no_page(owner: Client, at: str) -> None:
    day, site = at.partition("T")[0], Site.objects.get().pk

    asked = {"site": site, "first": day, "last": day, "format": "csv"}
    answer = owner.post(reverse("zoco_exports_new"), asked, follow=True)

    assert answer.status_code < 500
    assert owner.get(reverse("zoco_exports")).status_code == 200
