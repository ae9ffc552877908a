"""Works out what people are worth: purchases, models, the holdout, and what to expect of each of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from django.utils.translation import gettext_noop

from zoco.research.models import Outcome, Study
from zoco.research.purchases import Floats, Sold
from zoco.research.studies import StudyWrong
from zoco.research.valuing.choosing import AUTOMATIC, MODELS, NONE_FITS, models_tried, money_fitted
from zoco.research.valuing.judging import judged
from zoco.research.valuing.logs import WEEK, Log, log_of, whole_days
from zoco.stats.value.buying import Buying
from zoco.stats.value.fitting import Fitted
from zoco.stats.value.histories import Buyers, Histories, distinct
from zoco.stats.value.intervals import CONFIDENCE, SEED, Worth, totals
from zoco.stats.value.spend import GammaGamma, Spending, dependence, spending

if TYPE_CHECKING:
    from zoco.kit.runs import Tell
    from zoco.ledger.sitebook import SiteInfo
    from zoco.ledger.store.base import Store

HORIZON_DAYS = 365
HORIZON = HORIZON_DAYS / WEEK
BLOCK = 10_000
DRAWS, TOTAL_DRAWS = 128, 256
"""Powers of two, as draws lie evenly then."""
STEPS = 5
"""Reading, models, the holdout, the sum; then the people, a step each block."""
ALIVE_PARTS = 10
LARGEST = 1e15
"""Nobody is worth more: where an interval ends beyond, it has no end."""
WORTH_SHARE = 10
"""An audience of those who are worth most is offered as about one in so many."""
NO_MODEL = gettext_noop("There is no model %(model)s; choose one of: %(known)s.")


class Block(NamedTuple):
    """Some people, with what is expected of each of them in the next year."""

    keys: Any
    alive: Floats
    purchases: Floats
    value: Floats | None
    low: Floats | None
    high: Floats | None


def value_work(study: Study, site: SiteInfo, store: Store, tell: Tell) -> Iterator[Outcome]:
    """Fit, judge, and yield what is expected of each person. Raises StudyWrong, RunStopped."""
    wanted = str(study.wanted.get("model", AUTOMATIC))
    if wanted != AUTOMATIC and wanted not in MODELS:
        raise StudyWrong(NO_MODEL, model=wanted[:20], known=", ".join(MODELS))
    log = log_of(site=site, now=study.until_at, store=store)
    sold = Sold.of(site=site, period=whole_days(site, study.until_at), store=store)
    buyers = log.buyers(log.until)
    study.total = STEPS + -(-len(buyers.ids) // BLOCK)
    tell(done=1, total=study.total)
    yield from outcomes(study, log, buyers, wanted, _basis(log, buyers, sold, site), tell)


def _basis(log: Log, buyers: Buyers, sold: Sold, site: SiteInfo) -> dict[str, Any]:
    """Return what the study stands on."""
    return {
        "people": len(buyers.ids),
        "again": int((buyers.histories.purchases > 0).sum()),
        "orders": len(log.person),
        "money": round(float(log.money.sum()), 2),
        "currency": site.currency,
        "since": log.since_on,
        "until": log.until_on,
        "other_orders": sold.other_orders,
        "other_money": round(sold.other_money, 2),
    }


def outcomes(
    study: Study, log: Log, buyers: Buyers, wanted: str, basis: dict[str, Any], tell: Tell
) -> Iterator[Outcome]:
    """Fill in what was found as a whole, and yield it of each person."""
    study.found = {"basis": basis}
    tried = models_tried(wanted, buyers.histories, lambda: tell(done=2))
    study.found["tried"] = [_tried(each) for each in tried]
    best = tried[0]
    if best.fitted is None:
        raise StudyWrong(NONE_FITS)
    tell(done=3)
    held, why = judged(log, wanted, lambda: tell(done=3))
    spent = spending(buyers.histories.purchases, buyers.spend)
    money, money_why = money_fitted(spent)
    study.found |= {"model": best.key, "holdout": held, "holdout_why": why, "money_why": money_why}
    study.found["parameters"] = _parameters(best.fitted)
    if money is not None:
        study.found["spending"] = _parameters(money)
        study.found["dependence"] = round(dependence(spent), 3)
    tell(done=4)
    study.found["sums"] = _sums(best.fitted, buyers.histories, money, spent)
    tell(done=STEPS)
    counts, values = np.zeros(ALIVE_PARTS, dtype=np.int64), list[Floats]()
    for number, block in enumerate(_blocks(best.fitted, buyers, money, spent), 1):
        parts = np.minimum((block.alive * ALIVE_PARTS).astype(np.int64), ALIVE_PARTS - 1)
        counts += np.bincount(parts, minlength=ALIVE_PARTS)
        values += [] if block.value is None else [block.value[block.value < LARGEST]]
        study.found |= {"alive": counts.tolist(), "worth_most": worth_most(values)}
        yield from _rows(study, block)
        tell(done=STEPS + number)


def worth_most(values: list[Floats]) -> int:
    """Return the whole money that about one in `WORTH_SHARE` is worth at least, 0 where money is not told."""
    whole = np.concatenate([*values, np.zeros(0)])
    if not len(whole):
        return 0
    at = len(whole) - 1 - len(whole) // WORTH_SHARE
    return int(np.partition(whole, at)[at])


def _tried(each: Any) -> dict[str, Any]:
    likelihood = round(each.fitted.likelihood, 4) if each.fitted else None
    return {"key": each.key, "likelihood": likelihood, "why": each.why}


def _parameters(fitted: Fitted[Any]) -> list[list[Any]]:
    """Return each parameter with its interval of 90%."""
    low, high = fitted.bounds(CONFIDENCE)
    each = zip(fitted.names, fitted.values, low, high, strict=True)
    return [[name, *(float(f"{number:.6g}") for number in numbers)] for name, *numbers in each]


def _sums(
    fitted: Fitted[Buying], rows: Histories, money: Fitted[GammaGamma] | None, spent: Spending
) -> dict[str, list[float]]:
    """Return what all will buy in the next year, and spend: expected, its interval, and what will be seen."""
    worth = Worth(money, spent) if money else None
    wholes = totals(fitted, rows, HORIZON, worth=worth, draws=TOTAL_DRAWS)
    found = {}
    for name, whole in zip(("purchases", "value"), wholes, strict=False):
        numbers = (whole.expected, whole.low, whole.high, whole.least, whole.most)
        found[name] = [round(each, 2) for each in numbers]
    return found


def _blocks(
    fitted: Fitted[Buying], buyers: Buyers, money: Fitted[GammaGamma] | None, spent: Spending
) -> Iterator[Block]:
    for start in range(0, len(buyers.ids), BLOCK):
        some = slice(start, start + BLOCK)
        whole = buyers.histories
        rows = Histories(whole.purchases[some], whole.last[some], whole.age[some], whole.customers[some])
        mine = Spending(spent.purchases[some], spent.mean[some], spent.customers[some])
        yield _block(buyers.ids[some], fitted, rows, money, mine)


def _block(
    keys: Any, fitted: Fitted[Buying], rows: Histories, money: Fitted[GammaGamma] | None, spent: Spending
) -> Block:
    """Return expectations with the interval that parameters leave; equal histories are asked once."""
    firsts, places = distinct(rows.purchases, rows.last, rows.age)
    some = rows.taken(firsts)
    alive = fitted.model.alive(some)[places]
    purchases = fitted.model.expected(some, HORIZON)[places]
    if money is None:
        return Block(keys, alive, purchases, None, None, None)
    drawn = np.array([
        model.expected(some, HORIZON)[places] * worth.expected(spent)
        for model, worth in zip(fitted.drawn(DRAWS, SEED), money.drawn(DRAWS, SEED + 1), strict=True)
    ])  # fmt: skip
    # Where draws have no bound the interval has none.
    drawn = np.where(np.isfinite(drawn), drawn, np.finfo(np.float64).max)
    low, high = np.quantile(drawn, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2], axis=0)
    return Block(keys, alive, purchases, purchases * money.model.expected(spent), low, high)


def _rows(study: Study, block: Block) -> Iterator[Outcome]:
    columns = {name: column for name, column in block._asdict().items() if name != "keys"}
    for place, key in enumerate(block.keys.tolist()):
        given = {name: _number(column, place) for name, column in columns.items()}
        yield Outcome(study=study, person_id=key, **given)


def _number(column: Floats | None, place: int) -> float | None:
    found = None if column is None else float(column[place])
    return found if found is not None and found < LARGEST else None
