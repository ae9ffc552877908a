"""Factories: what tests need, with sensible values, each overridden by name."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from zoco.kit.ids import uuid8
from zoco.kit.periods import micros
from zoco.ledger.schema import Fact

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser

    from zoco.sites.models import Site

NOON = datetime(2026, 5, 17, 12, tzinfo=UTC)
_numbers = itertools.count(1)


def fact(*, at: datetime | None = None, **over: Any) -> Fact:
    """Return a page view of site 1 at noon of 17 May 2026, or at `at`; each call has an id of its own.

    `over` are columns of the schema.
    """
    moment = micros(at or NOON)
    columns: dict[str, Any] = {
        "id": uuid8(b"factory", next(_numbers)),
        "site": 1,
        "name": "web.page.viewed",
        "origin": "tracker",
        "occurred_at": moment,
        "received_at": moment,
        "visitor": 1,
        "host": "shop.example",
        "path": "/",
    }
    return Fact(**columns | over)


def site_make(slug: str = "shop", **over: Any) -> Site:
    """Make a site through its service; `over` are the service's arguments."""
    from zoco.sites.services import site_create

    arguments: dict[str, Any] = {
        "name": slug.capitalize(),
        "slug": slug,
        "hostnames": (f"{slug}.example",),
        "zone": "Europe/Madrid",
    }
    return site_create(**arguments | over)


def user_make(name: str = "ana", *, is_owner: bool = False) -> AbstractBaseUser:
    """Make a user of the project's own model; the owner may do everything. The password is the name."""
    from django.contrib.auth import get_user_model

    model = get_user_model()
    email = f"{name}@shop.example"
    make = model.objects.create_superuser if is_owner else model.objects.create_user
    made: AbstractBaseUser = make(name, email, name)
    return made
