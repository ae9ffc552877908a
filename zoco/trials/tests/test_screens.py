"""Pages of trials: set one up, begin it, read its figures, stop it, keep what was learnt, take it along."""

import csv
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from zoco.ledger.store.base import StoreBusy
from zoco.ledger.store.opening import close
from zoco.ledger.tests.pictures import drawn as whole
from zoco.ledger.tests.pictures import said as texts
from zoco.ledger.tests.reports.made import load
from zoco.project.tests.readers import body, client_of
from zoco.sites import reads
from zoco.trials.analysis import runs, units
from zoco.trials.asked.models import TrialQuestion
from zoco.trials.asked.services import answer_through
from zoco.trials.deciding import dealt_arm
from zoco.trials.models import Trial, TrialRun
from zoco.trials.screens import downloading
from zoco.trials.screens.downloading import _exposed as csv_rows
from zoco.trials.screens.downloading import _Share
from zoco.trials.services import trial_start
from zoco.trials.tests.simulated import DAY, ORDERS, SIGNED, draft, simulated, site_made

pytestmark = pytest.mark.django_db
LIST, NEW, PLAN = "/admin/trials/", "/admin/trials/new/", "/admin/trials/plan/"
NOW = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0)
FORM = {
    "site": "1", "name": "Headline", "key": "headline", "hypothesis": "Shorter is read by more.",
    "unit": "visitor", "share_percent": "100", "holdout_percent": "0", "layer": "", "decides": "live",
    "deals": "even", "units_planned": "2000", "days_least": "1", "ends_on": "", "is_public": "on",
    "arms-TOTAL_FORMS": "3", "arms-INITIAL_FORMS": "0", "arms-0-key": "control", "arms-0-weight": "1",
    "arms-1-key": "b", "arms-1-name": "Shorter", "arms-1-weight": "1", "arms-2-key": "", "arms-2-weight": "1",
    "metrics-TOTAL_FORMS": "2", "metrics-INITIAL_FORMS": "0", "metrics-0-name": "Signed up",
    "metrics-0-kind": "proportion", "metrics-0-role": "primary", "metrics-0-goal": "Sign up",
    "metrics-0-share": "0.99", "metrics-0-window_days": "1", "metrics-0-from_day": "1",
    "metrics-0-is_higher_better": "on", "metrics-1-name": "", "metrics-1-kind": "mean",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("ZOCO_DATA", str(tmp_path))
    close()
    downloading.pace.clear()
    site_made()
    reads.forget()
    yield
    close()
    reads.forget()


@pytest.fixture
def trial(tmp_path: Path) -> Trial:
    """Return a trial that has run for eight days, with figures."""
    row = trial_start(trial=draft([SIGNED, ORDERS], units_planned=1_500).pk, at=NOW - 8 * DAY)
    load(tmp_path, simulated(row, 1_500, {"a": 0.1, "b": 0.3}, days=6, since=NOW - 8 * DAY))
    run = runs.run_begin(trial=row, at=NOW)
    runs.run_through(key=run.pk)
    return row


def act(client: Client, row: Trial, do: str, **more: str) -> Any:
    return client.post(f"{LIST}{row.pk}/act/", {"do": do, **more}, follow=True)


def test_a_trial_is_set_up_begun_and_stopped() -> None:
    client = client_of("marketer")
    assert "No trials yet" in body(client.get(LIST))
    assert "The first one is the control" in body(client.get(NEW))

    saved = client.post(NEW, FORM, follow=True)
    row = Trial.objects.get()

    assert "A draft: nobody is dealt yet" in body(saved)
    assert [each.key for each in row.arms_planned] == ["control", "b"]
    assert [(each.name, each.goal) for each in row.metrics_planned] == [("Signed up", "Sign up")]
    assert "Arm 3" in body(client.get(f"{LIST}{row.pk}/edit/"))
    changed = FORM | {"hypothesis": "Another one.", "arms-2-key": "c"}
    assert "Another one." in body(client.post(f"{LIST}{row.pk}/edit/", changed, follow=True))
    assert "No figures yet" in body(act(client, row, "start"))
    assert client.post(f"{LIST}{row.pk}/edit/", FORM | {"hypothesis": "Later."}).status_code == 302
    assert "cannot be changed" in body(act(client, row, "delete"))
    assert "Stopped" in body(act(client, row, "stop"))
    row.refresh_from_db()
    assert (row.state, row.hypothesis, len(row.arms)) == ("stopped", "Another one.", 3)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"key": "Head line"}, "valid"),
        ({"arms-1-key": "control"}, "Two arms have the same key"),
        ({"arms-1-key": ""}, "2 to 6 arms"),
        ({"arms-1-weight": "-3"}, "greater than or equal"),
        ({"arms-1-weight": "nan"}, "Enter a number"),
        ({"metrics-0-role": "guard"}, "Exactly one metric decides"),
        ({"metrics-0-goal": ""}, "needs a goal"),
        ({"metrics-0-kind": "ratio"}, "is a ratio: choose as well for each"),
        ({"metrics-0-goal": "Nothing"}, "Select a valid choice"),
        ({"metrics-0-window_days": "900"}, "less than or equal"),
        ({"units_planned": "1"}, "greater than or equal"),
        ({"site": "99"}, "Select a valid choice"),
        ({"arms-TOTAL_FORMS": "x"}, "ManagementForm data is missing"),
        ({"ends_on": "0000-00-00"}, "Enter a valid date"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_kept(wrong: dict[str, str], said: str) -> None:
    client = client_of("marketer")

    answer = client.post(NEW, FORM | wrong)

    assert answer.status_code == 200
    assert said in body(answer)
    assert not Trial.objects.exists()


def test_what_a_kind_does_not_ask_for_is_marked_to_be_hidden_and_does_not_count() -> None:
    client = client_of("marketer")

    shown = body(client.get(NEW))
    client.post(NEW, FORM | {"metrics-0-of_amount": "on"})

    assert re.search(r'name="metrics-0-per"[^>]*data-z-kinds="ratio"', shown)
    assert "zoco/ledger/kinds" in shown
    assert Trial.objects.get().metrics_planned[0].of_amount is False


def test_the_figures_are_shown_as_a_forest_and_as_a_table(trial: Trial) -> None:
    shown = body(client_of("analyst").get(f"{LIST}{trial.pk}/"))

    assert "“Shorter” wins: by “Signed up” it is surely better than each other arm." in shown
    assert shown.count('<svg class="c"') == 2
    assert "Too little data for a figure." in shown
    assert "Begin the trial" not in shown
    assert "Stop the trial" not in shown
    assert "Ratio of the arms" in shown
    assert "It decides nothing" in shown
    assert shown.count('data-label="Chance to be the best"') == 3
    assert shown.count("How is this computed") == 3
    assert "“Shorter” wins" in body(client_of("owner").get(LIST))


def test_the_forest_is_a_file_that_says_what_it_is_of(trial: Trial) -> None:
    answer = client_of("analyst").get(f"{LIST}{trial.pk}/", {"picture": "lift"})

    made = texts(whole(answer.content.decode()))
    assert answer["Content-Type"] == "image/svg+xml"
    assert made[0].startswith("Lift against “")
    assert trial.name in made[1]
    assert any("Fieller" in each for each in made)
    assert client_of("owner").get(f"{LIST}{trial.pk}/", {"picture": "bandit"}).status_code == 404


def test_a_guard_rail_without_a_figure_is_said_beside_the_winner(tmp_path: Path) -> None:
    metrics = [SIGNED, replace(ORDERS, role="guard")]
    row = trial_start(trial=draft(metrics, units_planned=1_500).pk, at=NOW - 8 * DAY)
    load(tmp_path, simulated(row, 1_500, {"a": 0.1, "b": 0.3}, days=6, since=NOW - 8 * DAY))
    runs.run_through(key=runs.run_begin(trial=row, at=NOW).pk)

    shown = body(client_of("analyst").get(f"{LIST}{row.pk}/"))

    assert "better than each other arm. What must not get worse has no figure yet for: Orders." in shown


def test_lines_that_may_stay_empty_ask_for_nothing() -> None:
    client = client_of("marketer")

    new = _starred(body(client.get(NEW)))
    again = _starred(body(client.post(NEW, FORM | {"hypothesis": ""})))

    assert new == {"Arm 1": 2, "Arm 2": 2, "Metric 1": new["Metric 1"]}
    assert new["Metric 1"] > 1
    assert {line for line in again if line.startswith("Arm")} == {"Arm 1", "Arm 2"}


def _starred(page: str) -> dict[str, int]:
    """Return the lines of which some fields are marked as required, and how many."""
    lines = {each.split("</legend>")[0]: each for each in page.split("<legend>")[1:]}
    marks = {name: line.split("</fieldset>")[0].count("w-required-mark") for name, line in lines.items()}
    return {name: count for name, count in marks.items() if count}


def test_what_was_learnt_goes_into_the_archive(trial: Trial) -> None:
    client = client_of("marketer")
    act(client, trial, "stop")

    assert "Write down what was learnt" in body(act(client, trial, "archive"))
    assert "no arm zz" in body(act(client, trial, "conclude", outcome_arm="zz"))
    act(client, trial, "archive", outcome_arm="b", learnt="Shorter <b>headlines</b> win.")

    listed = client.get(LIST).content.decode()
    assert "Shorter &lt;b&gt;headlines&lt;/b&gt; win." in listed
    assert Trial.objects.get().outcome_arm == "b"


def test_figures_are_asked_for_stopped_and_gone_on_with(trial: Trial) -> None:
    client = client_of("marketer")
    TrialRun.objects.all().delete()

    assert "<progress" in body(act(client, trial, "figures"))
    assert "being worked out already" in body(act(client, trial, "figures"))
    assert "Go on" in body(act(client, trial, "run_stop"))
    assert TrialRun.objects.get().state == "stopped"
    act(client, trial, "run_go")
    assert TrialRun.objects.get().state == "waiting"


def test_units_are_downloaded_with_the_arm_they_were_dealt_and_saw(trial: Trial) -> None:
    client = client_of("owner")

    answer = client.get(f"{LIST}{trial.pk}/units.csv")
    rows = list(csv.DictReader(b"".join(answer.streaming_content).decode().splitlines()))  # type: ignore[attr-defined]

    assert len(rows) == 1_500
    assert all(row["dealt"] == row["shown"] == dealt_arm(trial, int(row["unit"])) for row in rows)
    assert {row["saw_several"] for row in rows} == {"0"}
    assert {row["share"] for row in rows} == {"0.500000"}


def test_units_are_not_taken_along_too_often(trial: Trial) -> None:
    client, where = client_of("owner"), f"{LIST}{trial.pk}/units.csv"

    answers = [client.get(where) for _ in range(downloading.A_MINUTE + 1)]

    assert [each.status_code for each in answers] == [200] * downloading.A_MINUTE + [429]
    assert "too often in a minute" in body(answers[-1])
    assert int(answers[-1]["Retry-After"]) <= 60


def test_no_spreadsheet_runs_what_a_browser_told(trial: Trial) -> None:
    found: dict[str, Any] = {"told_as": [7], "arm": ["\n=HYPERLINK(1)"], "first": [0], "crossed": [True]}

    (row,) = csv_rows(found, lambda _unit, _at: None, _Share(trial))

    assert row == ("7", "", "", "'\n=HYPERLINK(1)", "1970-01-01T00:00:00+00:00", "1")


def test_a_ledger_that_is_away_is_said_before_the_file_begins(
    trial: Trial, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_given: Any) -> Any:
        raise StoreBusy("away")

    monkeypatch.setattr(units, "exposed_stream", away)

    assert client_of("owner").get(f"{LIST}{trial.pk}/units.csv").status_code == 503


def test_the_planner_goes_by_the_sites_own_history(trial: Trial) -> None:
    client = client_of("marketer")
    assert "What is to be found" in body(client.get(PLAN))
    asked = {
        "site": "shop", "goal": "Sign up", "kind": "proportion", "unit": "visitor", "window_days": "1",
        "lift": "10", "arms": "2", "power": "80", "share": "100",
    }  # fmt: skip

    def ask(**more: str) -> str:
        answer = client.post(PLAN, asked | more)
        if answer.status_code == 302:
            assert "This is being worked out." in body(client.get(answer["Location"]))
            answer_through(key=TrialQuestion.objects.order_by("-id")[0].pk)
            return body(client.get(answer["Location"]))
        return body(answer)

    shown = ask()

    assert "Decided once at its end" in shown
    assert "t noncentral with δ" in shown
    assert "units_planned=" in shown
    assert client.post(PLAN, asked)["Location"].endswith(f"asked={TrialQuestion.objects.get().pk}")
    assert "Too little in the last four weeks" in ask(goal="Order")
    assert "known for a day" in ask(window_days="7")
    assert client.post(PLAN, asked | {"lift": "nan", "arms": "99", "power": "1e999"}).status_code == 200
    assert client.get(PLAN, {"asked": "9" * 40, "site": "shop"}).status_code == 200


def test_who_may_not_change_trials_cannot(trial: Trial) -> None:
    analyst = client_of("analyst")

    assert analyst.get(NEW).status_code in (302, 403)
    assert analyst.post(f"{LIST}{trial.pk}/act/", {"do": "stop"}).status_code in (302, 403)
    assert analyst.get(f"{LIST}{trial.pk}/edit/").status_code in (302, 403)
    trial.refresh_from_db()
    assert trial.state == "running"
