"""Identities: how somebody is known. Each has a key under which it is one, however it was written.

An e-mail address is compared without regard to case, also before the @: no large mailbox tells them apart. A
phone number is compared in the form of E.164, a handle without its @ and without case, a number of
another system as it is.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, get_args

import phonenumbers
from django.utils.translation import gettext_noop
from email_validator import EmailNotValidError, validate_email
from email_validator.rfc_constants import CASE_INSENSITIVE_MAILBOX_NAMES

from zoco.kit.said import Said

IdentityKind = Literal["external", "email", "phone", "social"]
KINDS: tuple[IdentityKind, ...] = get_args(IdentityKind)
"""In the order in which they decide who somebody is: a number of another system before an address."""
SPACED = ("external", "social")
VALUE_LONGEST = 254
SPACE_LONGEST = 40
_PLAIN = re.compile(r"([\w+-]+(?:\.[\w+-]+)*)@([\w.-]+)", re.ASCII)
_LOCAL_LONGEST = 64
_HOSTS = 4_096
"""Hosts of addresses whose check is remembered: a list has many people of few."""
MEXICO = 52
_OLD_MEXICAN = re.compile(r"(?:0?1|04[45])(\d{10})")
"""What was dialled before numbers of Mexico until 2019 is no part of them; many programs still write a 1."""


class IdentityWrong(Said, ValueError):
    """This is no identity of its kind."""


@dataclass(frozen=True, slots=True)
class Named:
    """An identity that was read: `key` is compared, `value` shown; `space` is the system it is of, if any."""

    kind: IdentityKind
    space: str
    key: str
    value: str

    @property
    def place(self) -> tuple[str, str, str]:
        """What is there once among all people."""
        return (self.kind, self.space, self.key)


def identity_read(kind: str, value: str, *, space: str = "", country: str = "") -> Named:
    """Read an identity; `country` (ISO 3166) completes phone numbers that name none. Raises IdentityWrong."""
    value = unicodedata.normalize("NFC", value.strip())
    if not value or len(value) > VALUE_LONGEST or not value.isprintable():
        words = gettext_noop("%(value)r is too long, empty, or has characters that cannot be seen.")
        raise IdentityWrong(words, value=value[:40])
    if kind in SPACED and not (0 < len(space) <= SPACE_LONGEST and space.isprintable()):
        words = gettext_noop("Say in which system %(value)r is known, in at most %(most)s characters.")
        raise IdentityWrong(words, value=value, most=SPACE_LONGEST)
    named = _read(kind, value, space, country)
    # Letters of some scripts become two or three when case is put aside.
    if len(named.key) > VALUE_LONGEST or len(named.space) > SPACE_LONGEST:
        words = gettext_noop("%(value)r is too long, empty, or has characters that cannot be seen.")
        raise IdentityWrong(words, value=value[:40])
    return named


def _read(kind: str, value: str, space: str, country: str) -> Named:
    match kind:
        case "email":
            return _email(value)
        case "phone":
            return _phone(value, country)
        case "social":
            handle = value.lstrip("@")
            if not handle or any(letter.isspace() for letter in handle):
                words = gettext_noop("%(value)r is no handle; write it without spaces, such as @ana.")
                raise IdentityWrong(words, value=value)
            return Named("social", space.casefold(), handle.casefold(), handle)
        case "external":
            return Named("external", space.casefold(), value, value)
    words = gettext_noop("There is no identity of the kind %(kind)r; there are: %(kinds)s.")
    raise IdentityWrong(words, kind=kind, kinds=", ".join(KINDS))


def _email(value: str) -> Named:
    return _plain(value) or _checked(value)


def _plain(value: str) -> Named | None:
    """Read an address of ASCII letters without quotes, as most are; None where it is not certainly one."""
    if (found := _PLAIN.fullmatch(value)) is None:
        return None
    local, host = found[1], found[2].lower()
    folded = local.lower()
    if len(local) > _LOCAL_LONGEST or folded in CASE_INSENSITIVE_MAILBOX_NAMES or not _is_host(host):
        return None
    return Named("email", "", f"{folded}@{host}", f"{local}@{host}")


@lru_cache(maxsize=_HOSTS)
def _is_host(host: str) -> bool:
    """Say whether addresses may be of this host, written as it is."""
    try:
        found = validate_email(f"a@{host}", check_deliverability=False)
    except EmailNotValidError:
        return False
    return found.domain == found.ascii_domain == host


def _checked(value: str) -> Named:
    try:
        found = validate_email(value, check_deliverability=False)
    except EmailNotValidError as wrong:
        if "@" not in value:
            words = gettext_noop("%(value)r is no e-mail address: it has no @.")
            raise IdentityWrong(words, value=value) from wrong
        words = gettext_noop("%(value)r is no e-mail address: %(why)s")
        raise IdentityWrong(words, value=value, why=str(wrong)) from wrong
    return Named("email", "", f"{found.local_part.casefold()}@{found.ascii_domain}", found.normalized)


def _phone(value: str, country: str) -> Named:
    try:
        number = phonenumbers.parse(value, country.upper() or None)
    except phonenumbers.NumberParseException as wrong:
        words = gettext_noop(
            "%(value)r is no phone number; write it with its country, such as +34 600 123 456."
        )
        raise IdentityWrong(words, value=value) from wrong
    if number.country_code == MEXICO and (
        old := _OLD_MEXICAN.fullmatch(phonenumbers.national_significant_number(number))
    ):
        number = phonenumbers.parse(f"+{MEXICO}{old[1]}")
    if not phonenumbers.is_possible_number(number):
        words = gettext_noop("%(value)r has too few or too many digits for its country.")
        raise IdentityWrong(words, value=value)
    written = phonenumbers.PhoneNumberFormat
    return Named(
        "phone",
        "",
        phonenumbers.format_number(number, written.E164),
        phonenumbers.format_number(number, written.INTERNATIONAL),
    )
