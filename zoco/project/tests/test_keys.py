"""Keys of the API: what they may, when they do nothing, and how often anybody may ask."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, User
from django.test import Client

from zoco.kit.floods.pacing import Pace
from zoco.project.entry.keys import services
from zoco.project.entry.keys.pace import pace
from zoco.project.models import ApiKey, Change
from zoco.project.roles import roles_ensure
from zoco.sites.models import Site

pytestmark = pytest.mark.django_db
UNKNOWN = {"error": {"code": "not_logged_in", "message": "Log in first; nothing is shown to strangers."}}


@pytest.fixture
def boss() -> User:
    pace.clear()
    roles_ensure()
    user = get_user_model().objects.create_user("boss", password="x")
    user.groups.add(Group.objects.get(name="owner"))
    for slug in ("shop", "blog"):
        Site.objects.create(slug=slug, name=slug.title(), zone="Europe/Madrid")
    return user


def made(by: User, **more: Any) -> tuple[ApiKey, str]:
    now = datetime.now(UTC)
    given = {"name": "desk", "scopes": ["reports:read"], "sites": None, "expires_at": now + timedelta(days=9)}
    return services.key_make(**given | {"by": by, "at": now} | more)  # type: ignore[arg-type]


def ask(token: str, path: str = "sites", client: Client | None = None) -> tuple[int, Any]:
    answer = (client or Client()).get(f"/api/v1/{path}", HTTP_AUTHORIZATION=f"Bearer {token}")
    return answer.status_code, json.loads(answer.content)


def test_key_reads_reports_and_nothing_of_its_token_is_kept(boss: User) -> None:
    key, token = made(boss)

    status, said = ask(token)

    assert status == 200
    assert [site["slug"] for site in said["sites"]] == ["shop", "blog"]
    assert ask(token, "reports")[0] == 200
    assert token.startswith(key.prefix)
    assert token not in str(list(ApiKey.objects.values())) + str(list(Change.objects.values()))
    assert len(token) > 45


def test_key_for_some_sites_knows_no_others(boss: User) -> None:
    _key, token = made(boss, sites=[Site.objects.get(slug="blog")])

    assert [site["slug"] for site in ask(token)[1]["sites"]] == ["blog"]
    assert ask(token, "reports/pages?site=shop")[0] == 404
    assert len(ask(made(boss)[1])[1]["sites"]) == 2
    Site.objects.get(slug="blog").delete()
    assert ask(token)[1]["sites"] == []


def test_key_that_does_nothing(boss: User) -> None:
    now = datetime.now(UTC)
    _old, expired = made(boss, at=now - timedelta(days=9), expires_at=now - timedelta(seconds=1))
    key, revoked = made(boss)
    services.key_revoke(key=key, by=boss, at=now)
    _live, token = made(boss)

    for wrong in (expired, revoked, token + "x", "zoco_", "x", ""):
        assert ask(wrong) == (401, UNKNOWN)
    browser = Client()
    browser.force_login(boss)
    assert ask(revoked, client=browser)[0] == 401
    boss.is_active = False
    boss.save()
    assert ask(token) == (401, UNKNOWN)


def test_key_never_may_more_than_its_maker_may_now(boss: User) -> None:
    _key, token = made(boss)
    _facts, other = made(boss, scopes=["facts:read"])
    assert ask(other)[0] == 403

    boss.groups.clear()

    assert ask(token)[0] == 403


def test_key_opens_no_page(boss: User) -> None:
    _key, token = made(boss)

    for path in ("/admin/", "/reports/", "/admin/keys/"):
        assert Client().get(path, HTTP_AUTHORIZATION=f"Bearer {token}").status_code == 302


def test_use_is_written_down_once_a_minute(boss: User) -> None:
    key, token = made(boss)
    now = datetime.now(UTC)

    for seconds in (0, 30, 61):
        services.key_found(token, at=now + timedelta(seconds=seconds))
        key.refresh_from_db()
        assert key.last_used_at == now + timedelta(seconds=61 if seconds == 61 else 0)


def test_key_lives_a_year_at_most(boss: User) -> None:
    now = datetime.now(UTC)

    for expires_at in (now, now + timedelta(days=367)):
        with pytest.raises(ValueError, match="366 days"):
            made(boss, expires_at=expires_at)


def test_owner_makes_and_revokes_a_key_on_the_screen(boss: User) -> None:
    browser = Client()
    browser.force_login(boss)
    last = (datetime.now(UTC) + timedelta(days=30)).date().isoformat()

    given = {"name": "Sheet", "scopes": "reports:read", "expires_on": last}
    page = browser.post("/admin/keys/new/", given).content.decode()
    token = page.partition('id="token">')[2].partition("<")[0]

    assert ask(token)[0] == 200
    listed = browser.get("/admin/keys/").content.decode()
    assert token not in listed
    assert token[:11] in listed
    browser.post(f"/admin/keys/{ApiKey.objects.get().pk}/revoke/")
    assert ask(token)[0] == 401
    assert list(Change.objects.filter(action__startswith="key").values_list("action", "by_name")) == [
        ("key.revoked", "boss"),
        ("key.made", "boss"),
    ]


@pytest.mark.parametrize("site", ["9" * 30, "-1", "nowhere", "", "\0"])
def test_site_that_is_none_is_told_at_its_field(boss: User, site: str) -> None:
    browser = Client()
    browser.force_login(boss)
    day = (datetime.now(UTC) + timedelta(days=9)).date().isoformat()
    given = {"name": "desk", "scopes": "reports:read", "sites": site, "expires_on": day}

    answer = browser.post("/admin/keys/new/", given)

    assert answer.status_code == 200
    assert not ApiKey.objects.exists()


def test_too_many_requests_are_told_when_to_come_again(boss: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZOCO_API_PER_MINUTE", "2")
    monkeypatch.setenv("ZOCO_API_STRANGERS_PER_MINUTE", "1")
    _one, token = made(boss)
    _two, other = made(boss)

    assert [ask(token)[0] for _ in range(3)] == [200, 200, 429]
    assert ask(other)[0] == 200
    assert [ask(f"wrong{number}")[0] for number in range(2)] == [401, 429]
    answer = Client().get("/api/v1/sites")
    assert 1 <= int(answer.headers["Retry-After"]) <= 60
    assert json.loads(answer.content)["error"]["code"] == "too_many"
    pace.clear()


def test_a_minute_later_one_may_ask_again() -> None:
    now = 100.0
    counted = Pace(clock=lambda: now)

    assert [counted.wait("key 1", 2) for _ in range(3)] == [0, 0, 60]
    now = 159.5
    assert counted.wait("key 1", 2) == 1
    now = 160.0
    assert counted.wait("key 1", 2) == 0


def test_document_tells_of_the_key_and_of_too_many() -> None:
    document = json.loads(Client().get("/api/openapi.json").content)

    schemes = document["components"]["securitySchemes"]
    assert {"type": "http", "scheme": "bearer"}.items() <= schemes["KeyProof"].items()
    assert "429" in document["paths"]["/api/v1/sites"]["get"]["responses"]
