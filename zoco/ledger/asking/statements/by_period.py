"""What reports go by that is no fact: the same for a whole question, or told for each of its periods."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import NamedTuple

from zoco.kit.periods import Period
from zoco.ledger.report import Params, Report
from zoco.ledger.sitebook import SiteInfo

Texts = tuple[str, ...]


class ByPeriod(NamedTuple):
    """Texts that are given of the period, and of the one before; statements leave them open."""

    now: Texts
    before: Texts


def given_of(report: Report, site: SiteInfo, params: Params, periods: Sequence[Period | None]) -> Hashable:
    """Return what a report goes by, of the period and the one before if it tells them apart."""
    if not report.gives_by_period:
        return report.given(site, params)
    return ByPeriod(*(report.given_in(site, params, each) if each else () for each in periods))


def told(given: Hashable, *, before: bool) -> Hashable:
    """Return what is given of the period, or of the one before."""
    return given if not isinstance(given, ByPeriod) else given.before if before else given.now


def texts_of(given: Hashable) -> Texts:
    """Return the texts that may be left open, in order."""
    return given.now + given.before if isinstance(given, ByPeriod) else ()


def with_texts(given: Hashable, texts: Sequence[str]) -> Hashable:
    """Return what is given with other texts in place of those of `texts_of`."""
    if not isinstance(given, ByPeriod):
        return given
    count = len(given.now)
    return ByPeriod(tuple(texts[:count]), tuple(texts[count:]))
