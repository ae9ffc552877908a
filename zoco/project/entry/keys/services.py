"""Make, find and revoke keys."""

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from hashlib import blake2b

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from zoco.project.changes.note import note
from zoco.project.models import ApiKey
from zoco.sites.models import Site

MARK = "zoco_"
SHOWN = len(MARK) + 6
DAYS_MOST = 366
USED_EVERY = timedelta(minutes=1)
# What a scope lets a key do: the permissions of it that its maker has as well.
SCOPES = {
    "reports:read": (_("Read reports"), frozenset({"zoco_ledger.view_reports"})),
    "facts:read": (_("Read facts"), frozenset({"zoco_ledger.view_facts"})),
    "people:read": (_("Read people"), frozenset({"zoco_people.view_person"})),
    "people:write": (
        _("Read people, add and change them"),
        frozenset({"zoco_people.view_person", "zoco_people.add_person", "zoco_people.change_person"}),
    ),
    "audiences:read": (_("Read audiences"), frozenset({"zoco_people.view_audience"})),
    "audiences:write": (
        _("Read audiences, put people in and take them out"),
        frozenset({"zoco_people.view_audience", "zoco_people.change_audience"}),
    ),
    "letters:send": (
        _("Send letters to one person each, and add whoever is not known yet"),
        frozenset({"zoco_mail.send_letter", "zoco_people.add_person"}),
    ),
    "trials:read": (_("Ask for arms of trials"), frozenset({"zoco_trials.view_trial"})),
    "trials:tell": (
        _("Ask for arms of trials, and tell who saw them"),
        frozenset({"zoco_trials.view_trial", "zoco_trials.tell_trial"}),
    ),
    "journeys:enter": (
        _("Let people onto journeys, and add whoever is not known yet"),
        frozenset({"zoco_mail.run_journey", "zoco_people.add_person"}),
    ),
}


def digest(token: str) -> str:
    """Return what is kept of a token. It is random, so that no slow digest is needed."""
    return blake2b(token.encode(), digest_size=32).hexdigest()


@transaction.atomic
def key_make(
    *,
    name: str,
    scopes: Iterable[str],
    sites: Iterable[Site] | None,
    expires_at: datetime,
    by: User,
    at: datetime,
) -> tuple[ApiKey, str]:
    """Make a key for some sites, or for all with None; return it with its token, which is nowhere else."""
    if not at < expires_at <= at + timedelta(days=DAYS_MOST):
        raise ValueError(f"A key expires within {DAYS_MOST} days.")
    token = MARK + secrets.token_urlsafe(32)
    key = ApiKey.objects.create(
        name=name,
        prefix=token[:SHOWN],
        digest=digest(token),
        scopes=sorted(set(scopes) & set(SCOPES)),
        all_sites=sites is None,
        made_by=by,
        made_at=at,
        expires_at=expires_at,
    )
    key.sites.set(sites or [])
    slugs = ["*"] if sites is None else sorted(site.slug for site in key.sites.all())
    told = {"scopes": key.scopes, "sites": slugs, "expires_at": expires_at.isoformat()}
    note(action="key.made", subject=key, by=by, details={field: [None, now] for field, now in told.items()})
    return key, token


@transaction.atomic
def key_revoke(*, key: ApiKey, by: User, at: datetime) -> None:
    """Revoke a key; it does nothing from now on."""
    if ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=at):
        note(action="key.revoked", subject=key, by=by)


def key_found(token: str, *, at: datetime) -> ApiKey | None:
    """Return the key in force that a token belongs to, and note its use, at most once a minute."""
    if not token.startswith(MARK):
        return None
    key = (
        ApiKey.objects.select_related("made_by")
        .filter(digest=digest(token), revoked_at=None, expires_at__gt=at, made_by__is_active=True)
        .first()
    )
    if key is not None and (key.last_used_at is None or key.last_used_at <= at - USED_EVERY):
        ApiKey.objects.filter(pk=key.pk).update(last_used_at=at)
    return key
