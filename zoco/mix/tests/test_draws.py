"""Draws of a fit: kept with it, enough to work out elsewhere what it says, and sent to few."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow.parquet
import pytest

from zoco.ledger.tests.reports.made import SITE, ledger
from zoco.mix import leaving, running
from zoco.mix.models import MediaMix, MixDraws
from zoco.mix.tests.company import costs_make, facts_of, site_make
from zoco.mix.tests.test_fits import NOW, WEEKS, WORLD, begun, done
from zoco.mix.weeks import RUN_IN
from zoco.project.tests.readers import body, client_of
from zoco.sites import reads
from zoco.sites.models import Site
from zoco.stats.mix.fitting import KEPT

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(300)]


@pytest.fixture(autouse=True)
def site(tmp_path: Path) -> Iterator[Site]:
    (tmp_path / "keys").mkdir(mode=0o700)
    with ledger(tmp_path, facts_of(WORLD.series.outcome[RUN_IN:]), [SITE]):
        made = site_make()
        reads.forget()
        costs_make(made, WORLD, WEEKS)
        yield made
    reads.forget()


def rows_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode())))


def brought(spent: list[float], row: dict[str, str], channel: str, run_in: int) -> float:
    """Work out by hand what a channel brought in one draw, week by week."""
    retention, half, slope, effect = (
        float(row[f"{channel}: {name}"]) for name in ("retention", "half_spend", "slope", "effect")
    )
    arriving, total = 0.0, 0.0
    for week, amount in enumerate(spent):
        arriving = retention * arriving + (1 - retention) * amount
        if week >= run_in and arriving > 0:
            total += effect * arriving**slope / (arriving**slope + half**slope)
    return total


def test_from_the_two_files_alone_follows_what_the_page_says() -> None:
    mix = done()
    analyst = client_of("analyst")
    page = body(analyst.get(f"/admin/media-mix/{mix.pk}/"))
    assert f'href="/admin/media-mix/{mix.pk}/draws.parquet"' in page

    sent = analyst.get(f"/admin/media-mix/{mix.pk}/draws.csv")
    draws, weeks = rows_of(sent.content), rows_of(analyst.get(f"/admin/media-mix/{mix.pk}/weeks.csv").content)

    assert sent["Content-Disposition"] == f'attachment; filename="media-mix-{mix.pk}-draws.csv"'
    assert [row["draw"] for row in draws] == [str(number) for number in range(1, KEPT + 1)]
    run_in = sum(int(row["is_run_in"]) for row in weeks)
    for told in mix.result["channels"]:
        name = told["channel"]
        spent = [float(row[name]) for row in weeks]
        for row in draws[::200]:
            assert brought(spent, row, name, run_in) == pytest.approx(
                float(row[f"{name}: brought"]), rel=1e-9
            )
        all_draws = np.array([float(row[f"{name}: brought"]) for row in draws])
        assert all_draws.mean() == pytest.approx(told["contribution"]["mean"], rel=1e-12)
        low, high = np.quantile(all_draws, [0.05, 0.95])
        assert (told["contribution"]["low"], told["contribution"]["high"]) == pytest.approx((low, high))
    file = pyarrow.parquet.read_table(
        io.BytesIO(analyst.get(f"/admin/media-mix/{mix.pk}/draws.parquet").content)
    )
    assert file.column_names == list(draws[0])
    assert file["noise"].to_pylist() == [float(row["noise"]) for row in draws]


def test_a_fit_that_ran_twice_keeps_its_draws_once_and_they_go_with_it() -> None:
    mix = done()
    first = bytes(MixDraws.objects.get().parquet)
    MediaMix.objects.update(state=MediaMix.State.WORKING, result={}, weeks={})

    running.through(kind="mix", key=mix.pk)

    assert [bytes(each.parquet) for each in MixDraws.objects.all()] == [first]
    leaving.site_forget(1, NOW)
    assert not MixDraws.objects.exists()


def test_of_a_fit_that_is_not_done_there_are_no_draws() -> None:
    working = begun()
    analyst = client_of("analyst")

    for kind in ("csv", "parquet"):
        assert analyst.get(f"/admin/media-mix/{working.pk}/draws.{kind}").status_code == 404
    assert "draws.csv" not in body(analyst.get(f"/admin/media-mix/{working.pk}/"))
    assert analyst.get("/admin/media-mix/999/draws.csv").status_code == 404


def test_a_model_that_is_begun_anew_and_stopped_leaves_no_draws_of_before() -> None:
    mix = begun()
    MixDraws.objects.create(mix=mix, parquet=b"PAR1")
    MediaMix.objects.update(goal="gone")

    running.through(kind="mix", key=mix.pk)

    mix.refresh_from_db()
    assert mix.state == MediaMix.State.REFUSED
    assert not MixDraws.objects.exists()
