"""Audiences are built, looked at and exported in a browser without a line of code; roles and sites hold."""

import html
import io
import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl  # type: ignore[import-untyped]
import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from zoco.ledger.store import opening as stores
from zoco.ledger.tests import pictures
from zoco.people.audiences.bitmaps import unpacked
from zoco.people.audiences.models import Audience
from zoco.people.audiences.rules import rules_read
from zoco.people.audiences.services import audience_count, audience_write, members_add, members_remove
from zoco.people.identities import identity_read
from zoco.people.models import Person
from zoco.people.writing import Incoming, people_write
from zoco.project.models import Change
from zoco.project.tests.readers import body, client_of
from zoco.sites.access.models import SiteLimit
from zoco.sites.models import Site

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
LIVE, STATIC = Audience.Kind.LIVE, Audience.Kind.STATIC
TAGGED = {"leaf": "tag", "tag": "vip"}
pytestmark = pytest.mark.django_db


@pytest.fixture
def people(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("ZOCO_DATA", str(tmp_path))
    (tmp_path / "spool").mkdir()
    Site.objects.create(slug="main", name="Honey shop", zone="Europe/Madrid")
    rows = [
        Incoming(
            (identity_read("email", f"p{n}@shop.example"),), {"name": f"=Ana {n}", "country": "ES"},
            tags=("vip",) if n % 2 else ("old",),
        )
        for n in range(60)
    ]  # fmt: skip
    yield [each.person for each in people_write(rows, at=NOW)]
    stores.close()


@pytest.fixture
def vips(people: list[Person]) -> Audience:
    rules = rules_read({"version": 1, "rules": {"all": [TAGGED]}})
    audience = audience_write(name="VIPs", kind=LIVE, rules=rules, at=NOW)
    audience_count(key=audience.pk, at=NOW)
    return audience


class Builder:
    """The page as somebody uses it: presses one button after the other."""

    def __init__(self, client: Client, url: str = "/admin/audiences/new/") -> None:
        self.client, self.url = client, url
        self.answer = client.get(url)

    @property
    def draft(self) -> Any:
        found = re.search(r'name="draft" value="([^"]*)"', self.answer.content.decode())
        assert found is not None
        return json.loads(html.unescape(found[1]))["rules"]

    def press(self, act: str, **fields: str) -> str:
        given = {"name": "New", "draft": json.dumps({"version": 1, "rules": self.draft}), "act": act}
        if act in {"put", "save"}:
            for name in ("leaf", "at", "is_new"):
                if found := re.search(rf'name="{name}" value="([^"]*)"', self.answer.content.decode()):
                    given[name] = found[1]
        self.answer = self.client.post(self.url, given | fields)
        return body(self.answer)


def test_tree_is_built_by_buttons_and_saved_with_the_size_that_was_shown(people: list[Person]) -> None:
    page = Builder(client_of("marketer"))

    page.press("rule:", **{"kind-": "tag"})
    assert "Nobody bears the tag gold" in page.press("put", **{"rule-tag": "gold"})
    assert "30 people" in page.press("put", **{"rule-tag": "vip"})
    page.press("group:")
    page.press("rule:1", **{"kind-1": "attribute"})
    page.press("put", **{"rule-field": "own.country", "rule-how": "is", "rule-value": "MX"})
    assert page.draft["all"][1] == {
        "any": [{"leaf": "attribute", "field": "own.country", "how": "is", "value": "MX"}]
    }
    assert '<span class="z-v">0 <small>people' in page.press("up:1")
    page.press("not:0")
    assert page.draft["all"][0] == {
        "not": {"any": [{"leaf": "attribute", "field": "own.country", "how": "is", "value": "MX"}]}
    }
    shown = page.press("turn:")
    assert "not: Country is MX" in shown or "not: country is MX" in shown
    page.press("rule:", **{"kind-": "behaviour"})
    page.press(
        "put",
        **{"rule-fact": "shop.order.placed", "rule-how": "never", "rule-when": "last", "rule-days": "30"},
    )
    page.press("edit:1")
    page.press("put", **{"rule-tag": "old"})
    page.press("drop:0.0.0")
    page.press("drop:0")
    assert page.draft["any"][0] == {"leaf": "tag", "tag": "old"}
    page.press("turn:")
    page.press("save", name="Quiet")

    kept = Audience.objects.get()
    assert (page.answer.status_code, kept.name, kept.size) == (302, "Quiet", 30)
    assert kept.rules["rules"]["all"][1]["how"] == "never"
    assert Change.objects.filter(kind="zoco_people.audience", action="created").exists()


def test_saving_with_an_unfinished_rule_says_so_at_the_top(people: list[Person]) -> None:
    page = Builder(client_of("marketer"))
    page.press("rule:", **{"kind-": "tag"})

    said = page.press("save", name="Quiet")

    assert (page.answer.status_code, Audience.objects.exists()) == (422, False)
    assert said.index("Nothing is saved yet: finish the rule below, or leave it.") < said.index(
        'name="rule-tag"'
    )


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"draft": "{", "act": "save"}, "cannot be read"),
        ({"draft": "", "act": "save", "name": "x"}, "Put in one rule at least"),
        ({"draft": "[" * 100_000, "act": "turn:"}, "cannot be read"),
        ({"draft": '{"version": 1, "rules": {"leaf": "tag", "tag": 7}}', "act": "save", "name": "x"}, "tag"),
        ({"draft": '{"version": 1, "rules": {"leaf": "tag", "x": {}}}', "act": "edit:0"}, "A tag"),
        ({"draft": "", "act": "edit:9.9.9"}, "Add a rule"),
        ({"draft": "", "act": "rule:", "kind-": "nothing"}, "Add a rule"),
        ({"draft": "", "act": "put", "leaf": "nothing", "at": ""}, "Add a rule"),
        ({"draft": "", "act": "put", "leaf": "tag", "at": "5", "is_new": "1"}, "Add a rule"),
    ],
)  # fmt: skip
def test_whatever_is_sent_gets_a_page(people: list[Person], given: dict[str, str], said: str) -> None:
    answer = client_of("marketer").post("/admin/audiences/new/", given)

    assert answer.status_code in {200, 422}
    assert said in body(answer)
    assert not Audience.objects.exists()


