"""Words of the gallery that nobody changed are said before a letter leaves."""

from datetime import UTC, datetime

import pytest
from django.utils.translation import override

from zoco.mail.editing.checks.checking import letter_checks
from zoco.mail.editing.gallery.ready import READY, TONGUES, letter_begin, ready_of
from zoco.mail.editing.gallery.samples import SAMPLES, samples_left
from zoco.mail.editing.models import Letter
from zoco.mail.editing.reads import letter_drafts
from zoco.mail.editing.services import Words, edition_write
from zoco.mail.sending.checks import Weight, letter_problems
from zoco.mail.sending.freezing import drafts_of

AT = datetime(2026, 11, 28, 12, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def begun(key: str, *languages: str) -> Letter:
    return letter_begin(letter=Letter(name=key), ready=ready_of(key), languages=languages, at=AT)


def test_what_nobody_changed_is_said_in_the_editor_and_before_a_sending() -> None:
    letter = begun("newsletter", "en", "es")

    said = [(each.language, each.block, each.words) for each in letter_checks(letter) if each.key == "sample"]
    notes = [
        each for each in letter_problems(letter, drafts_of(letter, {})) if "template had it" in each.words
    ]

    # PostgreSQL keeps the fields of a block in an order of its own.
    assert sorted(said[:2]) == [
        ("en", 3, "“Say in two sentences what it is about, and why it is worth reading.” is still as the "
         "template had it."),
        ("en", 3, "“The first story” is still as the template had it."),
    ]  # fmt: skip
    assert [(language, block) for language, block, _words in said[2:]] == [("en", 5)] * 2 + [
        ("es", 3), ("es", 3), ("es", 5), ("es", 5),
    ]  # fmt: skip
    assert (len({each.words for each in notes}), {each.weight for each in notes}) == (6, {Weight.NOTE})
    wanted = "newsletter (English): “The first story” is still as the template had it."
    assert wanted in [each.words for each in notes[:2]]


def test_own_words_are_not_held_to_be_samples() -> None:
    letter = begun("announcement", "en")
    (draft,) = letter_drafts(letter)
    assert [words for _block, words in samples_left(draft)] == [
        "Say what somebody can do now that was not possible before."
    ]
    blocks = [dict(each) for each in draft.blocks]
    blocks[3] = {"type": "text", "value": {"text": "<p>The first story of bees is read aloud.</p>"}}

    edition_write(letter=letter, language="en", words=Words("Bees", blocks=blocks), at=AT)

    assert samples_left(letter_drafts(letter)[0]) == []


@pytest.mark.parametrize("tongue", TONGUES)
def test_each_sample_is_in_a_letter_of_the_gallery(tongue: str) -> None:
    found = {
        words
        for each in READY
        for draft in letter_drafts(begun(each.key, tongue))
        for _block, words in samples_left(draft)
    }

    with override(tongue):
        assert found == {str(each) for each in SAMPLES}
