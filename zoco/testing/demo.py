"""The simulated company as a site of this installation: loaded once, replaced, removed."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation

from zoco.kit.conf import DATA
from zoco.ledger.outbox.keeping import rows_of_site_erase
from zoco.ledger.pictures.labels import NAMES
from zoco.ledger.spool.instance import instance
from zoco.ledger.store import opening
from zoco.monitor.services import goal_create
from zoco.moving.arriving import LoadingAlready, loading
from zoco.sites import services
from zoco.sites.consenting.words import language_for, words_of
from zoco.sites.leaving import EVERYTHING
from zoco.sites.models import Site
from zoco.testing.advertising import advertising_load
from zoco.testing.club.loading import club_load, club_remove, club_size, club_tongues
from zoco.testing.company import Plan, Written, company_write
from zoco.testing.company.plan import Banner
from zoco.testing.company.truth import Truth
from zoco.testing.company.ways import LANGUAGES
from zoco.testing.trying.loading import FiguresMissing, trials_load, trials_remove
from zoco.testing.voices.loading import voices_load, voices_remove
from zoco.testing.watching.looking import past_look, past_remove
from zoco.testing.watching.waves import waves_let_in

SLUG = "demo"
HOSTS = ("alacena.example",)
__all__ = ["DemoRefused", "club_size", "demo_load", "demo_remove", "demo_truth", "truth_path"]
GOALS = ("order.placed", "basket.added", "checkout.begun")


class DemoRefused(ValueError):
    """The demo cannot be loaded now, or its short name is that of somebody's own site."""


def truth_path() -> Path:
    """Return the file that holds what is true of the demo."""
    return DATA() / "demo-truth.json"


def demo_truth() -> Truth | None:
    """Return what is true of the demo that is loaded, None when none is or loading was cut short."""
    site = _site()
    try:
        truth = Truth.load(truth_path())
    except FileNotFoundError:
        return None
    return truth if site is not None and truth.site == site.pk else None


def demo_load(
    *,
    visitors: int,
    days: int,
    seed: int,
    replaces: bool,
    now: datetime,
    progress: Callable[[int, int], None] | None = None,
) -> Written | None:
    """Make the site, load the company up to now; returns None when it is there already.

    What a cut-short call left is erased first. A worker that runs beside looks at none of it before it is
    whole. Raises DemoRefused, also while another process loads it.
    """
    if demo_truth() is not None and not replaces:
        return None
    there = _site()
    site = there or _site_make()
    try:
        with loading(site.pk):
            if there is not None:
                _emptied(site)
            return _filled(site, visitors, days, seed, now, progress)
    except LoadingAlready:
        raise DemoRefused("The demo is being loaded already; wait until that is over.") from None
    except FiguresMissing as error:
        raise DemoRefused(str(error)) from error


def _emptied(site: Site) -> None:
    _erase(site)
    voices_remove()
    club_remove()
    trials_remove(site)
    past_remove(site)


def _filled(
    site: Site,
    visitors: int,
    days: int,
    seed: int,
    now: datetime,
    progress: Callable[[int, int], None] | None,
) -> Written:
    plan = Plan(site=site.pk, until=now, visitors=visitors, days=days, seed=seed, banners=_banners(site))
    written = company_write(plan, DATA() / "spool", instance(DATA()), progress=progress)
    opening.store().drain()
    club_load(site=site, seed=seed, until=now)
    voices_load(site=site, members=club_tongues(), seed=seed, until=now)
    placed, *before = _goal_names()
    advertising_load(site=site, truth=written.truth, until=now, steps=(*before, placed))
    _afterwards(site, written.truth, placed, now)
    written.truth.save(truth_path())
    return replace(written, facts=written.truth.facts)


def _afterwards(site: Site, truth: Truth, placed: str, now: datetime) -> None:
    """Let happen what goes beside visits as they are, then look at the past as a worker would have."""
    truth.trials = trials_load(
        site=site, seed=truth.seed, until=now, first=truth.first, placed=placed
    )  # fmt: skip
    truth.waves = waves_let_in(site=site, seed=truth.seed, until=now, first=truth.first)
    for each in truth.waves:
        truth.verdicts[each.verdict] = truth.verdicts.get(each.verdict, 0) + each.facts
    truth.facts += sum(each.facts for each in truth.trials) + sum(each.facts for each in truth.waves)
    past_look(site=site, until=now, first=truth.first)


@transaction.atomic
def _site_make() -> Site:
    """Make the site with its goals."""
    site = services.site_create(name="La Alacena", slug=SLUG, hostnames=HOSTS, zone="Europe/Madrid",
                                currency="EUR", counting="tracker", is_demo=True)  # fmt: skip
    services.site_consent_set(site=site, has_banner=True, privacy_signals=site.privacy_signals)
    with translation.override(settings.LANGUAGE_CODE):  # names are kept as they are written
        placed, put, begun = _goal_names()
        many = f"{translation.gettext('Page views')} ≥ 5"
    goal_create(site=site.pk, name=placed, kind="event", event="shop.order.placed")
    goal_create(site=site.pk, name=put, kind="event", event="shop.basket.added")
    goal_create(site=site.pk, name=begun, kind="page", pattern="/*/pago")
    goal_create(site=site.pk, name=many, kind="engagement", views=5)
    return site


def _goal_names() -> tuple[str, ...]:
    """Return the names of the goals about facts of the shop, as they are kept."""
    with translation.override(settings.LANGUAGE_CODE):
        return tuple(str(NAMES[f"shop.{each}"]) for each in GOALS)


def _banners(site: Site) -> dict[str, Banner]:
    """Return what the site's consent banner shows in each of the company's languages."""
    shown = {language: words_of(site, language_for(language)) for language in LANGUAGES}
    return {key: Banner(words.language, words.text, words.version) for key, words in shown.items()}


def demo_remove() -> int | None:
    """Erase the demo's facts and its site; returns how many facts went, None when there is no demo."""
    site = _site()
    if site is None:
        return None
    erased = _erase(site)
    voices_remove()
    club_remove()
    services.site_delete(site=site)
    return erased


def _erase(site: Site) -> int:
    """Forget the truth first: from here on the demo does not count as loaded.

    What waits to be told of it goes too, else it would come into the ledger after all.
    """
    truth_path().unlink(missing_ok=True)
    rows_of_site_erase(site=site.pk, until=timezone.now())
    store = opening.store()
    store.drain()
    return store.retain(site.pk, EVERYTHING)


def _site() -> Site | None:
    site = Site.objects.filter(slug=SLUG).first()
    if site is not None and not site.is_demo:
        raise DemoRefused(f"The site {site.name} has the short name {SLUG}; give it another one first.")
    return site
