"""Pictures for letters: chosen or uploaded, copied as mailboxes show them; pages as articles."""

import re
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from PIL import Image as Pillow
from wagtail.images.models import Image
from wagtail.models import GroupCollectionPermission, Locale, PageViewRestriction

from zoco.content.pages.articles import Pages
from zoco.content.pages.copies import HEAVIEST, copy_keep
from zoco.content.pages.first import home_ensure
from zoco.content.pages.models import HomePage, StandardPage
from zoco.content.pages.rights import rights_ensure
from zoco.content.tests.test_site import ADDRESS
from zoco.kit.pictures import PictureWrong
from zoco.mail.editing.gallery.ready import letter_begin
from zoco.mail.editing.models import Letter
from zoco.mail.editing.reads import letter_drafts
from zoco.mail.letters.compiling import compiled
from zoco.project.tests.readers import body, client_of

pytestmark = pytest.mark.django_db
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script/></svg>'


@pytest.fixture(autouse=True)
def _files(tmp_path: Path, settings: Any) -> None:
    settings.STORAGES = settings.STORAGES | {
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path},
        }
    }


@pytest.fixture
def writer() -> Client:
    made = client_of("marketer")
    rights_ensure()
    return made


@pytest.fixture
def news() -> Letter:
    return letter_begin(letter=Letter(name="News"), ready=None, languages=["en"], at=timezone.now())


def drawn(kind: str, size: tuple[int, int], mode: str = "RGB", **more: Any) -> bytes:
    out = BytesIO()
    Pillow.new(mode, size, (200, 120, 0, 90)[: len(mode)]).save(out, kind, **more)
    return out.getvalue()


def noise(kind: str, size: tuple[int, int]) -> bytes:
    out = BytesIO()
    Pillow.effect_noise(size, 90).convert("RGB").save(out, kind)
    return out.getvalue()


def kept(title: str, octets: bytes, **more: Any) -> Image:
    return Image.objects.create(title=title, file=ContentFile(octets, f"{title}.png"), **more)


def ask(client: Client, letter: Letter, do: str, **fields: Any) -> str:
    was = letter.editions.get().changed_at.isoformat()
    form = {"was_kind": "blocks", "was": was, "subject": "Hi", "b": "b1:image:", "do": do}
    named = {name.replace("__", "-"): value for name, value in fields.items()}
    return body(client.post(f"/admin/letters/{letter.pk}/in/en/", form | named))


def filled(page: str, name: str) -> str:
    return page.split(f'name="b1-{name}" value="')[1].split('"')[0]


@pytest.mark.parametrize(
    ("octets", "kind", "shown", "real"),
    [
        (drawn("JPEG", (3000, 1500)), "JPEG", (552, 276), (1104, 552)),
        (drawn("WEBP", (300, 200)), "JPEG", (300, 200), (300, 200)),
        (drawn("WEBP", (1200, 600), "RGBA"), "PNG", (552, 276), (1104, 552)),
        (drawn("GIF", (200, 100), "P"), "PNG", (200, 100), (200, 100)),
        (drawn("PNG", (600, 600), "RGBA"), "PNG", (552, 552), (600, 600)),
        (drawn("JPEG", (400, 800), "CMYK"), "JPEG", (400, 800), (400, 800)),
    ],
)
def test_copies_are_jpeg_or_png_of_twice_the_width(
    tmp_path: Path, octets: bytes, kind: str, shown: tuple[int, int], real: tuple[int, int]
) -> None:
    made = copy_keep(BytesIO(octets), width=552)

    copy = Pillow.open(tmp_path / made.name)
    assert (copy.format, (made.width, made.height), copy.size) == (kind, shown, real)
    assert copy_keep(BytesIO(octets), width=552) == made
    assert len(list((tmp_path / "letters").iterdir())) == 1


def test_copies_are_light_stand_upright_and_tell_nothing_of_their_place(tmp_path: Path) -> None:
    exif = Pillow.Exif()
    exif[0x0112], exif[0x010F] = 6, "Honeycam"
    turned = copy_keep(BytesIO(drawn("JPEG", (900, 300), exif=exif)), width=552)
    heavy = copy_keep(BytesIO(noise("PNG", (1400, 1400))), width=552)

    assert (turned.width, turned.height) == (300, 900)
    assert b"Honeycam" not in (tmp_path / turned.name).read_bytes()
    assert (tmp_path / heavy.name).stat().st_size <= HEAVIEST
    assert (heavy.width, heavy.height) == (552, 552)
    for octets in (b"GIF89a", b"", SVG, drawn("PNG", (2000, 2000))[:300], drawn("TIFF", (9, 9))):
        with pytest.raises(PictureWrong, match="no picture"):
            copy_keep(BytesIO(octets), width=552)
    with pytest.raises(PictureWrong, match="40 million"):
        copy_keep(BytesIO(drawn("PNG", (7000, 6000), "L")), width=552)


