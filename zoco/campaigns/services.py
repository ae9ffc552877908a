"""Writes of campaigns."""

from collections.abc import Mapping

from django.contrib.auth.models import User
from django.db import transaction

from zoco.campaigns.models import Campaign, Link, new_slug
from zoco.ledger import sitebook

TRIES = 5


class SlugsTaken(RuntimeError):
    """No free short name was found; there are a billion, so something is wrong."""


@transaction.atomic
def link_make(
    *,
    site: int,
    target: str,
    tags: Mapping[str, str],
    campaign: Campaign | None = None,
    slug: str = "",
    by: User | None = None,
) -> Link:
    """Make a short link. Raises ValidationError for what it cannot be, also a short name that is taken."""
    link = Link(
        site_id=site,
        slug=slug or _free_slug(),
        target=target,
        campaign=campaign,
        code="" if campaign else tags.get("campaign", ""),
        created_by=by,
        **{name: tags.get(name, "") for name in ("source", "medium", "content", "term")},
    )
    link.full_clean()
    link.save()
    return link


def _free_slug() -> str:
    for _try in range(TRIES):
        slug = new_slug()
        with sitebook.everything():
            if not Link.objects.filter(slug=slug).exists():
                return slug
    raise SlugsTaken(f"{TRIES} short names in a row were taken; look at the table of links.")
