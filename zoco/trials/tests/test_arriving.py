"""Trials of a site whose facts are still arriving in an import: nothing is worked out of a half of them."""

from datetime import timedelta

import pytest

from zoco.moving.models import SiteMove
from zoco.trials.analysis import runs
from zoco.trials.analysis.runs import RunWrong, run_begin
from zoco.trials.designs import Metric
from zoco.trials.services import trial_start
from zoco.trials.sharing import is_to_share, midnight_after
from zoco.trials.tests.simulated import DAY, START, draft, running
from zoco.trials.tests.test_moving import _sites  # noqa: F401 - the fixture is used by itself

pytestmark = pytest.mark.django_db


def arriving(state: str, *, is_fresh: bool = True, site: int = 1) -> SiteMove:
    return SiteMove.objects.create(kind="in", site_id=site, name="shop.zip", state=state, is_fresh=is_fresh)


def test_no_figures_are_worked_out_of_the_half_of_facts_that_has_arrived() -> None:
    trial, now = running(), START + 2 * DAY
    move = arriving("running")

    assert runs.look(now=now) == 0
    with pytest.raises(RunWrong, match="its import has not ended"):
        run_begin(trial=trial, at=now)
    for state, is_fresh, asked in (
        ("waiting", False, 0),
        ("stopped", True, 0),
        ("failed", True, 0),
        ("failed", False, 1),
    ):
        SiteMove.objects.filter(pk=move.pk).update(state=state, is_fresh=is_fresh)
        assert (runs.look(now=now), state) == (asked, state)


@pytest.mark.parametrize(
    ("state", "site", "kind"), [("done", 1, "in"), ("running", 2, "in"), ("running", 1, "out")]
)
def test_figures_wait_for_no_other_move(state: str, site: int, kind: str) -> None:
    running()
    if state == "done":
        arriving("failed")  # and then the archive came again, to its end
    SiteMove.objects.filter(pk=arriving(state, site=site).pk).update(kind=kind)

    assert runs.look(now=START + 2 * DAY) == 1


def test_a_bandit_gets_no_shares_from_half_of_its_facts() -> None:
    made = draft(
        [Metric("Revenue", "revenue", "primary")], unit="person", deals="bandit", decides="fixed",
        ends_on=(START + 30 * DAY).date(),
    )  # fmt: skip
    bandit = trial_start(trial=made.pk, at=START)
    late = midnight_after(bandit, START + DAY) - timedelta(hours=1)
    assert is_to_share(bandit, late)

    move = arriving("running")

    assert not is_to_share(bandit, late)
    assert runs.share_all(now=late) == 0
    SiteMove.objects.filter(pk=move.pk).update(state="done")
    assert is_to_share(bandit, late)
