"""A media mix model is fitted: its weeks put together, tests of channels held against it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.utils import timezone

from zoco.ledger import sitebook
from zoco.mix.controls.series import controls_add
from zoco.mix.demand.judging import held, judged, visits_add
from zoco.mix.draws import draws_forget, draws_keep
from zoco.mix.models import ChannelTest, MediaMix
from zoco.mix.naming import goals_now
from zoco.mix.running import counter
from zoco.mix.telling import result_of
from zoco.mix.weeks import Weeks, weeks_of
from zoco.stats.mix import Calibrated, Contradicted, Experiment, Model, Series, calibrated, fit
from zoco.stats.mix.fitting import SWEEPS, WARMING


def do(mix: MediaMix) -> None:
    """Fit a model. Raises what the mathematics refuse, WeeksWrong, FilterWrong, RunStopped."""
    draws_forget(mix=mix)
    site = next(each for each in sitebook.sites() if each.id == mix.site_id)
    weeks = weeks_of(
        site,
        mix.first_on,
        mix.weeks_count,
        is_revenue=mix.is_revenue,
        goal=mix.goal,
        country=mix.country,
        now=timezone.now(),
        days=1 if mix.grain == MediaMix.Grain.DAY else 7,
    )
    visits_add(weeks, site, now=timezone.now())
    controls_add(weeks, site, mix.controls, now=timezone.now())
    mix.weeks = weeks.to_json()
    goals = goals_now(site.id)
    tests, apart = tests_of(mix, weeks, goals)
    mix.total = (WARMING + SWEEPS) * (2 if tests else 1)
    series, model = weeks.series(), weeks.model(mix.saturation)
    demand = judged(weeks, series, model, site)
    answer = _fitted(series, model, tests, counter(mix))
    told = {each.channel for each in tests} if isinstance(answer, Calibrated) else set()
    mix.result = result_of(answer, weeks.days, held(demand, told))
    mix.result |= {"tests": len(tests), "currency": site.currency, "demand": demand, "goals": goals}
    mix.result["tests_apart"] = apart
    if isinstance(answer, Calibrated):
        draws_keep(mix=mix, fit=answer.fit)
    mix.done = mix.total


def _fitted(
    series: Series, model: Model, tests: list[Experiment], told: Callable[[], None]
) -> Calibrated | Contradicted:
    if tests:
        return calibrated(series, tests, model, told=told)
    return Calibrated((), fit(series, model, told=told))


def tests_of(mix: MediaMix, weeks: Weeks, goals: list[str]) -> tuple[list[Experiment], int]:
    """Return the tests of channels that are of these weeks, of the same outcome and of a channel there is.

    Beside them, how many are not of the same outcome because they measured conversions by other goals, or it
    is not known by which.
    """
    last = weeks.first_on + timedelta(days=len(weeks.outcome) * weeks.days - 1)
    kept = ChannelTest.objects.filter(
        site=mix.site_id,
        is_revenue=mix.is_revenue,
        goal=mix.goal,
        channel__in=list(weeks.spend),
        first_on__gte=mix.first_on,
        last_on__lte=last,
    ).order_by("first_on", "id")
    same = [each for each in kept if each.counts_by(goals)]
    found = [
        Experiment(
            each.channel,
            (each.first_on - weeks.first_on).days // weeks.days,
            (each.last_on - weeks.first_on).days // weeks.days + 1,
            each.change,
            each.effect,
            each.error,
        )
        for each in same
    ]
    return found, len(kept) - len(same)
