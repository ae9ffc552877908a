"""Runs in the background, whatever they are of: one worker at each, and an end that nothing undoes."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.utils import timezone

from zoco.kit import holding
from zoco.kit.said import Said
from zoco.ledger.store.base import QueryFailed
from zoco.sites.models import Site
from zoco.sites.runs import UNANSWERED, BackgroundRun, Runs
from zoco.sites.sourcing.models import SourceRun

pytestmark = pytest.mark.django_db
ASKED: list[int] = []
RUNS = Runs(
    model=SourceRun, held_in="tests", enqueue=ASKED.append, waiting="waiting", working="running"
)  # fmt: skip


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SourceRun:
    monkeypatch.setenv("ZOCO_DATA", str(tmp_path))
    ASKED.clear()
    return RUNS.begin(SourceRun(site=Site.objects.create(slug="shop", name="Shop")))


def counted(run: SourceRun, scratch: Path, tell: Any) -> None:
    assert scratch.is_dir()
    run.facts = 7


def never(*_given: object) -> None:
    raise AssertionError


def test_what_is_begun_is_done_once(run: SourceRun) -> None:
    first, second = RUNS.through(run.pk, counted), RUNS.through(run.pk, never)

    run.refresh_from_db()
    assert (ASKED, run.state, run.facts) == ([run.pk], "done", 7)
    assert (first, second) == (run, run)
    assert not RUNS.again(run)


def test_a_second_worker_leaves_a_run_alone(run: SourceRun, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(holding, "MOMENT", 0.0)

    with holding.held("tests", str(run.pk)):
        found = RUNS.through(run.pk, never)
        SourceRun.objects.update(state="running", told_at=timezone.now() - timedelta(hours=1))
        buried = RUNS.look()

    assert found is not None
    assert (found.state, buried, RUNS.look()) == ("waiting", 0, 1)


def test_one_that_was_buried_meanwhile_stays_so_until_somebody_goes_on(run: SourceRun) -> None:
    def slow(slow_one: SourceRun, _scratch: Path, _tell: Any) -> None:
        SourceRun.objects.update(state="failed", said="The process ended.")
        slow_one.facts = 7

    RUNS.through(run.pk, slow)

    run.refresh_from_db()
    assert (run.state, run.facts) == ("failed", 0)
    assert RUNS.again(run)
    run.refresh_from_db()
    assert (ASKED, run.state, run.said) == ([run.pk, run.pk], "waiting", "")


def test_a_stop_holds_also_when_the_process_died_before_it_came_to_it(run: SourceRun) -> None:
    SourceRun.objects.update(state="running")
    RUNS.stop(run)

    RUNS.through(run.pk, never)

    run.refresh_from_db()
    assert (run.state, run.is_to_stop) == ("stopped", False)


def test_only_one_that_is_over_is_discarded(run: SourceRun) -> None:
    assert not RUNS.discard(run)
    RUNS.stop(run)

    assert RUNS.discard(run)
    assert RUNS.through(run.pk, never) is None


@pytest.mark.parametrize(
    ("error", "said", "is_raised"),
    [
        (Said("There are %(count)s.", count=2), "There are %(count)s.", False),
        (QueryFailed("Binder Error"), UNANSWERED, False),
        (ValueError("for ana@shop.example"), "ValueError: for (email)", True),
    ],
)
def test_what_went_wrong_stands_in_it_without_any_address(
    run: SourceRun, error: Exception, said: str, is_raised: bool
) -> None:
    def wrong(*_given: object) -> None:
        raise error

    if is_raised:
        with pytest.raises(type(error)):
            RUNS.through(run.pk, wrong)
    else:
        RUNS.through(run.pk, wrong)

    run.refresh_from_db()
    assert (run.state, run.said) == ("failed", said)


def test_what_all_models_of_runs_have_is_written_down_once() -> None:
    names = {"is_to_stop", "said", "created_by"}
    models = [each for each in apps.get_models() if names <= {one.name for one in each._meta.fields}]

    assert len(models) >= 11
    assert [each for each in models if not issubclass(each, BackgroundRun)] == []
