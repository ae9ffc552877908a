"""Files in pieces speak the language of whoever asked, although they leave later."""

from collections.abc import Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from django.utils import timezone, translation
from django.utils.translation import gettext

from zoco.ledger.pictures.spoken import spoken


def pieces() -> Iterator[str]:
    yield gettext("Yes")
    yield f"{timezone.localtime(datetime(2026, 7, 1, 12, tzinfo=UTC)):%H:%M}"


def test_pieces_keep_language_and_zone_of_when_they_were_asked_for() -> None:
    with translation.override("es"), timezone.override(ZoneInfo("Asia/Shanghai")):
        asked = spoken(pieces())

    with translation.override("ru"), timezone.override(UTC):
        came = [(piece, translation.get_language()) for piece in asked]

    assert came == [("Sí", "ru"), ("20:00", "ru")]
