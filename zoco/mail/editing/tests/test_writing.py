"""Letters are written on pages: begun, changed block by block without a script, saved, taken back."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from wagtail.users.models import UserProfile

from zoco.consent.models import Topic
from zoco.mail.editing.gallery.ready import READY, TONGUES, letter_begin
from zoco.mail.editing.models import EditionChange, Letter
from zoco.mail.editing.reads import letter_drafts
from zoco.mail.editing.screens.nodes import Nodes
from zoco.mail.editing.services import letter_copy
from zoco.mail.letters.compiling import compiled
from zoco.people.models import Person, Tag, Tagged
from zoco.project.tests.readers import body, client_of
from zoco.sites.models import Site

AT = datetime(2026, 11, 28, 12, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def writer() -> Client:
    return client_of("marketer")


@pytest.fixture
def news() -> Letter:
    return letter_begin(letter=Letter(name="News"), ready=None, languages=["en"], at=AT)


def url(letter: Letter, what: str = "") -> str:
    return f"/admin/letters/{letter.pk}/in/en/{what}"


def posted(letter: Letter, *listed: str, do: str = "save", **fields: str) -> dict[str, Any]:
    """Return a form of blocks; `b1__text` is the field text of the block b1."""
    edition = letter.editions.get(language="en")
    named = {name.replace("__", "-"): value for name, value in fields.items()}
    was = edition.changed_at.isoformat()
    return {"was_kind": "blocks", "was": was, "subject": "Hi", "b": listed, "do": do, **named}


def test_a_footer_begins_as_that_of_the_same_site() -> None:
    mine, theirs = (Site.objects.create(slug=name, name=name) for name in ("mine", "theirs"))
    signed = letter_begin(letter=Letter(name="Old", site=theirs), ready=None, languages=["en"], at=AT)
    edition = signed.editions.get()
    edition.blocks[-1]["value"] |= {"company": "Their shop"}
    edition.save()

    begun = [Letter(name="New", site=site) for site in (mine, theirs, None)]
    feet = [
        letter_begin(letter=each, ready=None, languages=["en"], at=AT).editions.get().blocks[-1]["value"]
        for each in begun
    ]

    assert [foot["company"] for foot in feet] == ["", "Their shop", "Their shop"]


def test_a_letter_is_begun_from_the_gallery_in_four_languages(
    writer: Client, django_assert_max_num_queries: Any
) -> None:
    Topic.objects.create(key="news", label="News")
    form = {"name": "Spring", "purpose": "marketing", "topic": "news", "languages": list(TONGUES)}

    answer = writer.post("/admin/letters/new/?ready=offer", form)

    letter = Letter.objects.get()
    assert answer["Location"] == f"/admin/letters/{letter.pk}/"
    assert (letter.topic, str(letter.by)) == ("news", "marketer")
    assert [each.language for each in letter_drafts(letter)] == list(TONGUES)
    assert "<dd>marketing · News</dd>" in body(writer.get(f"/admin/letters/{letter.pk}/"))
    form |= {"name": "Summer", "languages": ["en"]}
    writer.post("/admin/letters/new/", form)
    with django_assert_max_num_queries(17):
        page = body(writer.get("/admin/letters/?q=spring"))
    assert "Spring" in page
    assert "Summer" not in page
    assert "No letter fits" in body(writer.get("/admin/letters/?q=autumn"))


def test_a_letter_is_about_the_only_topic_there_is_for_nobody_agreed_to_more(writer: Client) -> None:
    chosen = '<option value="news" selected>News</option>'
    assert chosen not in body(writer.get("/admin/letters/new/"))
    Topic.objects.create(key="news", label="News")

    assert chosen in body(writer.get("/admin/letters/new/"))
    assert chosen in body(writer.get("/admin/letters/new/?ready=offer"))
    assert chosen not in body(writer.get("/admin/letters/new/?ready=order"))
    Topic.objects.create(key="offers", label="Offers")
    assert chosen not in body(writer.get("/admin/letters/new/"))


def test_a_copy_counts_nobody_whom_its_letter_does_not_count(writer: Client, news: Letter) -> None:
    news.is_counted = False
    news.save()
    form = {"name": "One", "purpose": "marketing"}

    writer.post(f"/admin/letters/new/?copy={news.pk}", form)
    writer.post(f"/admin/letters/new/?copy={news.pk}", {**form, "name": "Two", "is_counted": "on"})
    letter_copy(letter=news, name="Three", at=AT)

    copies = Letter.objects.exclude(pk=news.pk).values_list("name", "is_counted")
    assert dict(copies) == {"One": False, "Two": True, "Three": False}


def test_every_letter_of_the_gallery_can_be_made_and_is_written_in_its_language() -> None:
    for ready in READY:
        letter = letter_begin(letter=Letter(name=ready.key), ready=ready, languages=TONGUES, at=AT)
        pages = [compiled(each).page for each in letter_drafts(letter)]

        assert len(set(pages)) == len(TONGUES), ready.key
        assert all("person.given_name" in each for each in pages)


def test_blocks_are_moved_copied_and_deleted_before_anything_is_saved(writer: Client, news: Letter) -> None:
    listed = ("b1:heading:", "b2:columns:", "b3:text:b2.0", "b4:image:b2.1")
    said = {"b1__text": "One", "b2__columns": "2", "b3__text": "Two\n\nThree", "b4__alt": "Bees"}

    moved = body(writer.post(url(news), posted(news, *listed, do="down:b1", **said)))
    added = body(writer.post(url(news), posted(news, *listed, do="add:button:b2.1", **said)))
    fewer = body(writer.post(url(news), posted(news, *listed, do="fewer:b2", **said)))

    assert "1 · Columns" in moved
    assert "2 · Heading" in moved
    assert 'value="One"' in moved
    assert re.findall(r'name="b" value="([^"]+)"', added) == [*listed, "b5:button:b2.1"]
    assert 'id="z-b5" data-z-focus' in added
    assert re.findall(r'name="b" value="([^"]+)"', fewer) == [*listed[:3], "b4:image:b2.0"]
    assert "<p>Two</p><p>Three</p>" in moved
    assert news.editions.get().subject == ""


def test_a_save_keeps_all_that_was_written_and_what_was_before(writer: Client, news: Letter) -> None:
    tag = Tag.objects.create(name="VIP")
    listed = ("b1:heading:", "b2:columns:", "b3:text:b2.0")
    said = {
        "b1__text": "One", "b1__rank": "2", "b1__who": "only", "b1__condition": "Tag: VIP",
        "b2__columns": "2", "b3__text": '<p onclick="x()">Two<script>y()</script></p>',
        "b1__kept": '{"own": 1}',
    }  # fmt: skip

    answer = writer.post(url(news), posted(news, *listed, **said))

    assert answer.status_code == 302
    heading = {"own": 1, "text": "One", "rank": 2, "only": f"tag:{tag.pk}"}
    text = {"type": "text", "value": {"text": "<p>Two</p>"}}
    assert news.editions.get().blocks == [
        {"type": "heading", "value": heading},
        {"type": "columns", "value": {"columns": [{"blocks": [text]}, {"blocks": []}]}},
    ]
    assert Nodes.of(news.editions.get().blocks).blocks() == news.editions.get().blocks
    assert "One" in body(writer.get(url(news)))
    before = EditionChange.objects.get()
    assert writer.post(url(news, "earlier/"), {"version": before.pk}).status_code == 302
    assert news.editions.get().blocks == before.blocks
    assert EditionChange.objects.count() == 2


def test_a_refused_save_loses_nothing_and_says_where_it_is_wrong(writer: Client, news: Letter) -> None:
    listed = ("b1:columns:", "b2:button:b1.1", "b3:heading:")
    said = {"b1__columns": "2", "b2__text": "Go", "b2__link": "javascript:1", "b3__text": "{{ person.name }}"}

    wrong = posted(news, *listed, **said) | {"subject": "{{ nobody.x }}"}
    UserProfile.objects.create(user=User.objects.get(), preferred_language="es")
    answer = writer.post(url(news), wrong)
    UserProfile.objects.update(preferred_language="en")
    stale = posted(news, *listed, **said) | {"was": AT.replace(year=2020).isoformat()}
    other = writer.post(url(news), stale)

    page = body(answer)
    assert answer.status_code == 422
    assert 'value="{{ nobody.x }}"' in page
    assert 'value="{{ person.name }}"' in page
    assert 'aria-describedby="z-subject-wrong"' in page
    block = page[page.index('id="z-b2"') : page.index('id="z-b3"')]
    assert 'role="alert">Una carta no puede llevar a javascript:1' in block
    assert 'value="javascript:1"' in block
    assert page.count("z-block bad") == 1
    assert (other.status_code, "Somebody saved this letter" in body(other)) == (409, True)
    assert news.editions.get().blocks[1]["type"] == "footer"


def test_languages_within_sentences_have_no_capital_where_their_readers_write_none(
    writer: Client, news: Letter
) -> None:
    UserProfile.objects.create(user=User.objects.get(), preferred_language="es")

    page = body(writer.get(f"/admin/letters/{news.pk}/"))

    assert "Escribir en inglés" in page
    assert '<span class="note">Inglés' in page
    assert "Texto en inglés" in body(writer.get(url(news)))


def test_a_letter_goes_on_as_html_and_back_without_losing_its_blocks(writer: Client, news: Letter) -> None:
    turned = body(writer.post(url(news), posted(news, "b1:heading:", do="kind", b1__text="One", kind="html")))
    parked = re.findall(r'name="parked" value="(.*?)">', turned)[0]
    was = news.editions.get().changed_at.isoformat()
    back = {
        "was_kind": "html",
        "was": was,
        "parked": parked,
        "source": "<p>x</p>",
        "do": "kind",
        "kind": "blocks",
    }

    assert "<h1" in turned
    assert 'name="source" rows' in turned
    assert "1 · Heading" in body(writer.post(url(news), back))
    assert writer.post(url(news), back | {"do": "save", "was_kind": "html"}).status_code == 302
    assert news.editions.get().source == "<p>x</p>"


@pytest.mark.parametrize(
    ("parked", "kept"),
    [
        ('[{"type": "text", "value": "x"}, {"type": 1, "value": [1]}]', ["text", "1"]),
        ('[{"type": "text", "value": {"text": "<p>\\ud800</p>"}}]', []),
        ('[{"type": "text", "value": {"text": "<p>\\u0000</p>"}}]', ["text"]),
        ('[{"type": "\\\\\\\\u0000"}]', ["\\\\u0000"]),
        ("[" * 5_000, []),
    ],
)
def test_hidden_blocks_that_nobody_wrote_break_nothing(
    writer: Client, news: Letter, parked: str, kept: list[str]
) -> None:
    was = news.editions.get().changed_at.isoformat()
    hidden = {"was_kind": "html", "was": was, "parked": parked, "source": "<p>x</p>", "subject": "Hi"}

    page = body(writer.post(url(news), hidden | {"do": "kind", "kind": "blocks"}))
    assert re.findall(r'name="b" value="b\d+:([^:"]*):', page) == kept
    assert "\0" not in page
    assert writer.post(url(news), hidden).status_code == 302

    many = posted(news, "b1:columns:", do="kind", kind="html") | {"b1-columns": "9" * 5_000}
    assert writer.post(url(news), many).status_code == 200


def test_a_preview_reads_as_a_real_person_in_a_page_that_runs_nothing(writer: Client, news: Letter) -> None:
    ana = Person.objects.create(given_name="Ana", language="es-MX", created_at=AT, changed_at=AT)
    tag = Tag.objects.create(name="VIP")
    Tagged.objects.create(tag=tag, person=ana, since=AT)
    said = {"b1__text": 'Hi {{ person.given_name|default("friend") }}', "b1__who": "", "b2__text": "Secret",
            "b2__who": "only", "b2__condition": "Tag: VIP"}  # fmt: skip
    form = posted(news, "b1:heading:", "b2:heading:", **said) | {"subject": "For {{ person.given_name }}"}
    assert writer.post(url(news), form | {"do": "preview"})["Location"] == url(news, "preview/")

    page = body(writer.get(url(news, f"preview/?person={ana.pk}&narrow=1&dark=1")))
    sheet = writer.get(url(news, f"preview/sheet/?person={ana.pk}&dark=1"))
    stranger = writer.get(url(news, "preview/sheet/"))

    assert "For Ana</h2>" in page
    assert "gets the letter in English" in page
    assert "z-sheet narrow dark" in page
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in page
    assert "Hi Ana" in sheet.content.decode()
    assert "Secret" in sheet.content.decode()
    assert "@media all {" in sheet.content.decode()
    assert "prefers-color-scheme" not in sheet.content.decode()
    assert "Hi friend" in stranger.content.decode()
    assert "Secret" not in stranger.content.decode()
    policy = sheet["Content-Security-Policy"]
    assert policy.startswith("sandbox ")
    assert "default-src 'none'" in policy
    assert "script" not in policy
    assert "Hi Ana" in page


def test_an_analyst_looks_and_changes_nothing(news: Letter) -> None:
    analyst = client_of("analyst")

    page = body(analyst.get(url(news)))

    assert 'value="save">Save' not in page
    assert 'class="z-add"' not in page
    assert analyst.post(url(news), posted(news))["Location"] == "/admin/"
    assert analyst.post(f"/admin/letters/{news.pk}/", {"act": "archive"})["Location"] == "/admin/"
    assert news.editions.get().subject == ""
    assert not Letter.objects.get().is_archived
