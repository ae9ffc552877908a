"""Tokens: what opens, what does not, what is kept of them, and how often anybody may ask."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client

from zoco.monitor.models import SharedLink
from zoco.monitor.sharing.services import digest, link_revoke
from zoco.monitor.tests.sharing.conftest import NOW, shared
from zoco.project.health.lines import Line, masked
from zoco.sites.models import Site

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("store")]


def test_unknown_revoked_expired_and_ended_links_are_answered_alike(
    site: Site, ana: User, stranger: Client
) -> None:
    gone = {}
    for state in ("revoked", "expired", "barred", "ended"):
        maker = User.objects.create_superuser(state)
        link, address = shared(site, maker)
        assert stranger.get(address).status_code == 200
        if state == "revoked":
            link_revoke(link=link, at=NOW)
        elif state == "expired":
            SharedLink.objects.filter(pk=link.pk).update(expires_at=NOW - timedelta(days=1))
        elif state == "barred":
            User.objects.filter(pk=maker.pk).update(is_superuser=False)
        else:
            maker.delete()
        gone[state] = stranger.get(address)
    gone["unknown"] = stranger.get(f"/shared/{'0' * 48}/")
    gone["panel"] = stranger.get(f"/shared/{'0' * 48}/pages/panel/")

    assert {answer.status_code for answer in gone.values()} == {404}
    assert len({answer.content for answer in gone.values()}) == 1
    told = [
        {k: v for k, v in each.headers.items() if "Id" not in k and "Policy" not in k}
        for each in gone.values()
    ]
    assert all(each == told[0] for each in told)
    assert "This link shows nothing" in gone["unknown"].content.decode()
    assert gone["unknown"].headers["Cache-Control"] == "private, no-store"


def test_only_a_digest_of_the_token_is_kept_and_the_day_of_its_use(
    site: Site, ana: User, stranger: Client
) -> None:
    link, address = shared(site, ana)
    token = address.split("/")[2]
    assert link.last_used_on is None

    stranger.get(address)

    row = SharedLink.objects.filter(pk=link.pk).values().get()
    assert row["digest"] == digest(token)
    assert token not in str(row)
    assert row["last_used_on"] == datetime.now(UTC).date()
    assert not [name for name in row if "address" in name or "agent" in name]


def test_the_token_is_in_no_line_of_the_log(
    site: Site, ana: User, stranger: Client, caplog: pytest.LogCaptureFixture
) -> None:
    _, address = shared(site, ana)
    token = address.split("/")[2]

    with caplog.at_level("DEBUG"):
        for path in ("", "bots/", "pages/?f.x=1", "pages/export.json", "zz/zz/zz/zz"):
            stranger.get(address + path, follow=True)
        stranger.post(address)
        stranger.get(f"/shared/{token[::-1]}/")

    lines = [Line("web").format(record) for record in caplog.records]
    assert [line for line in lines if token in line or token[::-1] in line] == []
    assert masked(address) == "/shared/…/"


def test_too_many_questions_of_one_address_are_put_off(
    site: Site, ana: User, stranger: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, address = shared(site, ana)
    monkeypatch.setenv("ZOCO_SHARED_PER_MINUTE", "2")

    statuses = [stranger.get(f"{address}pages/panel/").status_code for _ in range(3)]

    assert statuses == [200, 200, 429]
