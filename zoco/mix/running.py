"""Work in the background: begun, stopped, begun anew where a process died. Nothing of it is kept half."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from importlib import import_module
from pathlib import Path

from django.utils.translation import gettext_noop

from zoco.kit.runs import Tell, teller
from zoco.kit.said import Said
from zoco.ledger.asking.filters import FilterWrong
from zoco.mix.controls.series import GOAL, OWN, UNPAID, control_called
from zoco.mix.models import MediaMix, RegionalTest, Work
from zoco.sites.runs import Ending, Runs
from zoco.sites.wording import packed_said
from zoco.stats.incrementality import BadPanel
from zoco.stats.mix import BadExperiment, BadModel, BadSeries, ChainsDisagree, Collinear, TooLittle

State = Work.State
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
COLLINEAR_OTHERS = gettext_noop(
    "%(channels)s moved so much like what is no channel (%(others)s) that its effect cannot be told. Leave a "
    "control out, or change the spending for some weeks at another time."
)
COLLINEAR_BASELINE = gettext_noop(
    "%(channels)s moved so much like the trend, a season or the holidays that its effect cannot be told. "
    "Change the spending for some weeks at another time."
)
FILTER = gettext_noop("The goal is gone. Choose another one.")


def _ending(error: Exception) -> Ending | None:
    """Say what is refused; None for what is nobody's fault."""
    if isinstance(error, FilterWrong):
        return Ending(State.REFUSED, FILTER)
    if isinstance(error, Said):
        return Ending(State.REFUSED, *packed_said(error))
    if isinstance(error, Collinear):
        return _collinear(error)
    known = [words for kind, words in REFUSED.items() if isinstance(error, kind)]
    return Ending(State.REFUSED, known[0]) if known else None


def _collinear(error: Collinear) -> Ending:
    """Say what moved alike: channels, or one of them and a control or the baseline."""
    channels = ", ".join(each for each in error.columns if each not in error.others)
    controls = ", ".join(
        control_called(each) for each in error.others if each.startswith((OWN, GOAL, UNPAID))
    )
    if controls:
        return Ending(State.REFUSED, COLLINEAR_OTHERS, {"channels": channels, "others": controls})
    words = COLLINEAR_BASELINE if error.others else COLLINEAR
    return Ending(State.REFUSED, words, {"channels": channels})


def _enqueue(kind: str, key: int) -> None:
    from zoco.mix.tasks import mix_work

    mix_work.enqueue(kind=kind, key=key)


def _runs(kind: str, model: type[Work]) -> Runs[Work]:
    def lock(work: Work) -> str:
        return f"{kind}-{work.pk}"

    return Runs(
        model=model, held_in="media-mix", enqueue=partial(_enqueue, kind), lock=lock, ends=_ending
    )  # fmt: skip


RUNS = {kind: _runs(kind, model) for kind, (model, _module) in KINDS.items()}


def runs_of(work: Work) -> Runs[Work]:
    """Return the runs that something is one of."""
    return next(runs for runs in RUNS.values() if isinstance(work, runs.model))


class UnderWay(Said, ValueError):
    """Another of the kind is being worked out for the site; one worker does them one after the other."""


def begin(*, work: Work) -> None:
    """Keep what is asked for, and have it worked out in the background. Raises UnderWay."""
    if type(work)._default_manager.filter(site=work.site_id, state=State.WORKING).exists():
        raise UnderWay(
            gettext_noop("Another one is being worked out for this site; stop it or wait until it is done.")
        )
    runs_of(work).begin(work)


def through(*, kind: str, key: int) -> Work | None:
    """Work it out; what a process died at begins anew, with the same seed. What went wrong stands in it."""
    module = KINDS[kind][1]

    def work_out(work: Work, _scratch: Path, _tell: Tell) -> None:
        import_module(module).do(work)

    return RUNS[kind].through(key, work_out)


def counter(work: Work) -> Callable[[], None]:
    """Return what counts a step of `work.total`; whoever needs more of them stays at the end of the bar."""
    tell, done = teller(work), 0

    def told() -> None:
        nonlocal done
        done += 1
        tell(done=min(done, work.total - 1), total=work.total)

    return told


def look() -> None:
    """Let work that died with its process have failed, so that somebody can begin it anew."""
    for runs in RUNS.values():
        runs.look()
