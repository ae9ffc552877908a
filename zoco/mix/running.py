"""Fits in the background: begun, stopped, begun anew where a process died. Nothing of a fit is kept half."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from zoco.kit import holding
from zoco.kit.runs import RunStopped, beating, dead_fail, teller
from zoco.kit.said import Said
from zoco.ledger import sitebook
from zoco.ledger.asking.filters import FilterWrong
from zoco.mix.models import ChannelTest, MediaMix
from zoco.mix.telling import result_of
from zoco.mix.weeks import WEEK, Weeks, weeks_of
from zoco.stats.mix import (
    BadExperiment,
    BadModel,
    BadSeries,
    Calibrated,
    ChainsDisagree,
    Collinear,
    Contradicted,
    Experiment,
    TooLittle,
    calibrated,
    fit,
)
from zoco.stats.mix.fitting import SWEEPS, WARMING

State = MediaMix.State
HELD = "media-mix"
# What the mathematics refuse, as a sentence: theirs are English.
REFUSED: dict[type[ValueError], str] = {
    TooLittle: gettext_noop(
        "There are too few weeks for so many channels. A model needs two weeks for each of its numbers, and "
        "at least a year. Choose more weeks, or give fewer sources to your costs."
    ),
    BadSeries: gettext_noop(
        "In these weeks nothing can be told apart: the outcome, or what was spent on a channel, was the same "
        "in all of them, or fell below 0. Choose other weeks or another goal."
    ),
    ChainsDisagree: gettext_noop(
        "The sampler did not come to one answer, so no figure may be told. Choose more weeks or fewer "
        "sources, or test a channel."
    ),
    BadModel: gettext_noop("This model cannot be fitted to these weeks. Choose another curve or more weeks."),
    BadExperiment: gettext_noop(
        "A test of a channel takes away more than was spent on it in its weeks. Correct the test, or the "
        "costs."
    ),
}
COLLINEAR = gettext_noop(
    "%(channels)s were spent on so much alike that no effect can be told from another. Give them one source, "
    "or change the spending of one for some weeks."
)
FILTER = gettext_noop("The goal is gone. Choose another one.")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a fit is asked for; `first_on` is a Monday."""

    site: int
    first_on: date
    weeks: int
    is_revenue: bool = True
    goal: str = ""
    country: str = ""
    saturation: str = MediaMix.Saturation.HILL


def begin(*, asked: Asked, by: User | None, at: datetime) -> MediaMix:
    """Note a fit and have it done in the background."""
    with transaction.atomic():
        mix = MediaMix.objects.create(
            site_id=asked.site,
            goal=asked.goal,
            is_revenue=asked.is_revenue,
            first_on=asked.first_on,
            weeks_count=asked.weeks,
            country=asked.country,
            saturation=asked.saturation,
            created_by=by,
            created_at=at,
            told_at=at,
        )
        _enqueue(mix)
    return mix


def again(*, mix: MediaMix) -> bool:
    """Begin anew what was stopped or failed; returns whether it begins."""
    with transaction.atomic():
        ended = MediaMix.objects.filter(pk=mix.pk, state__in=[State.STOPPED, State.FAILED])
        begun = ended.update(
            state=State.WORKING, is_to_stop=False, done=0, said="", said_places={}, told_at=timezone.now()
        )
        if begun:
            _enqueue(mix)
    return bool(begun)


def stop(*, mix: MediaMix) -> None:
    """Let it end at the next sweep."""
    MediaMix.objects.filter(pk=mix.pk, state=State.WORKING).update(is_to_stop=True)


def remove(*, mix: MediaMix) -> bool:
    """Forget a fit that is not under way; returns whether it is gone."""
    return bool(MediaMix.objects.filter(pk=mix.pk).exclude(state=State.WORKING).delete()[0])


def through(*, key: int) -> MediaMix | None:
    """Do a fit; one whose process died begins anew, with the same seed. What went wrong stands in it."""
    with holding.held(HELD, f"mix-{key}", seconds=holding.MOMENT) as folder:
        mix = MediaMix.objects.filter(pk=key).first()
        if folder is None or mix is None or mix.state != State.WORKING:
            return mix
        with beating(MediaMix.objects.filter(pk=key, state=State.WORKING)):
            return _held(mix)


