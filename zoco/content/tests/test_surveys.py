"""The block of a survey: asked on a page of the site, and nothing where it does not run."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.utils import timezone

from zoco.content.pages.blocks import surveys_offered
from zoco.content.pages.first import home_ensure
from zoco.content.pages.models import HomePage
from zoco.sites import reads
from zoco.sites.services import sites_publish
from zoco.surveys.models import Survey
from zoco.surveys.services import survey_close
from zoco.surveys.tests.made import site_made, survey_running

pytestmark = pytest.mark.django_db


@pytest.fixture
def survey(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[Survey]:
    settings.ALLOWED_HOSTS = ["shop.example"]
    monkeypatch.setenv("ZOCO_DATA", str(tmp_path))
    site_made()
    reads.forget()
    home_ensure(urlsplit("https://shop.example"))
    reads.forget()
    sites_publish()
    made = survey_running()
    home = HomePage.objects.get()
    home.body = [{"type": "survey", "value": {"survey": made.key}}]
    home.save_revision().publish()
    yield made
    reads.forget()


def test_a_page_asks_a_survey_while_it_runs(survey: Survey) -> None:
    page = Client().get("/", headers={"host": "shop.example"})
    offered = surveys_offered()
    survey_close(survey=survey.pk, at=timezone.now())
    closed = Client().get("/", headers={"host": "shop.example"})

    assert offered == [("shop-2026", "Spring")]
    assert 'action="/survey/shop-2026"' in page.text
    assert 'name="way" value="block"' in page.text
    assert "Would you recommend us?" in page.text
    assert "/f/form.js" in page.text
    assert "survey" not in closed.text
    assert surveys_offered() == []