def test_page_shows_size_history_overlap_and_some_members(vips: Audience, people: list[Person]) -> None:
    board = audience_write(name="Board", kind=STATIC, at=NOW)
    members_add(audience=board, people=[each.pk for each in people[:3]], at=NOW)
    reader = client_of("analyst")

    shown = body(reader.get(f"/admin/audiences/{vips.pk}/"))
    made = reader.get(f"/admin/audiences/{vips.pk}/", {"picture": "sizes"})

    assert pictures.said(pictures.drawn(made.content.decode()))[0] == f"Size of {vips.name}"
    assert "everybody who is known was looked at" in shown
    assert "30 <small>people" in shown
    assert "tagged vip" in shown
    assert re.search(r'Board</a></th><td>28[^<]+</td><td class="num">1</td><td class="num">3.3%', shown)
    assert "p59@shop.example" in shown
    assert "<svg" in shown
    assert "Edit</a>" not in shown
    assert "Members as CSV" not in shown
    assert "No audiences yet" not in body(reader.get("/admin/audiences/"))


def test_members_are_paged_the_newest_first(vips: Audience, people: list[Person]) -> None:
    every = audience_write(name="All", kind=STATIC, at=NOW)
    members_add(audience=every, people=[each.pk for each in people], at=NOW)
    Person.objects.filter(pk=people[59].pk).update(country="DE", language="zh-hans")
    reader = client_of("analyst")

    first = body(reader.get(f"/admin/audiences/{every.pk}/members/"))
    second = body(reader.get(f"/admin/audiences/{every.pk}/members/?page=2"))

    assert "1–50 of 60" in first
    assert '"Country">Germany</td>' in first
    assert '"Language">Simplified Chinese</td>' in first
    assert first.index("p59@") < first.index("p10@")
    assert "p9@" not in first
    assert "51–60 of 60" in second
    assert "p0@" in second
    assert "51–60 of 60" in body(reader.get(f"/admin/audiences/{every.pk}/members/?page=999"))


def test_who_entered_and_left_is_kept_with_numbers_and_people(people: list[Person]) -> None:
    board = audience_write(name="Board", kind=STATIC, at=NOW)
    for day in range(21):
        members_add(audience=board, people=[people[day].pk], at=NOW + timedelta(days=day))
    members_remove(audience=board, people=[people[0].pk, people[3].pk], at=NOW + timedelta(days=30))
    last = board.changes.latest("pk")
    reader, base = client_of("analyst"), f"/admin/audiences/{board.pk}/"

    shown = body(reader.get(base))
    older = body(reader.get(f"{base}?before={board.changes.order_by('-pk')[19].pk}"))
    left = body(reader.get(f"{base}left/{last.pk}/"))

    assert f'<td class="num">0</td><td class="num"><a href="{base}left/{last.pk}/">2<' in shown
    assert shown.count(f'href="{base}entered/') == 19
    assert 'rel="next"' in shown
    assert older.count(f'href="{base}entered/') == 2
    assert "Who left Board" in left
    assert "1–2 of 2" in left
    assert left.index("p3@shop.example") < left.index("p0@shop.example")
    assert "p1@shop.example" not in left
    assert "Take out" not in left
    assert "Nobody of them is known" in body(reader.get(f"{base}entered/{last.pk}/"))
    assert reader.get(f"/admin/audiences/{board.pk + 1}/left/{last.pk}/").status_code == 404


