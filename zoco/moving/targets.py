"""Which site an archive goes into; before it goes into one that is here somebody is asked.

An archive says itself whose it is: whoever was given one knows its mark, and may write any host into it.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from zoco.moving.exporting import SITE_FIELDS
from zoco.moving.files.archive import SETTINGS, ArchiveWrong, damaged
from zoco.moving.models import SiteMove
from zoco.moving.running import MoveAsks, MoveRefused, move_enqueue, origin_of
from zoco.moving.taking import is_taken, rows_in
from zoco.sites import leaving, services
from zoco.sites.models import Hostname, Site

if TYPE_CHECKING:
    from zoco.ledger.store.base import Store

State = SiteMove.State


@dataclass(frozen=True, slots=True)
class Standing:
    """What a site has: host names, facts, when the first and the last of them happened."""

    hosts: str
    facts: int
    first: datetime | None
    last: datetime | None


def standing(store: "Store", site: Site) -> Standing:
    """Return what a site has, for whoever is asked about it."""
    found = store.query(
        "SELECT count(*) AS facts, min(occurred_at) AS first, max(occurred_at) AS last FROM facts"  # noqa: S608
        f" WHERE site = {int(site.pk)}"
    ).to_pylist()[0]
    hosts = ", ".join(site.hostnames.order_by("name").values_list("name", flat=True)[:5])
    ends = [found[name].replace(tzinfo=UTC) if found["facts"] else None for name in ("first", "last")]
    return Standing(hosts, found["facts"], *ends)


def target_ask(move: SiteMove, store: "Store", settings: dict[str, Any]) -> tuple[Site | None, bool]:
    """Return the site that is here for an archive, if any, and whether its own settings are to be written.

    Raises MoveAsks when that site was not confirmed, MoveRefused when another was, or when it must not be.
    """
    if move.site is not None:
        return move.site, False
    site, is_written = _known(move), False
    if site is None:
        site, is_written, move.is_fresh = _free(store, settings), True, True
    if move.target is not None and site is None:
        said = _("No site here is the one that this archive is of, %(site)s neither; it makes a new one.")
        named, move.target, move.is_sure = move.target, None, False
        raise MoveRefused(said % {"site": named.slug})
    if site is not None and not (move.is_sure and move.target == site):
        move.target, move.is_sure = site, False
        raise MoveAsks
    return site, is_written


def target_confirm(*, move: SiteMove, site: int | None, is_background: bool = True) -> None:
    """Say that an archive is meant for the site that was asked about; another one changes nothing.

    None stands for a site that is gone since: a new one is made then.
    """
    with transaction.atomic():
        found = SiteMove.objects.select_for_update().filter(pk=move.pk, state=State.ASKING, target=site)
        for each in found:
            each.is_sure, each.state = True, State.WAITING
            each.save()
            if is_background:
                move_enqueue(each)


def target_make(site: Site | None, told: dict[str, Any]) -> Site:
    """Write the settings of the site itself. Raises ArchiveWrong for what no site can have."""
    try:
        if site is None:
            site = services.site_create(name=str(told.get("name", "")), slug=_slug(str(told.get("slug", ""))))
            site.is_demo = told.get("is_demo") is True
        for name in SITE_FIELDS:
            if name in told and name not in ("slug", "is_demo"):
                setattr(site, name, site._meta.get_field(name).to_python(told[name]))  # type: ignore[union-attr]
        site.full_clean()
    except (services.SiteWrong, ValidationError, TypeError, ValueError) as error:
        words = " ".join(error.messages) if isinstance(error, ValidationError) else str(error)
        raise ArchiveWrong(damaged(SETTINGS, words)) from error
    site.save()
    site.counting_origins.all().delete()
    return site


def _known(move: SiteMove) -> Site | None:
    """Return the site that earlier moves of this origin made, or that it is itself.

    An earlier one that was cut off before it took the settings in leaves them to this one.
    """
    same = SiteMove.objects.filter(kind=SiteMove.Kind.IN, origin=move.origin, site__isnull=False)
    earlier = list(same.exclude(pk=move.pk).select_related("site"))
    move.is_fresh = any(each.is_fresh for each in earlier) and not any(is_taken(each) for each in earlier)
    if earlier:
        return earlier[0].site
    return next((site for site in Site.objects.all() if origin_of(site) == move.origin), None)


def _free(store: "Store", settings: dict[str, Any]) -> Site | None:
    """Return an empty site with one of the host names, if there is one. Raises MoveRefused."""
    hosts = [str(row.get("name", "")) for row in rows_in(settings, "hostnames") if isinstance(row, dict)]
    holders = {each.site for each in Hostname.objects.filter(name__in=hosts).select_related("site")}
    for holder in holders:
        count, _first = leaving.facts_until(store, holder.pk, leaving.EVER)
        if count or len(holders) > 1:
            raise MoveRefused(
                _(
                    "The site %(site)s has one of these host names here (%(hosts)s) and %(count)s facts of "
                    "its own; nothing was imported. Take the host names away from it, or reset or delete it, "
                    "then go on with this import."
                )
                % {"site": holder, "hosts": ", ".join(hosts)[:100], "count": count}
            )
    return next(iter(holders), None)


def _slug(wanted: str) -> str:
    """Return a short name that is free: the wanted one, or that with a number."""
    stem, number, slug = slugify(wanted)[:40] or "site", 1, slugify(wanted)[:40] or "site"
    while Site.objects.filter(slug=slug).exists():
        number += 1
        slug = f"{stem}-{number}"
    return slug
