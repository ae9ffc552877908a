"""Published figures on CDNOW, to the digits that were published."""

import numpy as np
import pytest

from zoco.stats.value.buying import Buying
from zoco.stats.value.fitting import Fitted, fit
from zoco.stats.value.geometric import BgNbd, MbgNbd
from zoco.stats.value.histories import Histories, aggregated, histories
from zoco.stats.value.holdout import bought_after, held_out, tracked
from zoco.stats.value.intervals import Worth, totals
from zoco.stats.value.pareto import ParetoNbd
from zoco.stats.value.spend import GammaGamma, dependence, spending
from zoco.stats.value.tests import cdnow

pytestmark = cdnow.real_purchases


@pytest.fixture(scope="module")
def bg() -> Fitted[BgNbd]:
    return fit(BgNbd, cdnow.calibration().histories)


@pytest.fixture(scope="module")
def modified() -> Fitted[MbgNbd]:
    return fit(MbgNbd, cdnow.calibration().histories)


@pytest.fixture(scope="module")
def pareto() -> Fitted[ParetoNbd]:
    return fit(ParetoNbd, cdnow.calibration().histories)


@pytest.fixture(scope="module")
def gamma() -> Fitted[GammaGamma]:
    return fit(GammaGamma, spending(cdnow.calibration().histories.purchases, cdnow.calibration().spend))


def known(purchases: float, last: float, age: float) -> Histories:
    return histories(np.array([purchases]), np.array([last]), np.array([age]))


def test_customers_are_those_of_the_paper() -> None:
    rows = cdnow.calibration().histories

    # Fader, Hardie and Lee 2005, their data: 2,357 customers, of whom 946 came back.
    assert rows.count == 2_357
    assert int((rows.purchases > 0).sum()) == 946
    assert len(aggregated(rows)) == 1_016
    assert aggregated(rows).count == 2_357


def test_bg_nbd_is_the_published_one(bg: Fitted[BgNbd]) -> None:
    # Fader, Hardie and Lee 2005, their table of parameters; more digits: the manual of the R package BTYD.
    assert bg.values == pytest.approx([0.2426, 4.4136, 0.7929, 2.4259], abs=0.00006)
    assert bg.likelihood == pytest.approx(-9582.429, abs=0.0005)
    assert bg.is_converged


def test_pareto_nbd_is_the_published_one(pareto: Fitted[ParetoNbd]) -> None:
    # Fader, Hardie and Lee 2005, their table of parameters: 0.553, 10.578, 0.606, 11.669; -9595.0.
    assert pareto.values == pytest.approx([0.553, 10.578, 0.606, 11.669], abs=0.0005)
    assert pareto.likelihood == pytest.approx(-9594.976, abs=0.0005)
    assert pareto.is_converged


def test_mbg_nbd_is_the_published_one(modified: Fitted[MbgNbd]) -> None:
    # As the R package BTYDplus (M. Platzer) gives it.
    assert modified.values == pytest.approx([0.525, 6.183, 0.891, 1.614], abs=0.0005)
    assert modified.is_converged


def test_gamma_gamma_is_the_published_one(gamma: Fitted[GammaGamma]) -> None:
    # Fader and Hardie, The gamma-gamma model of monetary value (2013): 6.25, 3.74, 15.44.
    assert gamma.values == pytest.approx([6.25, 3.74, 15.44], abs=0.005)
    assert gamma.is_converged
    buyers = cdnow.calibration()
    # Fader, Hardie and Lee, RFM and CLV (2005): the correlation is 0.11.
    assert dependence(spending(buyers.histories.purchases, buyers.spend)) == pytest.approx(0.11, abs=0.005)


def test_fits_take_few_looks_at_the_rows(
    bg: Fitted[BgNbd],
    modified: Fitted[MbgNbd],
    pareto: Fitted[ParetoNbd],
    gamma: Fitted[GammaGamma],
) -> None:
    assert max(each.evaluations for each in (bg, modified, pareto, gamma)) < 100


def test_single_customers_are_told_as_published() -> None:
    one, best = known(2, 30.43, 38.86), known(26, 30.86, 31)
    bg = BgNbd(0.2425945, 4.4136019, 0.7929199, 2.4258881)
    pareto = ParetoNbd(0.55340, 10.58020, 0.60606, 11.65622)

    # Fader, Hardie and Lee, Implementing the BG/NBD model for customer base analysis in Excel (2005).
    assert bg.expected(one, 39) == pytest.approx([1.226], abs=0.0005)
    # The manual of the R package BTYD: what customer 1516 will do in a year.
    assert bg.fresh(np.array([52.0])) == pytest.approx([1.444], abs=0.0005)
    assert bg.alive(best) == pytest.approx([0.9689], abs=0.00005)
    assert bg.expected(best, 52) == pytest.approx([25.76], abs=0.005)
    assert pareto.fresh(np.array([52.0])) == pytest.approx([1.473], abs=0.0005)
    assert pareto.alive(best) == pytest.approx([0.9979], abs=0.00005)
    assert pareto.expected(best, 52) == pytest.approx([25.46], abs=0.005)


def test_the_second_half_is_told_as_it_is_known_to_be(bg: Fitted[BgNbd], pareto: Fitted[ParetoNbd]) -> None:
    before, after = cdnow.calibration(), bought_after(cdnow.calibration(), cdnow.whole())

    found, other = (held_out(each, before.histories, after, 39) for each in (bg.model, pareto.model))

    assert after.sum() == 1_882
    assert found.customers.tolist() == [1_411, 439, 214, 100, 62, 38, 29, 64]
    assert found.actual[:3] == pytest.approx([0.237, 0.697, 1.393], abs=0.0005)
    assert found.expected[:3] == pytest.approx([0.225, 0.523, 1.044], abs=0.0005)
    assert found.error == pytest.approx(-12.1, abs=0.05)
    assert other.error == pytest.approx(-11.5, abs=0.05)


def test_sales_are_tracked_by_week(bg: Fitted[BgNbd], pareto: Fitted[ParetoNbd]) -> None:
    customers, weeks, _dollars = cdnow.log()
    first = cdnow.whole().first
    moments = np.unique(np.stack([customers, weeks]), axis=1)
    numbers = np.searchsorted(cdnow.whole().ids, moments[0].astype(int))
    repeats = moments[1][moments[1] > first[numbers]]

    found, other = (tracked(each, first, repeats, 78) for each in (bg.model, pareto.model))

    assert found.actual[[38, 77]].tolist() == [2_457, 4_339]
    # Fader, Hardie and Lee 2005, their holdout: BG/NBD is low by about 4% after 78 weeks, Pareto/NBD by less.
    assert found.error(0, 78) == pytest.approx(-4.1, abs=0.05)
    assert other.error(0, 78) == pytest.approx(-1.6, abs=0.05)
    assert found.error(39, 78) == pytest.approx(-11.4, abs=0.05)
    assert found.error(0, 39) == pytest.approx(1.5, abs=0.05)


@pytest.mark.parametrize("kind", [BgNbd, MbgNbd, ParetoNbd])
def test_what_all_will_spend_has_a_wider_interval_than_its_expectation(
    kind: type[Buying], gamma: Fitted[GammaGamma]
) -> None:
    buyers = cdnow.calibration()
    worth = Worth(gamma, spending(buyers.histories.purchases, buyers.spend))

    found = totals(fit(kind, buyers.histories), buyers.histories, 39, worth=worth, draws=60)[-1]

    assert found.low < found.expected < found.high
    assert found.most - found.least > found.high - found.low
    assert 54_000 < found.expected < 64_000
