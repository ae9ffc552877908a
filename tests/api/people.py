"""Accounts in each role, and one object of each kind that addresses may name."""

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.test import Client
from wagtail.models.pages import Page

from zoco.project.roles import roles_ensure
from zoco.sites.models import Site


def clients() -> dict[str, Client]:
    """Return a browser of somebody in each role. The owner is so by his group alone."""
    roles_ensure()
    made = {"anonymous": Client()}
    for role in ("nobody", "analyst", "marketer", "owner"):
        user = get_user_model().objects.create_user(role, f"{role}@honey.example", "hexagon-comb-12")
        if role != "nobody":
            user.groups.add(Group.objects.get(name=role))
        made[role] = Client(raise_request_exception=False)
        made[role].force_login(user)
    return made


def values() -> dict[str, Any]:
    """Return what stands for the parts of addresses, by name."""
    site = Site.objects.create(slug="shop", name="Honey shop", zone="Europe/Madrid")
    page = Page.objects.order_by("-depth", "pk").first()
    assert page is not None
    return {"pk": site.pk, "page_id": page.pk, "parent_page_id": page.pk, "page_to_move_id": page.pk}


@pytest.fixture
def people(db: None) -> dict[str, Client]:
    """Return the browsers."""
    return clients()
