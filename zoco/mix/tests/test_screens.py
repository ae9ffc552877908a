"""Pages of media mixes: begun, read in four languages, downloaded, and tests of channels written down."""

import csv
import io
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone

from zoco.kit.runs import ENDED
from zoco.ledger.tests.pictures import drawn as whole
from zoco.ledger.tests.pictures import said as texts
from zoco.ledger.tests.reports.made import SITE, ledger
from zoco.mix import running
from zoco.mix.models import ChannelTest, MediaMix
from zoco.mix.shown.showing import shown
from zoco.mix.tests.company import FIRST, costs_make, facts_of, site_make
from zoco.mix.tests.test_fits import WEEKS, WORLD, begun
from zoco.mix.weeks import RUN_IN
from zoco.project.tests.readers import body, client_of
from zoco.sites import reads
from zoco.sites.models import Site

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(300)]
ASKED = {"outcome": "revenue", "weeks": "156", "country": "", "saturation": "hill"}
TEST = {
    "channel": "search", "outcome": "revenue", "first_on": "2025-01-06", "last_on": "2025-02-02",
    "change": "-1200.50", "effect": "-3400", "error": "800", "note": "Dark in the north",
}  # fmt: skip


@pytest.fixture(autouse=True)
def site(tmp_path: Path) -> Iterator[Site]:
    (tmp_path / "keys").mkdir(mode=0o700)
    with ledger(tmp_path, facts_of(WORLD.series.outcome[RUN_IN:]), [SITE]):
        made = site_make()
        reads.forget()
        yield made
    reads.forget()


@pytest.fixture
def marketer() -> Client:
    return client_of("marketer")


def fitted(site: Site) -> MediaMix:
    costs_make(site, WORLD, WEEKS)
    mix = begun()
    running.through(kind="mix", key=mix.pk)
    mix.refresh_from_db()
    return mix


def test_an_empty_list_says_what_a_model_needs(marketer: Client) -> None:
    page = body(marketer.get("/admin/media-mix/"))

    assert "No model yet." in page
    assert "/admin/costs/?site=shop" in page


def test_a_model_is_begun_for_whole_weeks_up_to_the_last(marketer: Client) -> None:
    answer = marketer.post("/admin/media-mix/", {"site": "shop", **ASKED})

    mix = MediaMix.objects.get()
    assert answer["Location"] == f"/admin/media-mix/{mix.pk}/"
    assert (mix.first_on.weekday(), mix.weeks_count, mix.state) == (0, 156, "working")
    today = timezone.now().date()
    assert today - timedelta(days=8) <= mix.last_on <= today + timedelta(days=1)
    assert "Stop" in body(marketer.get(answer["Location"]))


@pytest.mark.parametrize(
    "wrong", [{"weeks": "9999"}, {"weeks": "3"}, {"weeks": "x"}, {"outcome": "goal:None"}, {"country": "QQ"}]
)
def test_what_cannot_be_asked_for_begins_nothing(marketer: Client, wrong: dict[str, str]) -> None:
    answer = marketer.post("/admin/media-mix/", {"site": "shop", **ASKED, **wrong})

    assert answer.status_code == 200
    assert not MediaMix.objects.exists()


@pytest.mark.figures
def test_a_fitted_model_is_shown_with_advice_and_every_language_has_its_words(site: Site) -> None:
    mix = fitted(site)
    client = client_of("analyst")

    pages = {
        language: body(client.get(f"/admin/media-mix/{mix.pk}/", headers={"accept-language": language}))
        for language in ("en", "es", "ru", "zh-hans")
    }

    for words in (
        "What money brought, by channel",
        "How the same money would be split best",
        "What the data taught",
        "told by the data",
    ):
        assert words in pages["en"]
    assert "Lo que trajo el dinero, por canal" in pages["es"]
    assert "Что принесли деньги, по каналам" in pages["ru"]
    assert "各渠道的花费带来了什么" in pages["zh-hans"]
    assert pages["en"].count("<svg") > 10
    assert pages["en"].count("How is this computed") == 6


def test_pictures_of_a_model_are_files_in_every_language(site: Site) -> None:
    mix = fitted(site)
    client, where = client_of("analyst"), f"/admin/media-mix/{mix.pk}/"
    keys = ("returns", "advice", "responses", "waterfall", "fit", "learnt")

    made = {key: texts(whole(client.get(where, {"picture": key}).content.decode())) for key in keys}
    chinese = client.get(where, {"picture": "waterfall"}, headers={"accept-language": "zh-hans"})

    assert made["waterfall"][0] == "What everything is made of"
    assert "Baseline: without any spending" in made["waterfall"]
    assert made["fit"][0] == "What came and what was fitted, by week"
    assert any(each.startswith("Uncertainty: Bounds hold with 90% probability") for each in made["returns"])
    assert "基线：没有任何花费时" in texts(whole(chinese.content.decode()))
    assert chinese["Content-Disposition"] == f'attachment; filename="{site.slug}_mix-{mix.pk}_waterfall.svg"'
    assert client.get(where, {"picture": "nothing"}).status_code == 404


