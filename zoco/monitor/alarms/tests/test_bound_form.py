"""The form of an alarm takes a bound as it is written, and says what is wrong with another."""

import pytest

from zoco.monitor.alarms.forms import AlarmForm
from zoco.sites.models import Site

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("kind", "bound", "wrong"),
    [
        ("cac", "25.50", ""), ("cac", "", ""), ("cac", "0", "greater than or equal"),
        ("roas", "9e99", "digits"), ("roas", "much", "number"), ("pace", "", ""),
    ],
)  # fmt: skip
def test_a_bound_is_a_sum_of_money(kind: str, bound: str, wrong: str) -> None:
    site = Site.objects.create(slug="shop", name="Shop", zone="Europe/Madrid")
    given = {
        "site": str(site.pk), "kind": kind, "measure": "visits", "minutes": "30", "care": "usual",
        "hook_secret": "k" * 40, "bound": bound,
    }  # fmt: skip

    form = AlarmForm(given)

    assert form.is_valid() == (not wrong)
    assert wrong in str(form.errors.get("bound", ""))
