"""DKIM: DNS tells for each of our selectors the key that we sign with, or somebody else signs."""

from django.utils.translation import gettext_noop as _

from zoco.channels.domains.checks.looked import Looked
from zoco.channels.domains.findings import Check, Finding, Level, Record
from zoco.channels.domains.keys import RSA, RSA_BITS, RSA_LEAST, rsa_bits
from zoco.channels.domains.models import DkimKey
from zoco.channels.domains.resolving import NoSuchName

State = DkimKey.State


def dkim(look: Looked) -> list[Finding]:
    """Look at the keys of a domain. Raises NotAnswered."""
    findings = [_own(look, key) for key in look.keys if key.state != State.OLD]
    findings += [_provider(look, selector) for selector in look.selectors]
    if not any(key.state != State.OLD for key in look.keys) and not look.selectors:
        if not look.servers and not look.hosts:
            words = _("Your provider signs; enter the names of its keys (selectors), and they are looked at.")
            return [_found(Level.WARNING, words)]
        return [_found(Level.BAD, _("Nobody signs: this domain has no key. Make one."))]
    signing = {key.kind for key in look.keys if key.pk in look.seen or key.state == State.CURRENT}
    if signing and RSA not in signing and not look.selectors:
        words = _("Only an Ed25519 key signs; Google and Microsoft verify RSA alone. Make an RSA key too.")
        findings.append(_found(Level.BAD, words))
    return findings


def tags_of(record: str) -> dict[str, str]:
    """Return the tags of a record (RFC 6376, section 3.2), without blanks."""
    pairs = (each.partition("=") for each in record.split(";"))
    return {name.strip(): "".join(value.split()) for name, equals, value in pairs if equals}


def _own(look: Looked, key: DkimKey) -> Finding:
    at = f"{key.selector}._domainkey.{look.signs_as}"
    wanted = Record(at, "TXT", key.public)
    # One that waits beside a key that signs keeps nobody from sending.
    has_other = any(each.kind == key.kind and each.state == State.CURRENT for each in look.keys)
    level = Level.WARNING if key.state == State.NEW and has_other else Level.BAD
    found = _keys_at(look, at)
    places = {"selector": key.selector}
    if not found:
        return _found(level, _("DNS does not have the key %(selector)s yet."), wanted, **places)
    if len(found) > 1:
        words = _("DNS has several records for the key %(selector)s; keep one.")
        return _found(level, words, wanted, **places)
    given, own = tags_of(found[0]), tags_of(key.public)
    if not given.get("p"):
        words = _("The key %(selector)s was withdrawn: its record in DNS is empty (p=).")
        return _found(level, words, wanted, **places)
    if (given.get("k", RSA), given["p"]) != (own["k"], own["p"]):
        words = _("DNS has another key under %(selector)s than the one that signs here.")
        return _found(level, words, wanted, **places)
    look.seen.append(key.pk)
    if "y" in given.get("t", "").split(":"):
        words = _("The record of the key %(selector)s says that it is only tested (t=y).")
        return _found(Level.WARNING, words, wanted, **places)
    return _found(Level.GOOD, _("DNS has the key %(selector)s as it is."), **places)


def _provider(look: Looked, selector: str) -> Finding:
    found = _keys_at(look, f"{selector}._domainkey.{look.domain}")
    places = {"selector": selector}
    tags = tags_of(found[0]) if found else {}
    if not tags.get("p"):
        words = _("DNS has no key %(selector)s; set the record that your provider shows for it.")
        return _found(Level.BAD, words, **places)
    if tags.get("k", RSA) == RSA and not rsa_bits(tags["p"]):
        words = _("The record of the key %(selector)s holds no key; copy it anew from your provider.")
        return _found(Level.BAD, words, **places)
    bits = rsa_bits(tags["p"]) if tags.get("k", RSA) == RSA else RSA_BITS
    if bits < RSA_BITS:
        level = Level.BAD if bits < RSA_LEAST else Level.WARNING
        words = _("The key %(selector)s has %(bits)s bits; large mailboxes want 2048.")
        return _found(level, words, bits=bits, **places)
    return _found(Level.GOOD, _("DNS has the key %(selector)s of your provider."), **places)


def _keys_at(look: Looked, name: str) -> list[str]:
    try:
        return [each for each in look.dns.texts(name) if "p=" in each]
    except NoSuchName:
        return []


def _found(level: Level, words: str, record: Record | None = None, /, **places: str | int) -> Finding:
    return Finding(Check.DKIM, level, words, places, record)
