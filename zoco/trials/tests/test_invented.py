"""Browsers that somebody invents fill no bandit: an address has so many dealt in a minute, others none."""

from datetime import UTC, datetime

import pytest
from django.conf import settings
from django.test import RequestFactory

from zoco.trials.designs import Metric
from zoco.trials.keeping.models import TrialUnit
from zoco.trials.remote import views
from zoco.trials.services import trial_start
from zoco.trials.tests.simulated import DAY, draft
from zoco.trials.tests.test_remote import FLAG, _site, ask  # noqa: F401 - the fixture is used by itself

pytestmark = pytest.mark.django_db


def test_an_address_does_not_fill_a_bandit_with_browsers_that_it_invents(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(settings.ZOCO, "TRIALS_NEW_PER_MINUTE", 2)
    monkeypatch.setattr(settings, "ALLOWED_HOSTS", ["shop.example", "testserver"])
    now = datetime.now(UTC)
    bandit = draft(
        [Metric("Revenue", "revenue", "primary")], unit="browser", deals="bandit", decides="fixed",
        ends_on=now.date() + 5 * DAY, is_public=True,
    )  # fmt: skip
    trial_start(trial=bandit.pk, at=now)
    invented = [f"{number:032x}" for number in range(5)]

    def asked(who: str) -> str:
        return str(ask(FLAG, {"context": {"targetingKey": who}}).json()["reason"])

    told = [asked(who) for who in invented]
    onward = RequestFactory().get("/", headers={"host": "shop.example"})
    onward.COOKIES["zoco_id"] = invented[4]

    assert told == ["SPLIT", "SPLIT", "DEFAULT", "DEFAULT", "DEFAULT"]
    assert [asked(who) for who in invented[:2]] == ["SPLIT", "SPLIT"]
    assert views.arm_on_page(onward, "headline") == ("a", False)
    assert TrialUnit.objects.count() == 2
