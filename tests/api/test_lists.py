"""Lists of the admin: an empty one says what it is for."""

from typing import Any

import pytest
from django.test import Client
from wagtail.admin.viewsets import viewsets
from wagtail.admin.viewsets.model import ModelViewSet

from tests.api.people import clients
from zoco.ledger.viewsets import ListViewSet
from zoco.sites import reads
from zoco.sites.models import Site

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(300)]


def ours() -> list[ModelViewSet]:
    return [each for each in viewsets.viewsets if type(each).__module__.startswith("zoco.")]


@pytest.fixture
def browsers() -> Any:
    reads.forget()
    yield clients()
    reads.forget()


def test_an_empty_list_says_what_it_is_for(browsers: dict[str, Client]) -> None:
    Site.objects.all().delete()
    reads.forget()
    for viewset in ours():
        assert isinstance(viewset, ListViewSet), type(viewset).__name__
        where = f"/admin/{viewset.url_prefix}/"

        page = browsers["owner"].get(where).content.decode()

        assert str(viewset.purpose) in page
        assert f'class="button">{viewset.new_label}</a>' in page
        assert "There are no" not in page
        seen = browsers["analyst"].get(where)
        assert seen.status_code == 302 or f">{viewset.new_label}</a>" not in seen.content.decode()


def test_buttons_are_of_one_piece_in_languages_that_decline(browsers: dict[str, Client]) -> None:
    Site.objects.create(slug="shop", name="Honey shop")
    reads.forget()

    page = browsers["owner"].get("/admin/campaigns/", headers={"accept-language": "ru"}).content.decode()

    assert "Новая кампания" in page
    assert "Добавить кампания" not in page
