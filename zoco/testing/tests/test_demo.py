"""`zoco demo`: loads once, replaces, removes."""

import json
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db.models import Sum

from zoco.campaigns.costs.models import Cost
from zoco.kit.commands import CommandFailed, Exit
from zoco.ledger.asking.ask import ask
from zoco.ledger.asking.goals import goals_of_facts
from zoco.ledger.asking.question import Question
from zoco.ledger.report import report_named
from zoco.ledger.store import opening
from zoco.monitor.funnels import Funnel
from zoco.sites.consenting.words import words_of
from zoco.sites.models import Site
from zoco.testing import demo
from zoco.testing.commands import Demo
from zoco.testing.factories import fact, site_make, user_make

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_data(data: Path) -> Iterator[Path]:
    opening.close()
    yield data
    opening.close()


def zoco_demo(*words: str) -> Exit:
    parser = ArgumentParser()
    command = Demo()
    command.arguments(parser)
    return command.run(parser.parse_args([*words]))


def facts_of(site: int) -> int:
    answer = opening.store().query(f"SELECT count(*) AS n FROM facts WHERE site = {site}")
    return int(answer["n"][0].as_py())


LETTERS = "newsletter"
SMALL = ("--visitors", "150", "--days", "20")


def test_a_second_call_adds_nothing_and_remove_takes_all(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert zoco_demo(*SMALL) is Exit.OK

    site = Site.objects.get(slug="demo")
    loaded = facts_of(site.pk)
    assert capsys.readouterr().out == f"{loaded} facts\n"
    assert (site.is_demo, site.zone, site.currency) == (True, "Europe/Madrid", "EUR")
    assert json.loads((data / "demo-truth.json").read_text())["facts"] == loaded > 1_000
    assert zoco_demo(*SMALL) is Exit.OK
    assert facts_of(site.pk) == loaded
    assert zoco_demo("--remove") is Exit.OK
    assert f"{loaded} facts erased\n" in capsys.readouterr().out
    assert facts_of(site.pk) == 0
    assert not Site.objects.filter(slug="demo").exists()
    assert not (data / "demo-truth.json").exists()
    assert zoco_demo("--remove") is Exit.NOTHING_TO_DO


def test_what_a_cut_short_call_left_is_made_anew(data: Path) -> None:
    zoco_demo(*SMALL)
    (data / "demo-truth.json").unlink()

    assert demo.demo_truth() is None
    assert zoco_demo(*SMALL, "--seed", "9") is Exit.OK

    truth = demo.demo_truth()
    assert truth is not None
    assert facts_of(truth.site) == truth.facts
    assert truth.seed == 9


def test_its_costs_are_true_to_the_cent_and_loading_anew_replaces_them() -> None:
    for seed in ("3", "4"):
        assert zoco_demo(*SMALL, "--seed", seed, "--replace") is Exit.OK
        truth = demo.demo_truth()
        assert truth is not None
        kept = dict(Cost.objects.values_list("campaign__code").annotate(Sum("amount")))
        assert kept == {
            each.code: each.cost for each in truth.campaigns if each.days and each.code != LETTERS
        }
        assert sum(kept.values()) > 0

    funnel = Funnel.objects.get()
    assert set(funnel.steps) <= {goal.name for goal in goals_of_facts(funnel.site_id)}


def test_the_report_on_consent_says_what_is_true() -> None:
    zoco_demo("--visitors", "400", "--days", "30")
    truth, site = demo.demo_truth(), Site.objects.get(slug="demo")
    assert truth is not None
    report = report_named("consent")
    question = Question.from_address({"site": site.slug, "period": "all"}, report=report)

    answer = ask(report, question)

    assert str(question.period) == f"{truth.first}..{truth.last}"
    assert site.has_banner
    assert [(row.values["given"], row.values["declined"]) for row in answer.rows] == [
        (day.given, day.declined) for day in truth.days
    ]
    assert answer.overall["known_visitors"] == truth.consent.known > 100
    assert answer.overall["known_days"] == truth.consent.known_days
    proofs = opening.store().query(
        "SELECT DISTINCT CAST(props AS VARCHAR) AS props FROM facts WHERE name LIKE 'web.consent.%'"
    )
    shown = [json.loads(each)["proof"] for each in proofs["props"].to_pylist()]
    for proof in shown:
        words = words_of(site, proof["language"])
        assert (proof["text"], proof["version"]) == (words.text, words.version)
    assert {proof["language"] for proof in shown} == {"es", "en", "ru", "zh-hans"}


def test_a_site_of_somebodys_own_is_left_alone() -> None:
    site_make("demo")

    with pytest.raises(CommandFailed, match="has the short name demo"):
        zoco_demo(*SMALL)
    with pytest.raises(CommandFailed):
        zoco_demo("--visitors", "0")


def test_factories_make_what_they_say() -> None:
    assert fact(path="/a").path == "/a"
    assert fact().id != fact().id
    assert user_make("eva", is_owner=True).check_password("eva")
    assert site_make("books").hostnames.get().name == "books.example"
