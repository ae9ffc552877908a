"""The block of a trial: each reader sees the variant of his arm, and nobody keeps a page for another one."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client

from zoco.content.pages.blocks import trials_offered
from zoco.content.pages.first import home_ensure
from zoco.content.pages.models import HomePage
from zoco.monitor.services import goal_create
from zoco.sites import reads
from zoco.sites.models import Site
from zoco.sites.services import sites_publish
from zoco.trials.models import Trial
from zoco.trials.services import trial_conclude, trial_start, trial_stop
from zoco.trials.tests.simulated import DAY, START, draft

pytestmark = pytest.mark.django_db


@pytest.fixture
def trial(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[Trial]:
    settings.ALLOWED_HOSTS = ["shop.example"]
    monkeypatch.setenv("ZOCO_DATA", str(tmp_path))
    site = Site.objects.create(pk=1, slug="shop", name="Shop", zone="Europe/Madrid", currency="EUR")
    site.hostnames.create(name="shop.example")
    goal_create(site=1, name="Sign up", kind="event", event="sign up")
    reads.forget()
    home_ensure(urlsplit("https://shop.example"))
    reads.forget()
    sites_publish()
    home = HomePage.objects.get()
    variants = [
        {"arm": arm, "content": [{"type": "text", "value": f"<p>{words}</p>"}]}
        for arm, words in (("a", "As it is"), ("b", "Shorter"))
    ]
    home.body = [{"type": "trial", "value": {"trial": "headline", "variants": variants}}]
    home.save_revision().publish()
    yield draft()
    reads.forget()


def shown(number: int) -> Any:
    agent = f"Mozilla/5.0 (X11; Linux x86_64) Browser/{number}"
    return Client().get("/", headers={"host": "shop.example", "user-agent": agent})


def test_each_reader_sees_one_variant_which_stays(trial: Trial) -> None:
    trial_start(trial=trial.pk, at=START)

    pages = [shown(number) for number in range(12)]

    words = [("As it is" in page.text, "Shorter" in page.text) for page in pages]
    assert set(words) == {(True, False), (False, True)}
    assert words == [("As it is" in page.text, "Shorter" in page.text) for page in map(shown, range(12))]
    assert all("data-zoco-counts" in page.text and "/trials.js" in page.text for page in pages)
    assert all(page.headers["cache-control"] == "private, no-store" for page in pages)


def test_a_trial_that_does_not_run_shows_the_first_variant_and_counts_nobody(trial: Trial) -> None:
    pages = [shown(number) for number in range(6)]
    Trial.objects.all().delete()
    pages += [shown(number) for number in range(6)]

    assert all("As it is" in page.text and "Shorter" not in page.text for page in pages)
    assert not any("data-zoco-counts" in page.text or "trials.js" in page.text for page in pages)


def test_everybody_sees_the_arm_that_was_chosen(trial: Trial) -> None:
    trial_start(trial=trial.pk, at=START)
    trial_stop(trial=trial.pk, at=START + DAY)
    trial_conclude(trial=trial.pk, outcome_arm="b", learnt="")

    assert all("Shorter" in shown(number).text for number in range(6))
    assert trials_offered() == [("headline", "Headline (headline)")]
