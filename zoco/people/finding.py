"""Finding people by the beginnings of words: of names, addresses, numbers. Quick at a million people.

A word of a person is a row, so that the same index serves SQLite and PostgreSQL without extensions.
"""

import re
import unicodedata
from collections.abc import Iterable

from django.db.models import Exists, OuterRef, QuerySet

from zoco.people.called import full_name
from zoco.people.identities import Named
from zoco.people.models import WORD_LONGEST, Identity, Person, Word

WORDS_MOST = 6
LAST = "\U0010ffff"
_BREAK = re.compile(r"[^\w]+")
_ADDRESS = re.compile(r"\S*[\w-][@.][\w-]\S*")
_DIGITS = re.compile(r"[^\d]+")
SHORTEST = 4
"""Digits of a query that are taken for part of a phone number, however they are parted."""
ENDING = 6
"""Digits of a phone number that are enough without its country's beginning."""


def words_of(person: Person, identities: Iterable[Identity | Named]) -> set[str]:
    """Return the words by which a person is found."""
    found = set()
    whole = full_name(person.given_name, person.family_name)
    for text in (person.name, whole, person.given_name, person.family_name, person.city):
        found.update(parted(text))
    for each in identities:
        found.add(_bare(each.value))
        if each.kind == Identity.Kind.PHONE:
            digits = _DIGITS.sub("", each.key)
            found.update({digits, *(digits[start:] for start in (1, 2, 3) if len(digits) - start >= ENDING)})
        elif each.kind == Identity.Kind.EMAIL:
            local, _at, host = each.value.rpartition("@")
            found.update({*parted(local), _bare(host)})
    return {word[:WORD_LONGEST] for word in found if word}


def people_found(query: str) -> QuerySet[Person]:
    """Return people of whom every word of the query begins a word; all of them for an empty query.

    Those that were merged are not among them. For pages, which are to be quick, see `paging`.
    """
    people = Person.objects.filter(merged_into=None)
    if not (wanted := words_found(query)):
        return people
    first, *others = wanted
    people = people.filter(pk__in=first.values("person"))
    for rows in others:
        people = people.filter(Exists(rows.filter(person=OuterRef("pk"))))
    return people


def words_found(query: str) -> list[QuerySet[Word]]:
    """Return for each word of a query, the longest first, the words of people that it begins."""
    return [_beginning(word) for word in sorted(_asked(query), key=len, reverse=True)[:WORDS_MOST]]


def _beginning(word: str) -> QuerySet[Word]:
    return Word.objects.filter(word__gte=word, word__lt=word + LAST)


def _asked(query: str) -> set[str]:
    """Return the words of a query; part of an address is one word, and so is part of a phone number."""
    found: set[str] = set()
    digits = _DIGITS.sub("", query)
    if len(digits) >= SHORTEST and not re.search(r"[^\d\s()+./-]", query):
        return {digits[:WORD_LONGEST]}
    for part in query.split():
        found.update({_bare(part)} if _ADDRESS.fullmatch(part) else parted(part))
    return {word[:WORD_LONGEST] for word in found}


def parted(text: str) -> list[str]:
    """Return the words of a text as they are compared: without case and accents."""
    return [_bare(word) for word in _BREAK.split(text) if word]


def _bare(text: str) -> str:
    """Return text as it is searched: without case and without accents."""
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", text.casefold())
    return unicodedata.normalize("NFC", "".join(each for each in apart if not unicodedata.combining(each)))
