"""Make a site's dashboard public, change what it shows, take it back, find it."""

from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from zoco.monitor.sharing.fixed import is_whole
from zoco.monitor.sharing.models import SharedLink
from zoco.monitor.sharing.public.models import PublicBoard
from zoco.monitor.sharing.services import Terms, link_make, link_revoke
from zoco.sites.models import Site


@transaction.atomic
def board_publish(
    *, site: Site, terms: Terms, name: str, may_index: bool, may_embed: bool, by: User, at: datetime
) -> PublicBoard:
    """Show the dashboard of a site to everybody; what was public before ends."""
    Site.objects.select_for_update().get(pk=site.pk)
    board_hide(site=site, at=at)
    link, _token = link_make(name=name, site=site, terms=terms, expires_at=None, by=by, at=at)
    return PublicBoard.objects.create(site=site, link=link, may_index=may_index, may_embed=may_embed)


@transaction.atomic
def board_hide(*, site: Site, at: datetime) -> None:
    """Show nothing to everybody any more. A second time changes nothing."""
    for board in PublicBoard.objects.select_related("link").filter(site=site):
        link = board.link
        board.delete()
        link_revoke(link=link, at=at)


def board_found(slug: str, *, at: datetime) -> PublicBoard | None:
    """Return what is public of the site of this short name, and note the day; who looked is not noted."""
    known = (
        PublicBoard.objects.select_related("link__site", "link__created_by").filter(site__slug=slug).first()
    )
    if known is None or known.link.state(at) != SharedLink.State.OPEN or not is_whole(known.link):
        return None
    if known.link.last_used_on != at.date():
        SharedLink.objects.filter(pk=known.link.pk).update(last_used_on=at.date())
    return known
