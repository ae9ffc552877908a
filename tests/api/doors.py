"""Every address of the running product, and who stands behind which door."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse

ROLES = ("anonymous", "nobody", "analyst", "marketer", "owner")


def asked_for() -> tuple[str, ...]:
    """Return the roles to try doors with: who may what is alike on every database, what a page asks is not.

    On PostgreSQL the owner opens all of them; the others were shut out, and let in, on SQLite.
    """
    return ROLES if connection.vendor == "sqlite" else ("owner",)


@dataclass(frozen=True, slots=True)
class Door:
    """One pattern: its written address, its name with namespaces, the names of its parts."""

    pattern: str
    name: str
    parts: tuple[str, ...]

    @property
    def key(self) -> str:
        """Return the name, or the address where it has none."""
        return self.name or self.pattern

    def address(self, values: dict[str, Any]) -> str:
        """Return an address behind the door; unknown parts are "1"."""
        names = [part for part in self.parts if part]
        given = {part: values.get(part, 1) for part in names}
        try:
            return reverse(self.name, kwargs=given) if names else reverse(self.name)
        except NoReverseMatch:
            return "/" + re.sub(r"<(?:\w+:)?\w+>", "1", self.pattern).replace("^", "").replace(".*/$", "zz/")


def doors() -> list[Door]:
    """Return all patterns of the resolver."""
    return list(_walk(get_resolver(), "", ""))


def _walk(resolver: URLResolver, before: str, space: str) -> Iterator[Door]:
    for each in resolver.url_patterns:
        pattern = before + str(each.pattern)
        if isinstance(each, URLResolver):
            yield from _walk(each, pattern, f"{space}{each.namespace}:" if each.namespace else space)
        elif isinstance(each, URLPattern):
            parts = tuple(each.pattern.regex.groupindex) or ("",) * each.pattern.regex.groups
            yield Door(pattern, f"{space}{each.name}" if each.name else "", parts)


def is_in(client: Client, address: str, method: str = "get") -> bool:
    """Return whether somebody gets behind the door: neither led to the log-in nor away, nor refused."""
    answer = getattr(client, method)(address, HTTP_X_REQUESTED_WITH="XMLHttpRequest")
    if answer.status_code in (301, 302):
        return not answer.headers["location"].startswith(("/admin/login/", "/second-step/")) and (
            answer.headers["location"] not in ("/admin/",)
        )
    if answer.status_code == 405 and method == "get":
        return is_in(client, address, "post")
    return answer.status_code not in (401, 403, 405)
