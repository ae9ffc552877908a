"""The link for colleagues and the mark of browsers that are logged in: what is set, where, and taken back."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core import signing
from django.test import Client
from pytest_django import DjangoCaptureOnCommitCallbacks

from zoco.project.models import Change
from zoco.project.tests.readers import body, client_of
from zoco.sites import conf, published, reads, services
from zoco.sites.access.services import sites_seen_set
from zoco.sites.blocking import own_browsers
from zoco.sites.blocking.own_browsers import COOKIE, COOKIE_SECONDS, NO, link_token, word_of
from zoco.sites.models import Site

pytestmark = pytest.mark.django_db
HERE = {"HTTP_HOST": "localhost"}


@pytest.fixture(autouse=True)
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    monkeypatch.setenv("ZOCO_DATA", str(tmp_path))
    (tmp_path / "keys").mkdir(mode=0o700)
    reads.forget()
    made = services.site_create(name="Honey", slug="honey", hostnames=["localhost", "shop.example"])
    reads.forget()
    yield made
    reads.forget()


def address(site: Site) -> str:
    return f"/own-browser/{link_token(site)}/"


def test_nothing_is_set_before_the_button_is_pressed_and_it_is_taken_back(site: Site, client: Client) -> None:
    seen = client.get(address(site), **HERE)  # type: ignore[arg-type]
    assert "It is not marked" in body(seen)
    assert COOKIE not in seen.cookies
    assert (seen["Cache-Control"], seen["X-Robots-Tag"]) == (
        "max-age=0, no-cache, no-store, must-revalidate, private",
        "noindex, nofollow",
    )

    marked = client.post(address(site), {"staff": "yes"}, **HERE)  # type: ignore[arg-type]

    cookie = marked.cookies[COOKIE]
    assert (cookie.value, cookie["max-age"], cookie["samesite"]) == (word_of(site), COOKIE_SECONDS, "Lax")
    assert "It is marked" in body(client.get(address(site), **HERE))  # type: ignore[arg-type]
    back = client.post(address(site), {"staff": "no"}, **HERE)  # type: ignore[arg-type]
    assert back.cookies[COOKIE].value == NO
    assert "It is not marked" in body(client.get(address(site), **HERE))  # type: ignore[arg-type]


def test_other_hosts_are_marked_by_the_tracker_with_the_word_that_is_published(
    site: Site, client: Client
) -> None:
    services.sites_publish()
    (known,) = published.read(conf.published_path()).sites

    elsewhere = client.get(address(site), HTTP_HOST="testserver")

    assert f'href="https://shop.example/#zoco_staff={known.staff_mark}"' in body(elsewhere)
    assert 'href="https://localhost/#zoco_staff=no"' in body(elsewhere)
    assert "<form" not in body(elsewhere)
    assert COOKIE not in client.post(address(site), {"staff": "yes"}, HTTP_HOST="testserver").cookies


@pytest.mark.parametrize("language", ["es", "ru", "zh-hans"])
def test_it_speaks_the_readers_language(site: Site, client: Client, language: str) -> None:
    shown = body(client.get(address(site), HTTP_ACCEPT_LANGUAGE=language, **HERE))  # type: ignore[arg-type]

    assert f'<html lang="{language}"' in shown
    assert "Do not count me" not in shown
    assert "own staff" not in shown


def test_a_link_that_is_old_broken_or_of_no_site_says_so(
    site: Site, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = address(site)
    foreign = f"/own-browser/{signing.dumps(site.pk, salt='other')}/"
    gone = f"/own-browser/{signing.dumps(site.pk + 1, salt='zoco.sites.own-browser')}/"
    for link in ("/own-browser/x/", good[:-3] + "/", foreign, gone):
        answer = client.get(link)
        assert answer.status_code == 404
        assert "This link no longer works" in body(answer)

    monkeypatch.setattr(own_browsers, "LINK_SECONDS", -1)

    assert client.post(good, {"staff": "yes"}, **HERE).status_code == 404  # type: ignore[arg-type]


def test_the_link_is_shown_to_those_who_may_change_the_lists(site: Site) -> None:
    assert "/own-browser/" in body(client_of("marketer").get("/admin/block-lists/"))
    assert "/own-browser/" not in body(client_of("analyst").get("/admin/block-lists/"))


def test_log_in_marks_the_browser_on_a_host_of_a_site_once(site: Site) -> None:
    analyst = client_of("analyst")

    asked = analyst.get(address(site), **HERE)  # type: ignore[arg-type]
    elsewhere = analyst.get("/admin/block-lists/", HTTP_HOST="testserver")
    here = analyst.get("/admin/block-lists/", **HERE)  # type: ignore[arg-type]
    again = analyst.get("/admin/block-lists/", **HERE)  # type: ignore[arg-type]

    assert COOKIE not in asked.cookies
    assert COOKIE not in elsewhere.cookies
    assert here.cookies[COOKIE].value == word_of(site)
    assert COOKIE not in again.cookies
    analyst.cookies[COOKIE] = NO
    assert COOKIE not in analyst.get("/admin/block-lists/", **HERE).cookies  # type: ignore[arg-type]


def test_a_renewed_link_ends_the_old_one_and_its_marks(
    site: Site, client: Client, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    old, old_word, marketer = address(site), word_of(site), client_of("marketer")
    client.post(old, {"staff": "yes"}, **HERE)  # type: ignore[arg-type]

    with django_capture_on_commit_callbacks(execute=True):
        answer = marketer.post("/admin/block-lists/honey/renew/")

    assert answer["Location"] == "/admin/block-lists/?site=honey#link"
    site.refresh_from_db()
    assert client.get(old).status_code == 404
    assert "It is not marked" in body(client.get(address(site), **HERE))  # type: ignore[arg-type]
    (known,) = published.read(conf.published_path()).sites
    assert known.staff_mark == word_of(site) != old_word
    told = Change.objects.get(kind="zoco_sites.site", action="changed")
    assert (told.by_name, told.details) == ("marketer", {"staff_renewals": [0, 1]})
    marketer.cookies[COOKIE] = old_word
    again = marketer.get("/admin/block-lists/", **HERE)  # type: ignore[arg-type]
    assert again.cookies[COOKIE].value == word_of(site)


def test_strangers_and_accounts_without_a_role_are_not_marked(site: Site, client: Client) -> None:
    assert COOKIE not in client.get("/", **HERE).cookies  # type: ignore[arg-type]


def test_an_account_of_another_site_is_not_marked_here_and_may_use_the_link(site: Site) -> None:
    other = services.site_create(name="Wax", slug="wax", hostnames=["wax.example"])
    guest = client_of("analyst")
    sites_seen_set(user=User.objects.get(username="analyst"), sites=[other])

    assert COOKIE not in guest.get("/admin/block-lists/", **HERE).cookies  # type: ignore[arg-type]
    assert "It is not marked" in body(guest.get(address(site), **HERE))  # type: ignore[arg-type]
