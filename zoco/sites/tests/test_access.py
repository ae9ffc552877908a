"""Invitations, from the link to the account, and what an account that sees some sites sees elsewhere."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from django.contrib.auth.models import Group, User
from django.core import mail
from django.test import Client
from pytest_django import DjangoCaptureOnCommitCallbacks

from zoco.kit import staff_mail
from zoco.ledger import sitebook
from zoco.monitor.models import SharedLink
from zoco.project.entry.keys.services import key_make
from zoco.project.models import ApiKey, Change
from zoco.project.roles import roles_ensure
from zoco.project.tests.readers import body, client_of
from zoco.sites import conf, published, reads
from zoco.sites.access.models import Invitation, SiteLimit
from zoco.sites.access.reads import seeing, slugs_seen
from zoco.sites.access.services import invitation_make, sites_seen_set
from zoco.sites.models import Site, SourceRule

pytestmark = pytest.mark.django_db
PASSWORD = "hexagon-comb-12"


@pytest.fixture(autouse=True)
def sites(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("ZOCO_DATA", str(tmp_path))
    (tmp_path / "keys").mkdir(mode=0o700)
    reads.forget()
    yield [Site.objects.create(slug=slug, name=slug.title()) for slug in ("shop", "blog")]
    reads.forget()


def invite(boss: Client, sites: list[Site], **more: Any) -> Any:
    given = {"address": "Eva@honey.example", "role": "marketer", "reach": "some", "days": "7", **more}
    given["sites"] = [site.pk for site in given.pop("chosen", sites)]
    return boss.post("/admin/access/invite/", given)


def link_in(page: str) -> str:
    found = re.search(r"http://testserver(/invited/\d+/[0-9a-f]{48}/)", page)
    assert found
    return found[1]


def test_somebody_invited_chooses_a_password_and_sees_the_site_only(sites: list[Site]) -> None:
    boss, eva = client_of("owner"), Client(headers={"accept-language": "en"})
    link = link_in(body(invite(boss, sites[:1])))
    waiting = User.objects.get(username="eva@honey.example")
    before = (waiting.is_active, waiting.has_usable_password(), waiting.groups.count())

    shown = eva.get(link)
    answer = eva.post(link, {"password": PASSWORD, "again": PASSWORD})

    assert before == (False, False, 0)
    assert "You log in as" in body(shown)
    assert shown.headers["referrer-policy"] == "same-origin"
    assert (answer.status_code, answer.headers["location"]) == (302, "/invited/")
    account = User.objects.get(username="eva@honey.example")
    assert account.check_password(PASSWORD)
    assert [group.name for group in account.groups.all()] == ["marketer"]
    assert slugs_seen(account) == frozenset({"shop"})
    eva.force_login(account)
    assert [each["slug"] for each in eva.get("/api/v1/sites").json()["sites"]] == ["shop"]
    assert eva.get(link).status_code == 404
    assert "invitation" in " ".join(Change.objects.values_list("kind", flat=True))


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"password": "short", "again": "short"}, "too short"),
        ({"password": PASSWORD, "again": "another-comb-12"}, "The two passwords differ."),
        ({}, "This field is required."),
    ],
)
def test_a_bad_password_opens_nothing(sites: list[Site], given: dict[str, str], why: str) -> None:
    link = link_in(body(invite(client_of("owner"), sites)))

    answer = Client(headers={"accept-language": "en"}).post(link, given)

    assert why in body(answer)
    assert not User.objects.get(username="eva@honey.example").is_active


def test_a_link_that_is_old_forged_or_taken_back_opens_nothing(sites: list[Site]) -> None:
    boss, eva = client_of("owner"), Client(headers={"accept-language": "en"})
    first = link_in(body(invite(boss, sites)))
    link = link_in(body(invite(boss, sites, role="analyst")))
    made = Invitation.objects.get()
    forged = link[:-2] + ("0" if link[-2] != "0" else "1") + "/"
    closed = [eva.get(each).status_code for each in (first, forged, link.replace("/invited/", "/invited/9"))]

    opened = eva.get(link).status_code
    Invitation.objects.update(expires_at=datetime.now(UTC) - timedelta(seconds=1))
    expired = eva.get(link).status_code
    boss.post(f"/admin/access/invitations/{made.pk}/", {"do": "revoke"})
    boss.post(f"/admin/access/invitations/{made.pk}/", {"do": "revoke"})

    assert closed == [404, 404, 404]
    assert (opened, expired, eva.post(link, {"password": PASSWORD, "again": PASSWORD}).status_code) == (
        200, 404, 404,
    )  # fmt: skip
    assert not User.objects.filter(username="eva@honey.example").exists()
    assert "taken back" in body(boss.get("/admin/access/"))


def test_it_ends_with_the_rights_of_whoever_invited(sites: list[Site]) -> None:
    link = link_in(body(invite(client_of("owner"), sites)))
    User.objects.get(username="owner").groups.clear()

    assert Client().get(link).status_code == 404


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"address": "owner@honey.example"}, "has an account already"),
        ({"chosen": []}, "Choose at least one site."),
        ({"role": "owner"}, "An owner sees all sites."),
        ({"address": "no address"}, "valid email"),
        ({"role": "admin"}, "valid choice"),
        ({"address": "a'b@honey.example"}, "username"),
    ],
)
def test_what_cannot_be_invited_says_why(sites: list[Site], more: dict[str, Any], why: str) -> None:
    boss = client_of("owner")
    User.objects.filter(username="owner").update(email="owner@honey.example")

    answer = invite(boss, sites, **more)

    assert why in body(answer)
    assert not Invitation.objects.exists()


def test_the_letter_goes_to_the_account_that_waits_and_to_no_other(sites: list[Site], settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    boss = client_of("owner")

    page = body(invite(boss, sites[:1], is_mailed="on"))

    assert "The letter is sent." in page
    assert [letter.to for letter in mail.outbox] == [["eva@honey.example"]]
    assert link_in(page) in mail.outbox[0].body
    account = User.objects.get(username="owner")
    with pytest.raises(staff_mail.NotStaff):
        staff_mail.invite(account, subject="x", text="x", key="x")


def test_a_mail_server_that_does_not_answer_is_said_and_the_link_stays(
    sites: list[Site], settings: Any
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9

    page = body(invite(client_of("owner"), sites, is_mailed="on"))

    assert "The letter was not sent" in page
    assert link_in(page)


def test_owners_say_what_an_account_sees_and_see_all_themselves(sites: list[Site]) -> None:
    boss, eva = client_of("owner"), client_of("analyst")
    account = User.objects.get(username="analyst")

    boss.post(f"/admin/access/accounts/{account.pk}/", {"reach": "some", "sites": [sites[1].pk]})
    limited = eva.get("/api/v1/sites").json()["sites"]
    refused = boss.post(
        f"/admin/access/accounts/{User.objects.get(username='owner').pk}/",
        {"reach": "some", "sites": [sites[1].pk]},
    )
    sites[1].delete()
    reads.forget()
    none = eva.get("/api/v1/sites").json()["sites"]
    boss.post(f"/admin/access/accounts/{account.pk}/", {"reach": "all"})

    assert [each["slug"] for each in limited] == ["blog"]
    assert "sees all sites" in body(refused)
    assert none == []
    assert not SiteLimit.objects.exists()
    assert slugs_seen(account) is None
    assert (
        eva.post(f"/admin/access/accounts/{account.pk}/", {"reach": "all"}).headers["location"] == "/admin/"
    )


def test_what_one_who_sees_a_site_changes_is_published_with_all_sites(
    sites: list[Site], django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    eva = client_of("marketer")
    sites_seen_set(user=User.objects.get(username="marketer"), sites=sites[:1])
    SourceRule.objects.create(site=sites[1], channel="Theirs", source="theirs")
    rule = {"site": sites[0].pk, "position": "1", "channel": "Partners", "source": "partner-*"}
    rule |= {"medium": "", "campaign": "", "referrer": ""}

    with django_capture_on_commit_callbacks(execute=True):
        answer = eva.post("/admin/source-rules/new/", rule)

    assert answer.status_code == 302
    told = msgspec.json.decode(conf.published_path().read_bytes(), type=published.Published)
    assert {site.slug: [rule.channel for rule in site.sources.rules] for site in told.sites} == {
        "shop": ["Partners"],
        "blog": ["Theirs"],
    }
    assert sitebook.seen() is None


def test_a_key_a_shared_link_and_letters_see_no_more_than_their_account(sites: list[Site]) -> None:
    roles_ensure()
    ana = User.objects.create_user("ana", "ana@honey.example")
    ana.groups.add(Group.objects.get(name="analyst"))
    now = datetime.now(UTC)
    key, token = key_make(
        name="desk", scopes=["reports:read"], sites=None, expires_at=now + timedelta(days=9), by=ana, at=now
    )
    link = SharedLink.objects.create(name="x", site=sites[0], digest="d", created_by=ana, created_at=now)
    open_before = link.state(now)

    sites_seen_set(user=ana, sites=sites[1:])
    answer = Client().get("/api/v1/sites", headers={"authorization": f"Bearer {token}"})

    assert ApiKey.objects.get(pk=key.pk).all_sites
    assert [each["slug"] for each in answer.json()["sites"]] == ["blog"]
    assert (open_before, link.state(now)) == (SharedLink.State.OPEN, SharedLink.State.ENDED)
    assert seeing([ana], sites[0].pk) == []
    assert seeing([ana], sites[1].pk) == [ana]


def test_two_invitations_of_one_address_are_one(sites: list[Site]) -> None:
    client_of("owner")
    boss, now = User.objects.get(username="owner"), datetime.now(UTC)
    given: dict[str, Any] = {"address": "eva@honey.example", "by": boss, "at": now, "days": 7}

    first = invitation_make(role="analyst", sites=sites[:1], **given)
    second = invitation_make(role="marketer", sites=None, **given)

    assert first.pk == second.pk
    assert (second.role, second.all_sites, second.sites.count()) == ("marketer", True, 0)
    assert User.objects.filter(email="eva@honey.example").count() == 1
