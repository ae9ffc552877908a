"""Letters kept in their languages: written, refused where nothing can be made of them, copied."""

from datetime import UTC, datetime

import pytest
from django.core.exceptions import ValidationError

from zoco.mail.editing import services
from zoco.mail.editing.models import EditionChange, Letter
from zoco.mail.editing.reads import letter_drafts
from zoco.mail.editing.services import EditionWrong, Words
from zoco.mail.editing.wrongs import Wrong
from zoco.mail.letters.drafts import Look
from zoco.sites.models import Hostname, Site

AT = datetime(2026, 11, 28, 12, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def letter(**fields: object) -> Letter:
    return services.letter_write(letter=Letter(**{"name": "News", **fields}), at=AT)


def text(words: str) -> dict[str, object]:
    return {"type": "text", "value": {"text": f"<p>{words}</p>"}}


def write(kept: Letter, language: str, *blocks: dict[str, object], **words: str) -> None:
    said = Words(**{"subject": "Hi", "blocks": blocks, **words})  # type: ignore[arg-type]
    services.edition_write(letter=kept, language=language, words=said, at=AT)


def test_a_letter_is_drafted_in_its_languages_the_first_one_first() -> None:
    site = Site.objects.create(slug="shop", name="Shop")
    Hostname.objects.create(site=site, name="shop.example")
    kept = letter(site=site)
    services.letter_write(letter=kept, at=AT, look=Look(accent="#aa0000"))

    write(kept, "es", text("Hola"), subject="Hola")
    write(kept, "en", text("Hi"))
    write(kept, "es", text("Hola a todos"), subject=" Hola \n todos ")

    spanish, english = letter_drafts(Letter.objects.get(pk=kept.pk))
    assert (spanish.language, spanish.subject, spanish.blocks) == ("es", "Hola todos", [text("Hola a todos")])
    assert (english.language, english.base, english.look.accent) == ("en", "https://shop.example", "#aa0000")
    assert [each.subject for each in EditionChange.objects.all()] == ["Hola"]


def test_what_cannot_be_made_is_refused_with_each_place_and_nothing_is_kept() -> None:
    kept = letter()
    columns = {"columns": [{"blocks": [text("good"), text("{{ person.x.y() }}")]}]}

    with pytest.raises(EditionWrong) as refused:
        write(
            kept,
            "en",
            text("good"),
            text("{% if %}"),
            {"type": "columns", "value": columns},
            {"type": "button", "value": {"text": "Go", "link": "javascript:1"}},
            subject="{{ nobody }}",
        )

    assert [(each.place, each.field) for each in refused.value.wrongs] == [
        ((), "subject"), ((1,), ""), ((2, 0, 1), ""), ((3,), "")
    ]  # fmt: skip
    assert refused.value.wrongs[3] == Wrong(
        "A letter cannot lead to javascript:1; write an address with https://.", (3,)
    )
    assert not kept.editions.exists()


def test_own_html_says_its_line() -> None:
    with pytest.raises(EditionWrong) as refused:
        write(letter(), "en", kind="html", source="<p>one</p>\n<p>{{ x }}</p>")

    assert refused.value.wrongs[0].field == "source"
    assert refused.value.wrongs[0].words.startswith("Line 2: there is no x;")


def test_a_copy_says_the_same_and_no_program_knows_it() -> None:
    kept = letter(key="order", purpose="transactional", topic="news")
    write(kept, "en", text("Hi"))

    copy = services.letter_copy(letter=kept, name="Copy", at=AT)

    assert (copy.key, copy.purpose, copy.topic) == ("", "transactional", "")
    assert letter_drafts(copy) == letter_drafts(kept)
    with pytest.raises(ValidationError, match="Another letter has this key"):
        letter(key="order")
