"""What an account sees. Whoever may say what others see, sees all sites."""

from collections.abc import Iterable

from django.contrib.auth.models import AnonymousUser, User

from zoco.sites.access.models import MANAGE, SiteLimit


def slugs_seen(user: User | AnonymousUser) -> frozenset[str] | None:
    """Return the short names of the sites that an account sees; None: all."""
    rows = list(SiteLimit.objects.filter(user_id=user.pk or 0).values_list("sites__slug", flat=True))
    if not rows or user.has_perm(MANAGE):
        return None
    return frozenset(slug for slug in rows if slug)


def sees(user: User | AnonymousUser, site: int) -> bool:
    """Return whether an account sees a site, by its key; for what is done in the background for somebody."""
    rows = list(SiteLimit.objects.filter(user_id=user.pk or 0).values_list("sites", flat=True))
    return not rows or site in rows or user.has_perm(MANAGE)


def seeing(users: Iterable[User], site: int) -> list[User]:
    """Return those of some accounts who see a site."""
    return [user for user in users if sees(user, site)]
