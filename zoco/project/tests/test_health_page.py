"""The page "Health" and the notices: who sees them, what they say, what they do."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from wagtail.models import ModelLogEntry  # type: ignore[attr-defined]

from zoco.ledger.store import opening
from zoco.project import folder
from zoco.project.health import checks, measures, notices, page
from zoco.project.models import Turn
from zoco.project.roles import roles_ensure
from zoco.project.worker import beats

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("ZOCO_DATA", str(tmp_path / "data"))
    for forget in (opening.close, measures.forget, notices.forget):
        forget()
    yield folder.prepare()
    for forget in (opening.close, measures.forget, notices.forget):
        forget()


@pytest.fixture
def people() -> dict[str, Any]:
    roles_ensure()
    made = {}
    for role in ("owner", "marketer", "analyst"):
        made[role] = get_user_model().objects.create_user(role, password="hexagon-comb-12")
        made[role].groups.add(Group.objects.get(name=role))
    return made


@pytest.fixture
def owner(client: Client, people: dict[str, Any]) -> Client:
    client.force_login(people["owner"])
    return client


def _failed_task() -> DBTaskResult[Any, Any]:
    return DBTaskResult.objects.create(
        task_path="zoco.project.tests.work.note",
        args_kwargs={"args": [], "kwargs": {}},
        backend_name="default",
        queue_name="default",
        status="FAILED",
        worker_ids=["gone"],
        run_after=timezone.now(),
        finished_at=timezone.now(),
        exception_class_path="builtins.ValueError",
        traceback="ValueError: no",
    )


def test_only_owners_see_the_page(client: Client, people: dict[str, Any]) -> None:
    statuses = {}
    for role, user in people.items():
        client.force_login(user)
        statuses[role] = client.get(reverse("zoco_health")).status_code

    assert statuses["owner"] == 200
    assert statuses["marketer"] in {302, 403}
    assert statuses["analyst"] in {302, 403}


def test_page_says_what_is_wrong_first_and_what_to_do(owner: Client, data: Path) -> None:
    aside = data / "spool" / "aside"
    aside.mkdir()
    (aside / "one.ndjson").write_text("{}\n")
    note = {"segment": "one.ndjson", "reason": "site is missing", "set_aside_at": 1_790_000_000_000_000}
    (aside / "one.ndjson.json").write_text(json.dumps(note))
    Turn.objects.create(key="sites.retain", next_at=timezone.now(), failure="OSError: full")

    text = owner.get(reverse("zoco_health")).content.decode()

    assert "Something is wrong. The first rows say what, and what to do." in text
    assert text.index("sites.retain failed last time: OSError: full") < text.index("No worker runs")
    assert "site is missing" in text
    assert "start `zoco up`" in text
    assert "There is none. `zoco backup` makes one" in text


@pytest.mark.parametrize(
    ("code", "words"),
    [("es", "Todo va bien"), ("ru", "Всё в порядке"), ("zh-hans", "一切正常")],
)
def test_words_are_the_readers(owner: Client, people: dict[str, Any], code: str, words: str) -> None:
    from wagtail.users.models import UserProfile

    from zoco.sites import services

    services.site_create(name="Shop")
    services.sites_publish()
    beats.beat("one", at=timezone.now())
    profile = UserProfile.get_for_user(people["owner"])
    profile.preferred_language = code
    profile.save()

    assert words in owner.get(reverse("zoco_health")).content.decode()


def test_failed_task_runs_again_once_and_it_is_logged(owner: Client) -> None:
    task = _failed_task()
    assert "zoco.project.tests.work.note" in owner.get(reverse("zoco_health")).content.decode()
    address = reverse("zoco_health_retry", args=[task.pk])

    answers = [
        owner.get(address).status_code,
        owner.post(address).status_code,
        owner.post(address).status_code,
    ]

    task.refresh_from_db()
    assert answers == [405, 302, 404]
    assert (task.status, task.worker_ids, task.traceback) == ("READY", [], "")
    assert [entry.action for entry in ModelLogEntry.objects.filter(object_id=task.pk)] == ["zoco.task.retry"]


def test_others_cannot_retry_and_strangers_are_led_to_the_log_in(
    client: Client, people: dict[str, Any]
) -> None:
    task = _failed_task()
    address = reverse("zoco_health_retry", args=[task.pk])

    stranger = client.post(address)
    client.force_login(people["marketer"])
    marketer = client.post(address)
    checked = Client(enforce_csrf_checks=True)
    checked.force_login(people["owner"])

    assert stranger.status_code == 302
    assert marketer.status_code in {302, 403}
    assert checked.post(address).status_code == 403
    task.refresh_from_db()
    assert task.status == "FAILED"


def test_warning_on_the_home_page_can_be_put_away_by_each_account(
    owner: Client, people: dict[str, Any]
) -> None:
    home = reverse("wagtailadmin_home")
    said = "No worker runs: nothing happens in the background."
    assert said in owner.get(home).content.decode()

    answer = owner.post(reverse("zoco_health_dismiss", args=["worker"]))

    assert answer.status_code == 302
    assert said not in owner.get(home).content.decode()
    assert [each.check for each in notices.notices_for(people["owner"])] == []
    assert [each.check for each in notices.notices_for(people["marketer"])] == ["worker"]
    assert owner.post(reverse("zoco_health_dismiss", args=["clock"])).status_code == 404


def test_error_cannot_be_put_away_and_analysts_see_none(
    owner: Client, people: dict[str, Any], data: Path
) -> None:
    from zoco.sites.published import Published, PublishedSite, write

    site = PublishedSite(id=1, slug="a", name="Shop", zone="UTC", currency="EUR", hostnames=())
    write(data / "sites.json", Published(sites=(site,)))
    owner.post(reverse("zoco_health_dismiss", args=["salts"]))
    home = reverse("wagtailadmin_home")
    said = "There is no key of today for: Shop. Their visits are refused."

    assert said in owner.get(home).content.decode()

    client = Client()
    client.force_login(people["analyst"])
    assert said not in client.get(home).content.decode()


def test_every_check_has_a_name_that_people_read() -> None:
    assert {each.__name__ for each in checks.CHECKS} == set(page.LABELS)
