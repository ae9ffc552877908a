"""What a block names and may not show: pages that not everybody may read, pictures of others, nothing."""

from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.images.models import Image
from wagtail.models import Collection, GroupCollectionPermission, PageViewRestriction

from zoco.channels.tests.conftest import agreed
from zoco.channels.tests.mailbox import mailbox
from zoco.content.pages.first import home_ensure
from zoco.content.pages.models import HomePage, StandardPage
from zoco.content.tests.test_pictures import ask, drawn, filled, kept
from zoco.content.tests.test_site import ADDRESS
from zoco.mail.editing.gallery.ready import letter_begin
from zoco.mail.editing.models import Letter
from zoco.mail.editing.reads import letter_drafts
from zoco.mail.letters.compiling import compiled
from zoco.mail.letters.drafts import LetterWrong
from zoco.mail.sending.models import Sending
from zoco.mail.sending.services import SendingHeld, sending_write
from zoco.mail.sending.tests.conftest import account_made, audience_of, letter_made, start
from zoco.mail.tests.test_letters import FOOTER
from zoco.project.tests.readers import body, client_of

pytestmark = pytest.mark.django_db
HIDDEN = "Honey for members alone"


@pytest.fixture(autouse=True)
def _files(tmp_path: Path, settings: Any) -> None:
    place = {
        "BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path},
    }  # fmt: skip
    settings.STORAGES = settings.STORAGES | {"default": place}


def hidden(how: str) -> int:
    """Return the key of a page that not everybody may read."""
    assert home_ensure(ADDRESS)
    page = StandardPage(title=HIDDEN, intro=HIDDEN, live=how != "draft")
    HomePage.objects.get().add_child(instance=page)
    if how == "below":
        PageViewRestriction.objects.create(page=page, restriction_type="login")
        child = StandardPage(title=HIDDEN, intro=HIDDEN)
        page.add_child(instance=child)
        return int(child.pk)
    if how in ("login", "password"):
        PageViewRestriction.objects.create(page=page, restriction_type=how, password="honeycomb")
    return int(page.pk)


def shows(letter: Letter, kind: str, chosen: str) -> None:
    blocks = [{"type": kind, "value": {"chosen": chosen}}, FOOTER]
    letter.editions.update(
        blocks=[*blocks, {"type": "columns", "value": {"columns": [{"blocks": blocks[:1]}]}}]
    )


@pytest.mark.parametrize("how", ["draft", "login", "password", "below"])
def test_a_page_that_not_everybody_may_read_is_in_no_letter_and_on_no_screen_of_one(
    how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZOCO_PRIVATE_NETWORKS", "127.0.0.0/8")
    letter = letter_made("News")
    shows(letter, "article", f"pages:{hidden(how)}")
    writer = client_of("marketer")
    screens = ("zoco_letter_edition", "zoco_letter_preview", "zoco_letter_sheet")

    for screen in screens:
        answer = writer.get(reverse(screen, args=[letter.pk, "en"]))
        assert (answer.status_code, HIDDEN in body(answer)) == (200, False), screen
    assert "not there any more" in body(writer.get(reverse(screens[1], args=[letter.pk, "en"])))
    with mailbox() as server:
        by, whom = account_made(server), audience_of([agreed("ana")])
        sending = Sending(name="May", letter=letter, audience=whom, account=by, is_public=True)
        with pytest.raises(SendingHeld):
            start(sending_write(sending=sending, at=timezone.now()))
    assert HIDDEN not in body(Client().get("/m/archive/"))
    assert Client().get(f"/m/archive/{sending.uid}/").status_code == 404


@pytest.mark.parametrize(
    ("kind", "chosen"),
    [
        ("product", "product:1"), ("product", "pages:{page}"), ("coupon", "coupon:7"),
        ("coupon", "pages:{page}"),
        ("article", "pages:999999999999999999"), ("article", "pages:{page}x"), ("article", "pages:"),
        ("article", "{page}"), ("article", "wagtail:1"), ("article", "pages:-1"), ("article", "pages:1e3"),
    ],
)  # fmt: skip
def test_what_is_nothing_of_its_kind_is_refused_by_its_kind_alone(kind: str, chosen: str) -> None:
    assert home_ensure(ADDRESS)
    page = StandardPage(title=HIDDEN)
    HomePage.objects.get().add_child(instance=page)
    letter = letter_made("News")
    shows(letter, kind, chosen.format(page=page.pk))

    for draft in letter_drafts(letter):
        with pytest.raises(LetterWrong, match=f"The {kind} that a block shows is not there") as wrong:
            compiled(draft)
        assert HIDDEN not in str(wrong.value)


def test_a_picture_is_chosen_from_collections_of_ones_own_alone() -> None:
    writer = client_of("marketer")
    GroupCollectionPermission.objects.all().delete()
    root = Collection.get_first_root_node()
    assert root is not None
    mine, others = (root.add_child(name=name) for name in ("Mine", "Others"))
    choose = Permission.objects.get(codename="choose_image")
    GroupCollectionPermission.objects.create(
        group=Group.objects.get(name="marketer"), collection=mine, permission=choose
    )
    own = kept("Bees", drawn("PNG", (30, 20)), collection=mine)
    foreign = kept("Wasps", drawn("PNG", (30, 20)), collection=others)
    news = letter_begin(letter=Letter(name="News"), ready=None, languages=["en"], at=timezone.now())

    panel = ask(writer, news, "pictures:b1", b1__find="")
    refused = ask(writer, news, f"picture:b1:wagtail:{foreign.pk}")
    taken = ask(writer, news, f"picture:b1:wagtail:{own.pk}")

    assert ("Bees" in panel, "Wasps" in panel) == (True, False)
    assert (filled(refused, "url"), "not there any more" in refused, "Wasps" in refused) == ("", True, False)
    assert filled(taken, "url").endswith(".png")
    assert Image.objects.count() == 2
