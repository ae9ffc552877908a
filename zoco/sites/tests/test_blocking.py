"""Block lists: written by form and by command, checked, published, and who may change them."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import DjangoCaptureOnCommitCallbacks

from zoco.collector.steps.blocking import WISHED
from zoco.kit.commands import Exit
from zoco.project.cli import run
from zoco.project.models import Change
from zoco.project.tests.readers import body, client_of
from zoco.sites import conf, published, reads
from zoco.sites.blocking.kinds import KINDS
from zoco.sites.blocking.lists import FIELDS, LeftOut
from zoco.sites.models import Exclusion, Site

pytestmark = pytest.mark.django_db
PAGE, ADD = "/admin/block-lists/", "/admin/exclusions/new/"


@pytest.fixture(autouse=True)
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    monkeypatch.setenv("ZOCO_DATA", str(tmp_path))
    (tmp_path / "keys").mkdir(mode=0o700)
    made = Site.objects.create(slug="shop", name="Shop")
    made.hostnames.create(name="shop.example")
    reads.forget()
    yield made
    reads.forget()


def test_a_line_is_added_shown_published_logged_and_taken_away(
    site: Site, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    marketer = client_of("marketer")
    with django_capture_on_commit_callbacks(execute=True):
        for kind, value in (("address", " 192.0.2.77/24 "), ("country", "spain"), ("staff", "198.51.100.7")):
            made = marketer.post(ADD, {"site": site.pk, "kind": kind, "value": value, "note": "load test"})

    assert made["Location"] == f"{PAGE}?site=shop"
    (known,) = published.read(conf.published_path()).sites
    assert known.left_out == LeftOut(addresses=("192.0.2.0/24",), countries=("ES",), staff=("198.51.100.7",))
    shown = body(marketer.get(PAGE))
    assert "192.0.2.0/24" in shown
    assert "Spain (ES)" in shown
    assert "load test" in shown
    line = Exclusion.objects.get(kind="address")
    with django_capture_on_commit_callbacks(execute=True):
        marketer.post(f"/admin/exclusions/delete/{line.pk}/")
    (known,) = published.read(conf.published_path()).sites
    assert known.left_out.addresses == ()
    told = list(
        Change.objects.filter(kind="zoco_sites.exclusion").order_by("id").values_list("action", flat=True)
    )
    assert told == ["created", "created", "created", "deleted"]


@pytest.mark.parametrize(
    ("kind", "value", "said"),
    [
        ("address", "192.0.2.300", "192.0.2.300 is no address and no range"),
        ("staff", "office", "office is no address and no range"),
        ("address", "::/0", "would be everybody"),
        ("address", "::ffff:0.0.0.0/96", "would be everybody"),
        ("country", "Atlantis", "Atlantis is no country"),
        ("country", "XX", "XX is no country"),
        ("page", "internal", "internal is no page"),
        ("page", "/*", "would be everything"),
        ("page", "/a*b*c*d*e*f*g*h*i*j", "has more than 8"),
        ("host", "*.*", "would be everything"),
        ("host", "not a host", "is no host name"),
        ("wrong", "x", "is not one of the available choices"),
    ],
)
def test_what_cannot_be_on_a_list_is_said_at_its_field(site: Site, kind: str, value: str, said: str) -> None:
    answer = client_of("marketer").post(ADD, {"site": site.pk, "kind": kind, "value": value})

    assert answer.status_code == 200
    assert said in body(answer)
    assert not Exclusion.objects.exists()


@pytest.mark.parametrize(
    ("kind", "value", "plain"),
    [
        ("address", "::ffff:192.0.2.7", "192.0.2.7"),
        ("address", "2001:DB8::1/32", "2001:db8::/32"),
        ("country", "es", "ES"),
        ("page", "https://shop.example/internal/*?x=1", "/internal/*"),
        ("page", "*.pdf", "*.pdf"),
        ("host", "https://Test.shop.example/x", "test.shop.example"),
        ("host", "*.Test.example", "*.test.example"),
    ],
)
def test_a_line_is_kept_in_the_form_in_which_it_is_compared(
    site: Site, kind: str, value: str, plain: str
) -> None:
    marketer, sent = client_of("marketer"), {"site": site.pk, "kind": kind, "value": value}
    marketer.post(ADD, sent)

    again = marketer.post(ADD, sent)

    assert Exclusion.objects.get().value == plain
    assert "This is on the list already." in body(again)


def test_an_analyst_sees_the_lists_and_changes_nothing(site: Site) -> None:
    analyst = client_of("analyst")

    assert "Nothing is on this list." in body(analyst.get(PAGE))
    assert "/admin/exclusions/new/" not in body(analyst.get(PAGE))
    analyst.post(ADD, {"site": site.pk, "kind": "country", "value": "ES"})
    assert not Exclusion.objects.exists()


def test_the_command_adds_shows_and_removes(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["site", "block", "shop"]) == Exit.NOTHING_TO_DO
    assert run(["site", "block", "shop", "page", "/a/*", "/thanks", "--note", "ours"]) == Exit.OK
    assert run(["site", "block", "shop", "page", "/a/*"]) == Exit.OK
    assert run(["site", "block", "shop", "page", "/b", "nothing"]) == Exit.USAGE
    assert "nothing is no page" in capsys.readouterr().err
    assert run(["site", "block", "shop", "page", "/thanks", "--remove"]) == Exit.OK
    assert run(["site", "block", "shop", "page", "/thanks", "--remove"]) == Exit.USAGE
    assert run(["site", "block", "shop", "page"]) == Exit.USAGE
    capsys.readouterr()

    assert run(["site", "block", "shop", "--format", "json"]) == Exit.OK

    assert json.loads(capsys.readouterr().out) == [{"kind": "page", "value": "/a/*", "note": "ours"}]


def test_every_kind_is_published_in_a_field_of_its_own_and_refused_with_a_reason_of_its_own() -> None:
    assert list(KINDS) == list(FIELDS)
    assert tuple(FIELDS.values()) == LeftOut.__struct_fields__
    refused = {reason.value for reason in WISHED}
    assert refused == {f"blocked_{kind}" for kind in KINDS if kind != "staff"}
