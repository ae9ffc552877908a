"""A browser opens an invitation, chooses a password, and logs in with it."""

import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from playwright.sync_api import expect

from zoco.project.roles import roles_ensure
from zoco.sites.access.mailing import invitation_path
from zoco.sites.access.services import invitation_make

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
PASSWORD = "comb-of-honey-77"


def test_whoever_is_invited_chooses_a_password_and_comes_in(visit: Any) -> None:
    roles_ensure()
    owner = User.objects.get(username="ana")
    made = invitation_make(
        address="eva@honey.example", role="marketer", sites=None, by=owner, at=timezone.now(), days=7
    )

    page = visit(invitation_path(made), signed_in=False)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("input[name=again]").fill(PASSWORD)
    page.locator("input[name=again]").press("Enter")
    expect(page).to_have_url(re.compile("/invited/$"))

    page = visit("/admin/", signed_in=False)
    page.locator("input[name=username]").fill("eva@honey.example")
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("input[name=password]").press("Enter")
    expect(page).to_have_url(re.compile("/admin/$"))