def _held(mix: MediaMix) -> MediaMix:
    try:
        _do(mix)
        mix.state, mix.said, mix.said_places = State.DONE, "", {}
    except RunStopped:
        mix.state, mix.is_to_stop = State.STOPPED, False
    except FilterWrong:
        mix.state, mix.said, mix.said_places = State.REFUSED, FILTER, {}
    except Said as error:
        mix.state, mix.said, mix.said_places = State.REFUSED, error.words, error.places
    except Collinear as error:
        mix.state, mix.said = State.REFUSED, COLLINEAR
        mix.said_places = {"channels": ", ".join(error.columns)}
    except tuple(REFUSED) as error:
        mix.state, mix.said_places = State.REFUSED, {}
        mix.said = next(words for kind, words in REFUSED.items() if isinstance(error, kind))
    except Exception as error:
        mix.state, mix.said, mix.said_places = State.FAILED, f"{type(error).__name__}: {error}"[:500], {}
        raise
    finally:
        mix.told_at = timezone.now()
        if MediaMix.objects.filter(pk=mix.pk).exists():
            mix.save()
    return mix


def _do(mix: MediaMix) -> None:
    sites = {each.id: each for each in sitebook.sites()}
    weeks = weeks_of(
        sites[mix.site_id],
        mix.first_on,
        mix.weeks_count,
        is_revenue=mix.is_revenue,
        goal=mix.goal,
        country=mix.country,
        now=timezone.now(),
    )
    mix.weeks = weeks.to_json()
    tests = tests_of(mix, weeks)
    mix.total = (WARMING + SWEEPS) * (2 if tests else 1)
    mix.result = result_of(_fitted(weeks, mix.saturation, tests, _counter(mix)))
    mix.result["tests"] = len(tests)
    mix.done = mix.total


def _fitted(
    weeks: Weeks, saturation: str, tests: list[Experiment], told: Callable[[], None]
) -> Calibrated | Contradicted:
    series, model = weeks.series(), weeks.model(saturation)
    if tests:
        return calibrated(series, tests, model, told=told)
    return Calibrated((), fit(series, model, told=told))


def _counter(mix: MediaMix) -> Callable[[], None]:
    """Return what counts a sweep; chains that must go on for longer stay at the end of the bar."""
    tell, done = teller(mix), 0

    def told() -> None:
        nonlocal done
        done += 1
        tell(done=min(done, mix.total - 1), total=mix.total)

    return told


def tests_of(mix: MediaMix, weeks: Weeks) -> list[Experiment]:
    """Return the tests of channels that are of these weeks, of the same outcome and of a channel there is."""
    last = weeks.first_on + len(weeks.outcome) * WEEK - timedelta(days=1)
    kept = ChannelTest.objects.filter(
        site=mix.site_id,
        is_revenue=mix.is_revenue,
        goal=mix.goal,
        channel__in=list(weeks.spend),
        first_on__gte=mix.first_on,
        last_on__lte=last,
    ).order_by("first_on", "id")
    return [
        Experiment(
            each.channel,
            (each.first_on - weeks.first_on).days // 7,
            (each.last_on - weeks.first_on).days // 7 + 1,
            each.change,
            each.effect,
            each.error,
        )
        for each in kept
    ]


def _enqueue(mix: MediaMix) -> None:
    from zoco.mix.tasks import mix_fit

    mix_fit.enqueue(mix=mix.pk)


def is_held(mix: MediaMix) -> bool:
    """Say whether a process of this machine is at a fit."""
    return holding.is_held(HELD, f"mix-{mix.pk}")


def look() -> None:
    """Let fits that died with their process have failed, so that somebody can begin them anew."""
    dead_fail(MediaMix.objects.filter(state=State.WORKING), failed=State.FAILED, is_held=is_held)
    holding.left_clear(HELD)
