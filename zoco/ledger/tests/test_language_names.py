"""Names of languages: with a capital where they stand alone, and within sentences as each language writes."""

import pytest
from django.utils.translation import override

from zoco.ledger.pictures.labels import language_name, language_within


@pytest.mark.parametrize(
    ("reader", "code", "alone", "within"),
    [
        ("en", "es", "Spanish", "Spanish"),
        ("es", "en", "Inglés", "inglés"),
        ("es", "es", "Español", "español"),
        ("ru", "en", "Английский", "английский"),
        ("zh-hans", "zh", "中文", "中文"),
        ("es", "xx", "xx", "xx"),
    ],
)
def test_only_spanish_and_russian_sentences_have_no_capital(
    reader: str, code: str, alone: str, within: str
) -> None:
    with override(reader):
        assert (language_name(code), language_within(code)) == (alone, within)
