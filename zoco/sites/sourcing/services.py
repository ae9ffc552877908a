"""Own sources as they are published, and runs of today's rules over a site's history."""

from collections.abc import Callable
from typing import Protocol

from django.db import IntegrityError, transaction
from django.utils import timezone

from zoco.kit.runs import RunStopped, dead_fail, run_keep, teller
from zoco.sites import published
from zoco.sites.models import Site
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


def last_run(site: int) -> SourceRun | None:
    """Return the newest run of a site; one that died with its process is told so first."""
    running = SourceRun.objects.filter(site=site, state=SourceRun.State.RUNNING)
    dead_fail(running, failed=SourceRun.State.FAILED)
    return SourceRun.objects.filter(site=site).first()


def run_begin(*, site: int) -> SourceRun:
    """Ask for a run in the background, or return the one that is not over."""
    from zoco.sites.tasks import history_apply

    last_run(site)
    try:
        with transaction.atomic():
            run = SourceRun.objects.create(site_id=site)
            history_apply.enqueue(run=run.pk)
    except IntegrityError:
        return SourceRun.objects.filter(site=site).latest("id")
    return run


def run_stop(*, run: SourceRun) -> None:
    """Let a run end at its next step; what it has changed is right and stays."""
    SourceRun.objects.filter(pk=run.pk, state=SourceRun.State.WAITING).update(state=SourceRun.State.STOPPED)
    SourceRun.objects.filter(pk=run.pk, state=SourceRun.State.RUNNING).update(is_to_stop=True)


def run_through(*, key: int) -> None:
    """Do a run that was asked for; one that began before and was cut off begins again."""
    from zoco.sites.services import site_published

    found = SourceRun.objects.filter(pk=key, state__in=[SourceRun.State.WAITING, SourceRun.State.RUNNING])
    if not found.update(state=SourceRun.State.RUNNING, told_at=timezone.now()):
        return
    run = SourceRun.objects.get(pk=key)
    site = site_published(Site.objects.get(pk=run.site_id), timezone.now())

    tell = teller(run, every_seconds=0)
    try:
        done = _applies[0](site, lambda done, total: tell(total=total, **_figures(done)))
        for name, value in _figures(done).items():
            setattr(run, name, value)
        run.state = SourceRun.State.DONE
    except RunStopped:
        run.state = SourceRun.State.STOPPED
    except Exception as error:
        run.state, run.said = SourceRun.State.FAILED, str(error)[:300]
        raise
    finally:
        run_keep(run, "state", "said", "total", "facts", "changed", "without_evidence")


def _figures(done: Done) -> dict[str, int]:
    names = ("facts", "changed", "without_evidence")
    return {name: getattr(done, name) for name in names}
