"""What the kind of a metric does not ask for is hidden: it does not count, and refuses nothing."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from zoco.ledger.store.opening import close
from zoco.ledger.tests.reports.made import load
from zoco.project.tests.readers import body, client_of
from zoco.sites import reads
from zoco.trials.analysis import runs
from zoco.trials.models import Trial
from zoco.trials.services import trial_start
from zoco.trials.tests.simulated import DAY, SIGNED, draft, simulated, site_made
from zoco.trials.tests.test_screens import FORM, NEW, NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("ZOCO_DATA", str(tmp_path))
    close()
    site_made()
    reads.forget()
    yield
    close()
    reads.forget()


@pytest.mark.parametrize(
    ("kind", "hidden"),
    [
        ("proportion", {"per": "Gone", "share": "7", "from_day": "no", "of_amount": "on"}),
        ("retention", {"goal": "Gone", "per": "Sign up", "share": "", "window_days": "3"}),
        ("revenue", {"per": "Sign up", "from_day": "-1", "share": "0.9"}),
        ("mean", {"per": "Sign up", "from_day": "99", "of_amount": "on", "share": "1e999"}),
    ],
)
def test_what_is_hidden_neither_counts_nor_refuses(kind: str, hidden: dict[str, str]) -> None:
    client = client_of("marketer")
    sent = FORM | {"unit": "browser"} | {f"metrics-0-{name}": value for name, value in hidden.items()}

    answer = client.post(NEW, sent | {"metrics-0-kind": kind})

    assert answer.status_code == 302
    (kept,) = Trial.objects.get().metrics_planned
    assert kept.kind == kind
    assert (kept.per, kept.goal) == ("", "" if kind == "retention" else "Sign up")
    assert (kept.from_day, kept.of_amount) == (1, kind == "mean")
    assert kept.share == (0.9 if kind == "revenue" else 0.99)


def test_what_is_asked_for_still_refuses_and_says_where() -> None:
    answer = client_of("marketer").post(NEW, FORM | {"metrics-0-kind": "revenue", "metrics-0-share": "7"})

    assert re.search(r'<input[^>]*name="metrics-0-share"[^>]*aria-invalid="true"', body(answer))
    assert 'value="7"' in body(answer)


def test_a_deleted_goal_that_a_metric_does_not_go_by_leaves_it_its_figures(tmp_path: Path) -> None:
    """Drafts from before hidden fields were cleared hold such goals."""
    row = trial_start(trial=draft([replace(SIGNED, per="Order")], units_planned=1_500).pk, at=NOW - 8 * DAY)
    row.metrics = [{**each, "per": "Gone", "per_is": None} for each in row.metrics]
    row.save(update_fields=["metrics"])
    load(tmp_path, simulated(row, 1_500, {"a": 0.1, "b": 0.3}, days=6, since=NOW - 8 * DAY))
    run = runs.run_begin(trial=row, at=NOW)
    runs.run_through(key=run.pk)
    run.refresh_from_db()

    (kept,) = run.result["metrics"]
    assert kept["lacking"] == {}
    assert list(kept["figures"]) == ["b"]