def test_work_whose_process_ended_says_so_in_every_language(site: Site) -> None:
    mix = begun()
    MediaMix.objects.filter(pk=mix.pk).update(state=MediaMix.State.FAILED, said=ENDED)

    shown = client_of("analyst").get(f"/admin/media-mix/{mix.pk}/", headers={"accept-language": "zh-hans"})

    assert "进程已结束。" in body(shown)


def test_a_channel_that_the_data_do_not_tell_has_no_figure(site: Site) -> None:
    mix = fitted(site)
    mix.result["channels"][0]["knowledge"] = "not identifiable"
    mix.save()
    told = shown(mix)["channels"][1]["picture"]
    mix.result["channels"][0]["roas"]["high"] = 1e6
    mix.save()

    name = mix.result["channels"][0]["channel"]
    analyst = client_of("analyst")
    page = body(analyst.get(f"/admin/media-mix/{mix.pk}/"))

    assert told in page, "what is not shown sets no scale"
    assert page.count("not identifiable: the data say no more than was believed before") >= 2
    assert f"The data say nothing of {name}: what stands there is what was believed before." in page
    listed = body(analyst.get("/admin/media-mix/"))
    assert f'data-label="Highest return">{mix.result["channels"][1]["channel"]}<' in listed


def test_the_weeks_can_be_downloaded_and_add_up(site: Site) -> None:
    mix = fitted(site)

    answer = client_of("analyst").get(f"/admin/media-mix/{mix.pk}/weeks.csv")

    rows = list(csv.DictReader(io.StringIO(answer.content.decode())))
    assert len(rows) == WEEKS + RUN_IN
    assert (rows[RUN_IN]["week"], rows[0]["is_run_in"], rows[RUN_IN]["is_run_in"]) == (str(FIRST), "1", "0")
    total = sum(float(row["outcome"] or 0) for row in rows)
    assert total == pytest.approx(float(WORLD.series.outcome[RUN_IN:].sum()), abs=1)
    spent = sum(float(row["search"]) for row in rows)
    assert spent == pytest.approx(float(WORLD.series.spend[: WEEKS + RUN_IN, 0].sum()), abs=1)


def test_a_test_of_a_channel_is_written_down_once_it_is_right(marketer: Client) -> None:
    marketer.post("/admin/media-mix/tests/", {"site": "shop", **TEST})

    test = ChannelTest.objects.get()
    assert (test.channel, test.change, test.effect, test.error) == ("search", -1200.5, -3400.0, 800.0)
    page = body(marketer.get("/admin/media-mix/tests/"))
    assert "Dark in the north" in page
    marketer.post(f"/admin/media-mix/tests/{test.pk}/delete/")
    assert not ChannelTest.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"error": "0"}, "Write a number above 0."),
        ({"error": "nan"}, "Enter a number."),
        ({"change": "0"}, "A test that changed nothing says nothing."),
        ({"change": "inf"}, "Enter a number."),
        ({"effect": "1e300"}, "Write a number of at most twelve digits."),
        ({"last_on": "2024-12-29"}, "The last day is before the first one."),
        ({"first_on": "2025-01-07"}, "A test begins on a Monday."),
        ({"last_on": "2025-02-01"}, "A test ends on a Sunday: models know whole weeks."),
        ({"last_on": "2999-01-06"}, "A test that is not over says nothing yet."),
        ({"last_on": "2026-05-31"}, "A test takes at most a year."),
        ({"channel": "x" * 101}, "at most 100 characters"),
    ],
)
def test_a_wrong_test_is_refused_with_what_to_write(
    marketer: Client, wrong: dict[str, str], said: str
) -> None:
    answer = marketer.post("/admin/media-mix/tests/", {"site": "shop", **TEST, **wrong})

    assert said in body(answer)
    assert not ChannelTest.objects.exists()


def test_who_may_only_read_changes_nothing(site: Site) -> None:
    analyst = client_of("analyst")
    mix = begun()

    answers = [
        analyst.post("/admin/media-mix/", {"site": "shop", **ASKED}),
        analyst.post(f"/admin/media-mix/{mix.pk}/act/", {"do": "stop"}),
        analyst.post(f"/admin/media-mix/{mix.pk}/delete/"),
        analyst.post("/admin/media-mix/tests/", {"site": "shop", **TEST}),
    ]

    assert MediaMix.objects.count() == 1
    assert not ChannelTest.objects.exists()
    mix.refresh_from_db()
    assert not mix.is_to_stop
    assert {each.status_code for each in answers} <= {302, 403}
