"""Block lists: lines are added and taken away, and published as the collector asks them."""

from django.core.exceptions import ValidationError
from django.db import transaction

from zoco.sites.blocking.lists import FIELDS, NOBODY, LeftOut
from zoco.sites.blocking.models import Exclusion
from zoco.sites.models import Site


class ExclusionWrong(ValueError):
    """A line cannot be on a list; the message says why and how to write it."""


def left_out(site: Site) -> LeftOut:
    """Return a site's lists as they are published."""
    found: dict[str, list[str]] = {field: [] for field in FIELDS.values()}
    for each in site.exclusions.all():
        found[FIELDS[each.kind]].append(each.value)
    lists = LeftOut(**{field: tuple(sorted(values)) for field, values in found.items()})
    return NOBODY if lists == NOBODY else lists


@transaction.atomic
def staff_link_renew(*, site: Site) -> Site:
    """Let the link for colleagues, and all marks set with it, hold no longer; publish the new word."""
    from zoco.sites.services import site_changed

    renewed = Site.objects.select_for_update().get(pk=site.pk)
    renewed.staff_renewals += 1
    renewed.save(update_fields=["staff_renewals"])
    site_changed(site=renewed)
    return renewed


@transaction.atomic
def exclusion_add(*, site: Site, kind: str, value: str, note: str = "") -> Exclusion:
    """Add a line and publish it; one that is there already stays. Raises ExclusionWrong."""
    from zoco.sites.services import site_changed

    line = Exclusion(site=site, kind=kind, value=value, note=note)
    try:
        line.full_clean(validate_constraints=False)
    except ValidationError as error:
        raise ExclusionWrong(" ".join(error.messages)) from error
    there = Exclusion.objects.filter(site=site, kind=kind, value=line.value).first()
    if there is not None:
        return there
    line.save()
    site_changed(site=site)
    return line


@transaction.atomic
def exclusion_remove(*, site: Site, kind: str, value: str) -> None:
    """Take a line away and publish the others. Raises ExclusionWrong where it is not on the list."""
    from zoco.sites.services import site_changed

    line = Exclusion(site=site, kind=kind, value=value)
    try:
        line.clean()
    except ValidationError as error:
        raise ExclusionWrong(" ".join(error.messages)) from error
    there = Exclusion.objects.filter(site=site, kind=kind, value=line.value).first()
    if there is None:
        raise ExclusionWrong(f"{value} is not on this list of {site.slug}; `zoco site block` shows what is.")
    there.delete()
    site_changed(site=site)