def test_members_leave_as_a_workbook_of_texts(vips: Audience, people: list[Person]) -> None:
    Person.objects.filter(pk=people[3].pk).update(name="+1+1", city="\x01@cmd")
    marketer, url = client_of("marketer"), f"/admin/audiences/{vips.pk}/export/"

    answer = marketer.post(url, {"kind": "xlsx"})

    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))  # type: ignore[attr-defined]
    lines = list(book["People"].iter_rows(values_only=True))
    assert answer.headers["Content-Disposition"] == 'attachment; filename="vips.xlsx"'
    assert lines[0][:2] == ("id", "name")
    assert lines[1][1:] == ("'=Ana 1", None, None, None, "ES", None, "p1@shop.example", None)
    assert (lines[2][1], lines[2][6]) == ("'+1+1", "'@cmd")
    assert len(lines) == 31
    assert {cell.data_type for row in book["People"] for cell in row if cell.value} == {"s"}
    assert marketer.post(url, {"kind": "exe"}).status_code == 404


def test_members_leave_as_csv_and_it_is_written_down(vips: Audience) -> None:
    refused = client_of("analyst").post(f"/admin/audiences/{vips.pk}/export/")
    assert (refused.status_code, refused.headers["Location"]) == (302, "/admin/")

    answer = client_of("marketer").post(f"/admin/audiences/{vips.pk}/export/")

    lines = b"".join(answer.streaming_content).decode().splitlines()  # type: ignore[attr-defined]
    assert lines[0] == "id,name,given_name,family_name,language,country,city,email,phone"
    assert lines[1].split(",")[1:] == ["'=Ana 1", "", "", "", "ES", "", "p1@shop.example", ""]
    assert len(lines) == 31
    noted = Change.objects.get(kind="zoco_people.audience", action="exported")
    assert (noted.by_name, noted.details) == ("marketer", {"exported": [None, 30]})


def test_list_puts_people_in_and_says_which_lines_name_nobody(people: list[Person]) -> None:
    board = audience_write(name="Board", kind=STATIC, at=NOW)
    marketer, url = client_of("marketer"), f"/admin/audiences/{board.pk}/act/"
    sent = f'email;name\nP1@shop.example;A\n{people[2].pk}\nno@shop.example\n"p1@shop.example"\n²\n'.encode()

    shown = body(marketer.post(url, {"act": "add", "file": SimpleUploadedFile("list.csv", sent)}))
    gone = marketer.post(url, {"act": "remove", "person": [str(people[1].pk), "x"]})
    broken = marketer.post(url, {"act": "add", "file": SimpleUploadedFile("list.csv", b"\xff\xfe")})
    endless = marketer.post(url, {"act": "add", "file": SimpleUploadedFile("list.csv", b"1\n" * 6_000_000)})

    assert "<dt>Put in</dt><dd>2</dd>" in shown
    assert "<dt>In already, or named twice</dt><dd>1</dd>" in shown
    assert "Line 4: no@shop.example" in shown
    assert gone.status_code == 302
    board.refresh_from_db()
    assert set(unpacked(board.members)) == {people[2].pk}
    assert broken.status_code == 422
    assert "not in UTF-8" in body(broken)
    assert "more than 10 MB" in body(endless)
    assert Change.objects.filter(kind="zoco_people.audience", details={"members": [None, 2]}).exists()


def test_analyst_changes_nothing_and_who_sees_some_sites_sees_no_audience(vips: Audience) -> None:
    analyst = client_of("analyst")
    for act in ("count", "delete", "add", "remove"):
        refused = analyst.post(f"/admin/audiences/{vips.pk}/act/", {"act": act})
        assert (refused.status_code, refused.headers["Location"]) == (302, "/admin/")
    assert analyst.get(f"/admin/audiences/{vips.pk}/edit/").headers["Location"] == "/admin/"

    limited = client_of("marketer")
    limit = SiteLimit.objects.create(user=User.objects.get(username="marketer"))
    limit.sites.add(Site.objects.get())

    for path in ("", f"{vips.pk}/", f"{vips.pk}/members/", "new/", f"{vips.pk}/edit/"):
        assert limited.get(f"/admin/audiences/{path}").headers["Location"] == "/admin/", path
    assert limited.post(f"/admin/audiences/{vips.pk}/export/").headers["Location"] == "/admin/"


def test_audience_that_others_ask_for_is_not_deleted(vips: Audience) -> None:
    rules = rules_read({"version": 1, "rules": {"leaf": "audience", "audience": vips.pk}})
    audience_write(name="Others", kind=LIVE, rules=rules, at=NOW)
    owner = client_of("owner")

    refused = owner.post(f"/admin/audiences/{vips.pk}/act/", {"act": "delete"})

    assert refused.status_code == 422
    assert "Others asks for this audience" in body(refused)
    Audience.objects.filter(name="Others").delete()
    assert owner.post(f"/admin/audiences/{vips.pk}/act/", {"act": "delete"}).status_code == 302
    assert not Audience.objects.exists()
