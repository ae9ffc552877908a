"""By what one person may be recognised in another: rules without a database.

An address or a number is one person's alone, so what is compared is what two ways of writing it have in
common: the mailbox behind dots and tags, the subscriber behind an old digit. A name alone is nobody.
"""

import unicodedata
from collections.abc import Iterable, Iterator
from hashlib import blake2b

from zoco.people.finding import parted
from zoco.people.models import Identity, Person

DOTLESS = frozenset({"gmail.com", "googlemail.com"})
"""Providers whose mailboxes are the same with and without dots."""
TAGGED = DOTLESS | {
    "outlook.com", "hotmail.com", "live.com", "icloud.com", "me.com", "fastmail.com", "protonmail.com",
    "proton.me", "pm.me", "yandex.ru", "yandex.com", "ya.ru",
}  # fmt: skip
"""Providers at which a part after + leads to the same mailbox."""
ONE_HOST = {
    "googlemail.com": "gmail.com", "ya.ru": "yandex.ru", "yandex.com": "yandex.ru",
    "protonmail.com": "proton.me", "pm.me": "proton.me",
}  # fmt: skip
ONCE_MOBILE = {"+521": "+52", "+549": "+54"}
"""Mexico's 1 and Argentina's 9 after the country: written by some, left out by others."""
SUBSCRIBER = 10
HANDLE_SHORTEST = 4
NAME_SHORTEST = 6
IDEOGRAPHS = 0x2E80
OWN = {"company": "company", "birthday": "birthday"}
"""Own fields that tell people of one name apart, and the reason that each gives."""


def keys_of(person: Person, identities: Iterable[Identity]) -> dict[int, str]:
    """Return what may be shared with others, each with the reason that it is."""
    return {_hashed(why, *parts): why for why, *parts in _shared(person, identities)}


def mailbox(address: str) -> str:
    """Return the mailbox that an address leads to; other providers' dots and tags are left alone."""
    local, _at, host = address.casefold().rpartition("@")
    if host in TAGGED:
        local = local.partition("+")[0]
    if host in DOTLESS:
        local = local.replace(".", "")
    return f"{local}@{ONE_HOST.get(host, host)}"


def subscriber(number: str) -> str:
    """Return a phone number (E.164) without the digit that old mobile numbers of two countries had."""
    for old, new in ONCE_MOBILE.items():
        if number.startswith(old) and len(number) == len(old) + SUBSCRIBER:
            return new + number.removeprefix(old)
    return number


def name_key(person: Person) -> str:
    """Return the name in any order of its words; nothing for one that many have."""
    words = parted(person.name or f"{person.given_name} {person.family_name}")
    text = " ".join(sorted(words))
    is_ideographic = any(ord(letter) >= IDEOGRAPHS for letter in text)
    return text if is_ideographic or (len(words) > 1 and len(text) >= NAME_SHORTEST) else ""


def _shared(person: Person, identities: Iterable[Identity]) -> Iterator[tuple[str, ...]]:
    for each in identities:
        match each.kind:
            case "email":
                yield ("mailbox", mailbox(each.key))
            case "phone":
                yield ("phone", subscriber(each.key))
            case "social" if len(each.key) >= HANDLE_SHORTEST:
                yield ("handle", each.key)
    if name := name_key(person):
        if city := " ".join(parted(person.city)):
            yield ("city", name, person.country, city)
        for key, why in OWN.items():
            value = person.attributes.get(key)
            if isinstance(value, str) and value.strip():
                yield (why, name, unicodedata.normalize("NFKC", value).casefold().strip())


def _hashed(*parts: str) -> int:
    digest = blake2b("\0".join(parts).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> 1
