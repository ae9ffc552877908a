"""What Wagtail's catalogues lack is said in our words."""

from pathlib import Path

import polib
import pytest
import wagtail.admin
from django.urls import reverse
from django.utils.translation import gettext, ngettext, override

from zoco.desk.theirs import WORDS
from zoco.project.tests.readers import body, client_of

LANGUAGES = {"es": "es", "ru": "ru", "zh-hans": "zh_Hans"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_is_said_in_the_readers_language(language: str) -> None:
    with override(language):
        assert [each for each in WORDS if gettext(each) == each] == []
        said = ngettext("Referenced %(count)s time", "Referenced %(count)s times", 2)
        assert said != "Referenced %(count)s times"


def test_each_is_lacking_in_one_of_wagtails_own_catalogues() -> None:
    there = Path(wagtail.admin.__file__).parent / "locale"
    paths = [there / name / "LC_MESSAGES/django.po" for name in LANGUAGES.values()]
    has = [{each.msgid for each in polib.pofile(str(path)) if each.translated()} for path in paths]

    assert [each for each in WORDS if all(each in known for known in has)] == []


@pytest.mark.django_db
def test_a_form_in_spanish_says_where_its_errors_are() -> None:
    owner = client_of("owner")

    page = body(owner.post(reverse("zoco_goals:add"), {"name": ""}, headers={"accept-language": "es"}))

    assert "Ir al primer error" in page
    assert "Go to the first error" not in page
