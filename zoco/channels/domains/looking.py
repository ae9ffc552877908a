"""A look at a sending domain: all checks, what changed since the last one, keys whose record was seen."""

import logging
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from zoco.channels.domains.checks.dkim import dkim
from zoco.channels.domains.checks.dmarc import dmarc
from zoco.channels.domains.checks.hosts import mx, ptr, tls
from zoco.channels.domains.checks.looked import Looked, MailServer
from zoco.channels.domains.checks.spf import spf
from zoco.channels.domains.findings import Check, Finding, Level, finding_read, worst
from zoco.channels.domains.models import DkimKey, DomainChange, SendingDomain
from zoco.channels.domains.naming import domain_of, parents_of
from zoco.channels.domains.resolving import LOOK_SECONDS, Dns, NotAnswered
from zoco.channels.domains.services import key_switch
from zoco.channels.domains.verdicts import problems_of
from zoco.channels.models import Account

log = logging.getLogger(__name__)

REMEMBERED = timedelta(days=3)
"""How long what was seen last counts while nobody answers."""
AGAIN_GOOD, AGAIN = timedelta(hours=6), timedelta(minutes=30)
CHECKS: tuple[tuple[Check, Callable[[Looked], list[Finding]]], ...] = (
    (Check.MX, mx),
    (Check.SPF, spf),
    (Check.DKIM, dkim),
    (Check.DMARC, dmarc),
    (Check.PTR, ptr),
    (Check.TLS, tls),
)
State = SendingDomain.State
_STATES = {Level.GOOD: State.GOOD, Level.BAD: State.BAD}


def domain_look(*, domain: SendingDomain, at: datetime, seconds: float = LOOK_SECONDS) -> bool:
    """Look at a domain and write down what was found; returns whether one that was not bad is so now."""
    look = looked(domain, Dns(seconds))
    found = [finding for key, check in CHECKS for finding in _done(key, check, look, at)]
    with transaction.atomic():
        held = SendingDomain.objects.select_for_update().get(pk=domain.pk)
        before = [finding_read(each) for each in held.findings]
        after = _remembered(before, found, at)
        _changes(held, before, after, at)
        was, held.state = held.state, _STATES.get(worst(after), State.WARNING)
        held.findings, held.checked_at = [each.kept() for each in after], at
        if not problems_of(after):
            held.excuse, held.excused_at, held.excused_by = "", None, None
        held.save()
        for key in look.keys:
            if key.pk in look.seen:
                key_switch(key=key, at=at)
    domain.refresh_from_db()
    return held.state == State.BAD and was in {State.GOOD, State.WARNING}


def domains_due(now: datetime) -> list[int]:
    """Return the keys of the domains to look at: good ones every six hours, others every half."""
    never, late = Q(checked_at=None), Q(checked_at__lte=now - AGAIN_GOOD)
    soon = Q(checked_at__lte=now - AGAIN) & (~Q(state=State.GOOD) | Q(keys__state=DkimKey.State.NEW))
    return sorted(SendingDomain.objects.filter(never | late | soon).values_list("pk", flat=True).distinct())


def domains_gather() -> None:
    """Have each domain that accounts send from."""
    held = set(SendingDomain.objects.values_list("name", flat=True))
    names = {domain_of(str(each.options.get("from_address", ""))) for each in Account.objects.all()}
    new = [SendingDomain(name=name) for name in sorted(names - held) if "." in name]
    SendingDomain.objects.bulk_create(new, ignore_conflicts=True)


def looked(domain: SendingDomain, dns: Dns) -> Looked:
    """Return what checks look at."""
    servers, providers = [], []
    for account in Account.objects.filter(is_on=True).order_by("pk"):
        if domain_of(str(account.options.get("from_address", ""))) == domain.name:
            if account.options.get("host"):
                servers.append(MailServer(account.name, account.options))
            else:
                providers.append(account.adapter)
    signs_as, keys = _keys(domain)
    return Looked(
        domain=domain.name,
        dns=dns,
        hosts=words_of(domain.hosts),
        selectors=words_of(domain.selectors),
        servers=tuple(servers),
        providers=tuple(providers),
        signs_as=signs_as,
        keys=keys,
    )


def words_of(text: str) -> tuple[str, ...]:
    """Return the words of a list parted by commas or blanks."""
    return tuple(text.replace(",", " ").lower().split())


def _keys(domain: SendingDomain) -> tuple[str, tuple[DkimKey, ...]]:
    """Return the keys with which mail of a domain is signed, and whose they are."""
    for name in (domain.name, *parents_of(domain.name)):
        found = SendingDomain.objects.filter(name=name).first()
        if found is not None and not found.is_signing:
            break
        if found is not None and (keys := tuple(found.keys.exclude(state=DkimKey.State.OLD).order_by("pk"))):
            return name, keys
    return domain.name, ()


def _done(key: Check, check: Callable[[Looked], list[Finding]], look: Looked, at: datetime) -> list[Finding]:
    try:
        found = check(look)
    except NotAnswered as silent:
        return [Finding(key, Level.UNKNOWN, silent.words, {k: str(v) for k, v in silent.places.items()})]
    return [each if each.level == Level.UNKNOWN else replace(each, seen_at=at.isoformat()) for each in found]


def _remembered(before: list[Finding], found: list[Finding], at: datetime) -> list[Finding]:
    """Return what holds: where nobody answered, what was seen last, for some days, beside that."""
    silent = {each.check for each in found if each.level == Level.UNKNOWN}
    old = [
        each
        for each in before
        if each.check in silent and each.seen_at and datetime.fromisoformat(each.seen_at) > at - REMEMBERED
    ]
    return [each for each in found if each.level == Level.UNKNOWN] + [
        *old,
        *(each for each in found if each.level != Level.UNKNOWN and each.check not in silent),
    ]


def _changes(domain: SendingDomain, before: list[Finding], after: list[Finding], at: datetime) -> None:
    """Write down which checks say otherwise than before."""
    for check in Check:
        was, now = _of(before, check), _of(after, check)
        level = worst(now)
        if now and (not was or worst(was) != level):
            told = next(each for each in now if each.level == level)
            said = {"words": told.words, "places": dict(told.places)}
            had = str(worst(was)) if was else ""
            DomainChange.objects.create(domain=domain, check_key=check, was=had, now=level, said=said, at=at)


def _of(findings: Iterable[Finding], check: Check) -> list[Finding]:
    return [each for each in findings if each.check == check]
