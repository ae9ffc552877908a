"""Work in the background: begun, stopped, begun anew where a process died. Nothing of it is kept half."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_noop

from zoco.kit import holding
from zoco.kit.masks import masked
from zoco.kit.runs import RunStopped, beating, dead_fail, teller
from zoco.kit.said import Said
from zoco.ledger.asking.filters import FilterWrong
from zoco.mix.models import MediaMix, RegionalTest, Work
from zoco.stats.incrementality import BadPanel
from zoco.stats.mix import BadExperiment, BadModel, BadSeries, ChainsDisagree, Collinear, TooLittle

State = Work.State
HELD = "media-mix"
# By kind: its model, and the module whose `do` works it out.
KINDS: dict[str, tuple[type[Work], str]] = {
    "mix": (MediaMix, "zoco.mix.fits"),
    "regions": (RegionalTest, "zoco.mix.regions.working"),
}
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
    BadPanel: gettext_noop(
        "Nothing can be told of these regions: a test needs at least four regions with outcomes, some of "
        "them not treated, and a past that is four times as long as the test, 20 weeks at least."
    ),
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


class UnderWay(Said, ValueError):
    """Another of the kind is being worked out for the site; one worker does them one after the other."""


def begin(*, work: Work) -> None:
    """Keep what is asked for, and have it worked out in the background. Raises UnderWay."""
    if type(work)._default_manager.filter(site=work.site_id, state=State.WORKING).exists():
        raise UnderWay(
            gettext_noop("Another one is being worked out for this site; stop it or wait until it is done.")
        )
    with transaction.atomic():
        work.save()
        _enqueue(work)


def again(*, work: Work) -> bool:
    """Begin anew what was stopped or failed; returns whether it begins."""
    with transaction.atomic():
        ended = _rows(work).filter(state__in=[State.STOPPED, State.FAILED])
        begun = ended.update(
            state=State.WORKING, is_to_stop=False, done=0, said="", said_places={}, told_at=timezone.now()
        )
        if begun:
            _enqueue(work)
    return bool(begun)


def stop(*, work: Work) -> None:
    """Let it end at the next step."""
    _rows(work).filter(state=State.WORKING).update(is_to_stop=True)


def remove(*, work: Work) -> bool:
    """Forget what is not under way; returns whether it is gone."""
    return bool(_rows(work).exclude(state=State.WORKING).delete()[0])


def through(*, kind: str, key: int) -> Work | None:
    """Work it out; what a process died at begins anew, with the same seed. What went wrong stands in it."""
    model, module = KINDS[kind]
    with holding.held(HELD, f"{kind}-{key}", seconds=holding.MOMENT) as folder:
        work: Work | None = model._default_manager.filter(pk=key).first()
        if folder is None or work is None or work.state != State.WORKING:
            return work
        with beating(_rows(work).filter(state=State.WORKING)):
            return _held(work, import_module(module).do)


def _held(work: Work, do: Callable[[Work], None]) -> Work:
    try:
        _unless_stopped(work, do)
        work.state, work.said, work.said_places = State.DONE, "", {}
    except RunStopped:
        work.state, work.is_to_stop = State.STOPPED, False
    except FilterWrong:
        work.state, work.said, work.said_places = State.REFUSED, FILTER, {}
    except Said as error:
        work.state, work.said, work.said_places = State.REFUSED, error.words, error.places
    except Collinear as error:
        work.state, work.said = State.REFUSED, COLLINEAR
        work.said_places = {"channels": ", ".join(error.columns)}
    except tuple(REFUSED) as error:
        work.state, work.said_places = State.REFUSED, {}
        work.said = next(words for kind, words in REFUSED.items() if isinstance(error, kind))
    except Exception as error:
        work.state, work.said, work.said_places = (
            State.FAILED,
            masked(f"{type(error).__name__}: {error}")[:500],
            {},
        )
        raise
    finally:
        work.told_at = timezone.now()
        if _rows(work).exists():
            work.save()
    return work


def _unless_stopped(work: Work, do: Callable[[Work], None]) -> None:
    """Do it, but for what was stopped before it began."""
    if work.is_to_stop:
        raise RunStopped
    do(work)


def counter(work: Work) -> Callable[[], None]:
    """Return what counts a step of `work.total`; whoever needs more of them stays at the end of the bar."""
    tell, done = teller(work), 0

    def told() -> None:
        nonlocal done
        done += 1
        tell(done=min(done, work.total - 1), total=work.total)

    return told


def _rows(work: Work) -> QuerySet[Work]:
    return type(work)._default_manager.filter(pk=work.pk)


def _enqueue(work: Work) -> None:
    from zoco.mix.tasks import mix_work

    mix_work.enqueue(kind=_kind(work), key=work.pk)


def _kind(work: Work) -> str:
    return next(kind for kind, (model, _module) in KINDS.items() if isinstance(work, model))


def is_held(work: Work) -> bool:
    """Say whether a process of this machine is at it."""
    return holding.is_held(HELD, f"{_kind(work)}-{work.pk}")


def look() -> None:
    """Let work that died with its process have failed, so that somebody can begin it anew."""
    for model, _module in KINDS.values():
        running = model._default_manager.filter(state=State.WORKING)
        dead_fail(running, failed=State.FAILED, is_held=is_held)
    holding.left_clear(HELD)
