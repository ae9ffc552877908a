"""The forms that pages show: found by following links and pressing buttons, with all that they would send."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

from bs4 import BeautifulSoup, Tag
from django.db import transaction
from django.test import Client
from django.urls import Resolver404, resolve

PAGES_MOST = 20
"""Of one address: so many pages are looked at."""
_PLACE = re.compile(r"[\d.:]+.*")
Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """A form: where it goes, what it sends as it stands, its buttons, and what else may be chosen."""

    door: str
    method: str
    where: str
    fields: Pairs
    buttons: Pairs
    choices: Pairs

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all that it may send."""
        return tuple(dict.fromkeys(name for name, _value in (*self.fields, *self.buttons)))

    @property
    def verbs(self) -> dict[str, tuple[str, str]]:
        """One button of each kind: what stands behind a colon or a digit is a place."""
        return {_PLACE.sub("", f"{name}={value}"): (name, value) for name, value in self.buttons}

    @property
    def mark(self) -> tuple[str, ...]:
        """By what it is told from others of its door."""
        named = {_PLACE.sub("", re.sub(r"^\w*\d[\w.]*-", "", each)) for each in self.names}
        return (self.door, self.method, *sorted(named | {*self.verbs}))

    def pressed(self) -> Iterator[Pairs]:
        """Yield what one button of each kind sends, and what the first one does with each other choice."""
        for each in self.verbs.values():
            yield (*self.fields, each)
        for name, value in self.choices if self.method == "post" and self.buttons else ():
            first = next((each for each in self.buttons if each[1] != "save"), self.buttons[0])
            yield (*((each, value if each == name else kept) for each, kept in self.fields), first)
        if not self.buttons:
            yield self.fields


def door_of(address: str) -> str:
    """Return the name of who answers at an address, "" for nobody of ours."""
    try:
        return resolve(urlsplit(address).path).view_name
    except Resolver404:
        return ""


def sent(client: Client, method: str, where: str, pairs: Pairs) -> Any:
    """Send a form; returns the answer."""
    given: dict[str, list[str]] = {}
    for name, value in pairs:
        given.setdefault(name, []).append(value)
    return client.post(where, given) if method == "post" else client.get(where, given)


def asked(client: Client, method: str, where: str, pairs: Pairs = ()) -> Any:
    """Ask, and take back all that it changed; returns the answer."""
    with transaction.atomic():
        answer = sent(client, method, where, pairs)
        transaction.set_rollback(True)
    return answer


class Walk:
    """A walk over the pages of some doors, by links and buttons."""

    def __init__(self, client: Client, doors: tuple[str, ...]) -> None:
        self.client, self.doors = client, doors
        self.seen: set[str] = set()
        self.pages: Counter[str] = Counter()
        self.forms: dict[tuple[str, ...], Shown] = {}

    def go(self, begins: list[str]) -> None:
        """Look at all pages that links lead to; each new form is sent once as it stands, by each button."""
        todo = list(begins)
        while todo:
            where = todo.pop()
            if where in self.seen or self.pages[door_of(where)] >= PAGES_MOST:
                continue
            self.seen.add(where)
            self.pages[door_of(where)] += 1
            soup = _soup(asked(self.client, "get", where))
            if soup is None:
                continue
            links = (
                urljoin(where, str(each["href"])).partition("#")[0] for each in soup.find_all("a", href=True)
            )
            todo += [each for each in links if door_of(each).startswith(self.doors)]
            for each in self._new(soup, where):
                self._press(each)

    def _press(self, form: Shown) -> None:
        """Note what forms its answers show; these are not pressed in turn."""
        for pairs in form.pressed() if form.method == "post" else ():
            if (soup := _soup(asked(self.client, "post", form.where, pairs))) is not None:
                self._new(soup, form.where)

    def _new(self, soup: BeautifulSoup, where: str) -> list[Shown]:
        found = [each for each in _forms(soup, where) if each.door.startswith(self.doors)]
        new = [each for each in found if each.mark not in self.forms]
        self.forms |= {each.mark: each for each in new}
        return new


def _soup(answer: Any) -> BeautifulSoup | None:
    is_page = not answer.streaming and "html" in answer.headers.get("Content-Type", "")
    return BeautifulSoup(answer.content, "html.parser") if is_page else None


def _forms(soup: BeautifulSoup, where: str) -> Iterator[Shown]:
    for form in soup.find_all("form"):
        beside = [each for each in soup.find_all(form=True) if each["form"] == form.get("id")]
        within = [*form.find_all(["input", "select", "textarea", "button"]), *beside]
        named = [each for each in within if each.get("name") not in (None, "", "csrfmiddlewaretoken")]
        fields = dict.fromkeys(pair for each in named for pair in _said(each))
        buttons = dict.fromkeys((str(e["name"]), str(e.get("value", ""))) for e in named if _presses(e))
        kinds = [each for each in named if each.name == "select" and str(each["name"]).startswith("kind")]
        choices = [
            (str(each["name"]), str(some.get("value", some.text)))
            for each in kinds[:1]
            for some in each.find_all("option")
        ]
        action = urljoin(where, str(form.get("action") or where))
        method = str(form.get("method", "get")).lower()
        yield Shown(door_of(action), method, action, tuple(fields), tuple(buttons), tuple(choices))


def _presses(element: Tag) -> bool:
    return element.name == "button" or element.get("type") == "submit"


def _said(element: Tag) -> Pairs:
    """Return what an element sends as it stands; of boxes that nobody ticked, what they would."""
    name = str(element["name"])
    if _presses(element):
        return ()
    if element.name == "select":
        options = element.find_all("option")
        chosen = [each for each in options if each.has_attr("selected")] or options[:1]
        return tuple((name, str(each.get("value", each.text))) for each in chosen)
    if element.name == "textarea":
        return ((name, element.text),)
    return ((name, str(element.get("value", "on" if element.get("type") == "checkbox" else ""))),)