def test_picture_is_searched_chosen_and_stands_in_the_letter(writer: Client, news: Letter) -> None:
    bees = kept("Bees", drawn("PNG", (1200, 800)), description="Bees on a comb")
    kept("Shop", drawn("PNG", (20, 20)))

    panel = ask(writer, news, "pictures:b1", b1__find="bee")
    chosen = ask(writer, news, f"picture:b1:wagtail:{bees.pk}")
    own = ask(writer, news, f"picture:b1:wagtail:{bees.pk}", b1__alt="Our bees")

    assert (f'value="picture:b1:wagtail:{bees.pk}"' in panel, ">Shop<" in panel) == (True, False)
    assert "No picture fits" in ask(writer, news, "pictures:b1", b1__find="wasp")
    assert (filled(chosen, "alt"), filled(own, "alt")) == ("Bees on a comb", "Our bees")
    assert filled(chosen, "width") == "552"
    url = filled(chosen, "url")
    measured = chosen.split('name="b1-kept" value="')[1].split('">')[0]
    ask(writer, news, "save", b1__url=url, b1__width="276", b1__alt="Bees", b1__kept=measured)
    page = compiled(letter_drafts(news)[0]).page
    assert re.search(r'<img alt="Bees" height="184" src="[^"]+" width="276" ', page)
    assert "height: auto !important" in page
    other = news.editions.get().blocks[0]["value"]["picture"] | {"url": "https://else.example/"}
    assert other["height"] == 368
    bees.delete()
    got = Client().get(url.removeprefix("http://localhost:8000"))
    assert (got["Content-Type"], "immutable" in got["Cache-Control"]) == ("image/png", True)
    assert Pillow.open(BytesIO(b"".join(got.streaming_content))).size == (1104, 736)
    assert Client().get(f"/pictures/{'0' * 32}.png").status_code == 404


def test_picture_is_uploaded_and_asked_for_words(writer: Client, news: Letter) -> None:
    file = SimpleUploadedFile("hive.webp", drawn("WEBP", (800, 400)))
    done = ask(writer, news, "upload:b1", b1__file=file)

    assert filled(done, "url").endswith(".jpg")
    assert 'id="z-b1-alt"' in done.split(" data-z-focus")[0][-260:]
    assert Image.objects.values_list("title", "uploaded_by_user__username").get() == ("hive", "marketer")
    for name, octets, words in (
        ("a.svg", SVG, "Mailboxes show no SVG"),
        ("a.png", SVG, "Mailboxes show no SVG"),
        ("a.png", drawn("JPEG", (9, 9)), "extension does not match"),
        ("a.jpg", b"MZ" * 50, "valid image"),
        ("a.png", drawn("PNG", (9, 9)) + b"\0" * (10 << 20), "larger than 10 MB"),
    ):
        refused = ask(writer, news, "upload:b1", b1__file=SimpleUploadedFile(name, octets), b1__alt="kept")
        assert words in refused.split('role="alert">')[1][:200], name
        assert (filled(refused, "alt"), filled(refused, "url")) == ("kept", "")
    assert "Choose a file first" in ask(writer, news, "upload:b1")
    assert Image.objects.count() == 1


def test_who_may_not_choose_pictures_gets_none(news: Letter) -> None:
    stranger = client_of("marketer")
    GroupCollectionPermission.objects.all().delete()
    bees = kept("Bees", drawn("PNG", (30, 20)))
    file = SimpleUploadedFile("a.png", drawn("PNG", (9, 9)))

    page = ask(stranger, news, "up:b1")
    refused = ask(stranger, news, f"picture:b1:wagtail:{bees.pk}")

    assert "Choose a picture" not in page
    assert (filled(refused, "url"), "not there any more" in refused) == ("", True)
    assert "may not add" in ask(stranger, news, "upload:b1", b1__file=file)
    assert Image.objects.count() == 1


def test_live_pages_are_articles_in_the_language_of_the_letter() -> None:
    assert home_ensure(ADDRESS)
    home = HomePage.objects.get()
    image = kept("Hive", drawn("JPEG", (1200, 600)))
    blocks = [("image", image), ("text", "<p>x</p>")]
    page = StandardPage(title="Spring honey", intro="It is here. " * 40, body=blocks)
    home.add_child(instance=page)
    spanish, _new = Locale.objects.get_or_create(language_code="es")
    home.copy_for_translation(spanish).save_revision().publish()
    other = page.copy_for_translation(spanish)
    other.title = "Miel de primavera"
    other.save_revision().publish()
    draft = StandardPage(title="Secret", live=False)
    home.add_child(instance=draft)
    hidden = StandardPage(title="Members")
    home.add_child(instance=hidden)
    PageViewRestriction.objects.create(page=hidden, restriction_type="login")

    shown = Pages().shown(str(page.pk), "en")

    assert Pages().found("", 9) == [(str(page.pk), "Spring honey")]
    assert Pages().found("wasps", 9) == []
    assert shown is not None
    assert (shown.title, shown.link) == ("Spring honey", "http://honey.example:8443/spring-honey/")
    assert (shown.text[:12], len(shown.text), shown.width, shown.height) == ("It is here. ", 240, 552, 276)
    assert shown.url.endswith(".jpg")
    translated = Pages().shown(str(page.pk), "es-MX")
    assert translated is not None
    assert translated.title == "Miel de primavera"
    assert [Pages().shown(each, "en") for each in (str(draft.pk), str(hidden.pk), "0", "x")] == [None] * 4
    letter = letter_begin(letter=Letter(name="N"), ready=None, languages=["en"], at=timezone.now())
    letter.editions.update(blocks=[{"type": "article", "value": {"chosen": f"pages:{page.pk}"}}])
    html = compiled(letter_drafts(letter)[0]).page
    assert ("Spring honey" in html, 'height="276"' in html) == (True, True)
