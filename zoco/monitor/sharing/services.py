"""Make, find and revoke shared links."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b

from django.contrib.auth.models import User
from django.db import transaction

from zoco.ledger.asking.filters import GOAL
from zoco.monitor.sharing.fixed import is_whole
from zoco.monitor.sharing.models import SharedLink
from zoco.sites.models import Site

# 192 bits, in hexadecimal: logs and the collector know such a word for a secret and mask it.
TOKEN_BYTES = 24


@dataclass(frozen=True, slots=True)
class Terms:
    """What a link shows, and what its readers may change; `filters` as in an address: {"f.os": ["iOS"]}."""

    board: str
    filters: Mapping[str, list[str]]
    verdicts: str
    period: str
    may_change_period: bool
    may_filter: bool
    least: int


def digest(token: str) -> str:
    """Return what is kept of a token. It is random, so that no slow digest is needed."""
    return blake2b(token.encode(), digest_size=32).hexdigest()


@transaction.atomic
def link_make(
    *,
    name: str,
    site: Site,
    terms: Terms,
    expires_at: datetime | None,
    by: User,
    at: datetime,
) -> tuple[SharedLink, str]:
    """Make a link; return it with its token, which is nowhere else."""
    if expires_at is not None and expires_at <= at:
        raise ValueError("A link expires after it is made.")
    token = secrets.token_hex(TOKEN_BYTES)
    link = SharedLink.objects.create(
        name=name,
        site=site,
        digest=digest(token),
        board=terms.board,
        filters=dict(terms.filters),
        verdicts=terms.verdicts,
        period=terms.period,
        may_change_period=terms.may_change_period,
        may_filter=terms.may_filter,
        least=terms.least,
        created_by=by,
        created_at=at,
        expires_at=expires_at,
    )
    return link, token


@transaction.atomic
def link_revoke(*, link: SharedLink, at: datetime) -> None:
    """Revoke a link; its address shows nothing from now on. A second time changes nothing."""
    current = SharedLink.objects.select_for_update().get(pk=link.pk)
    if current.revoked_at is None:
        current.revoked_at = at
        current.save(update_fields=["revoked_at"])


def links_follow(*, site: int, was: str, now: str) -> None:
    """Let the links of a site, by its key, that filter by a goal go on when it gets another name."""
    for link in SharedLink.objects.select_for_update().filter(site=site):
        filters = renamed(link.filters, was=was, now=now)
        if filters != link.filters:
            link.filters = filters
            link.save(update_fields=["filters"])


def renamed(filters: Mapping[str, list[str]], *, was: str, now: str) -> dict[str, list[str]]:
    """Return filters with the new name of a goal in place of the one that it had."""
    return {
        key: [now if _is_goal(key) and name.casefold() == was.casefold() else name for name in names]
        for key, names in filters.items()
    }


def _is_goal(key: str) -> bool:
    return key.rstrip("!~^") == f"f.{GOAL}"


def link_found(token: str, *, at: datetime) -> SharedLink | None:
    """Return the open link that a token belongs to, and note the day; who opened it is not noted.

    One whose dashboard is gone is not open, nor one that filters by what is gone: without that filter it
    would show more than was shared.

    Looked up by digest, so that the time it takes tells nothing of how near a guess was.
    """
    known = SharedLink.objects.select_related("site", "created_by").filter(digest=digest(token)).first()
    if known is None or known.state(at) != SharedLink.State.OPEN or not is_whole(known):
        return None
    if known.last_used_on != at.date():
        SharedLink.objects.filter(pk=known.pk).update(last_used_on=at.date())
    return known
