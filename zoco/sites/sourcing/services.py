"""Own sources as they are published, and runs of today's rules over a site's history."""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from django.db import IntegrityError
from django.utils import timezone

from zoco.kit.runs import Tell
from zoco.sites import published
from zoco.sites.models import Site
from zoco.sites.runs import Runs
from zoco.sites.sources.own import OwnNetwork, OwnRule, OwnSources
from zoco.sites.sourcing.models import SourceName, SourceNetwork, SourceRun


class Done(Protocol):
    """How far a run is."""

    facts: int
    changed: int
    without_evidence: int


# Works the history of a site out again; calls what it is given with what is done and the total, and that
# may raise to stop it.
Apply = Callable[[published.PublishedSite, Callable[[Done, int], None]], Done]
_applies: list[Apply] = []


def provide(apply: Apply) -> None:
    """Register who works the history out again; called once, by the project that has a collector."""
    _applies[:] = [apply]


def can_apply() -> bool:
    """Return whether there is somebody who does it."""
    return bool(_applies)


def own_sources(site: Site) -> OwnSources:
    """Return what a site adds, in the order in which it is asked."""
    rules = sorted(site.source_rules.all(), key=lambda rule: (rule.position, rule.pk))
    networks = sorted(site.source_networks.all(), key=lambda network: network.host)
    return OwnSources(
        tuple(
            OwnRule(rule.channel, rule.source, rule.medium, rule.campaign, rule.referrer) for rule in rules
        ),
        tuple(OwnNetwork(network.host, network.name, network.category) for network in networks),
        tuple(sorted((each.host, each.name) for each in site.source_names.all())),
    )


def network_named(*, network: SourceNetwork) -> None:
    """Note the name of a network, for facts that will bear it."""
    SourceName.objects.get_or_create(site=network.site, host=network.host, name=network.name)


def _enqueue(key: int) -> None:
    from zoco.sites.tasks import history_apply

    history_apply.enqueue(run=key)


RUNS = Runs(
    model=SourceRun,
    held_in="sourcing",
    enqueue=_enqueue,
    waiting=SourceRun.State.WAITING,
    working=SourceRun.State.RUNNING,
    tell_seconds=0,
)


def last_run(site: int) -> SourceRun | None:
    """Return the newest run of a site; one that died with its process is told so first."""
    RUNS.look(site=site)
    return SourceRun.objects.filter(site=site).first()


def run_begin(*, site: int) -> SourceRun:
    """Ask for a run in the background, or return the one that is not over."""
    last_run(site)
    try:
        return RUNS.begin(SourceRun(site_id=site))
    except IntegrityError:
        return SourceRun.objects.filter(site=site).latest("id")


def run_through(*, key: int) -> None:
    """Do a run that was asked for; one that was cut off begins again. What is changed is right and stays."""
    RUNS.through(key, _apply)


def _apply(run: SourceRun, _scratch: Path, tell: Tell) -> None:
    from zoco.sites.services import site_published

    site = site_published(Site.objects.get(pk=run.site_id), timezone.now())
    done = _applies[0](site, lambda done, total: tell(total=total, **_figures(done)))
    for name, value in _figures(done).items():
        setattr(run, name, value)


def _figures(done: Done) -> dict[str, int]:
    names = ("facts", "changed", "without_evidence")
    return {name: getattr(done, name) for name in names}
