"""The guide's table of numbers and dates, in the four languages."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.utils import translation

from zoco.ledger.pictures import formats

LANGUAGES = ("en", "es", "ru", "zh-hans")


def written(call: Callable[..., str], *arguments: Any, **named: Any) -> tuple[str, ...]:
    """Return what the call writes in each language, plain spaces for those that never break."""
    found = []
    for language in LANGUAGES:
        with translation.override(language):
            found.append(call(*arguments, **named).replace("\u00a0", " "))
    return tuple(found)


@pytest.mark.parametrize(
    ("call", "arguments", "expected"),
    [
        (formats.count, (81240,), ("81,240", "81.240", "81 240", "81,240")),
        (formats.count, (1962,), ("1,962", "1962", "1 962", "1,962")),
        (formats.count, (-12,), ("\u221212",) * 4),
        (formats.percent, (0.412,), ("41.2%", "41,2 %", "41,2 %", "41.2%")),
        (formats.money, (Decimal(92418), "EUR"), ("€92,418", "92.418 €", "92 418 €", "€92,418")),
        (formats.money, (Decimal("-5"), "EUR"), ("\u2212€5", "\u22125 €", "\u22125 €", "\u2212€5")),
        (formats.money, (1500, "JPY"), ("¥1,500", "1500 ¥", "1 500 ¥", "¥1,500")),
        (formats.money_figure, (Decimal("12.5"), "EUR"), ("€12.50", "12,50 €", "12,50 €", "€12.50")),
        (formats.money_figure, (Decimal("1234.56"), "EUR"), ("€1,235", "1235 €", "1 235 €", "€1,235")),
        (formats.money_figure, (Decimal("0"), "EUR"), ("€0", "0 €", "0 €", "€0")),
        (formats.money_figure, (Decimal("980"), "JPY"), ("¥980", "980 ¥", "980 ¥", "¥980")),
        (formats.money_charged, (Decimal("19.9000"), "EUR"), ("€19.90", "19,90 €", "19,90 €", "€19.90")),
        (formats.money_charged, (Decimal("0.0425"), "USD"), ("$0.0425", "0,0425 $", "0,0425 $", "$0.0425")),
        (formats.money_charged, (Decimal("1200"), "JPY"), ("¥1,200", "1200 ¥", "1 200 ¥", "¥1,200")),
        (formats.money, (7, "SEK"), ("SEK 7", "7 SEK", "7 SEK", "SEK 7")),
        (formats.short, (1_200_000,), ("1.2M", "1,2 M", "1,2 млн", "120万")),
        (formats.short, (4000,), ("4k", "4 mil", "4 тыс.", "4,000")),
        (formats.short, (400,), ("400",) * 4),
        (
            formats.day,
            (date(2026, 11, 30),),
            ("30 Nov 2026", "30 nov 2026", "30 нояб. 2026 г.", "2026年11月30日"),
        ),
        (
            formats.span,
            (date(2026, 11, 1), date(2026, 11, 30)),
            ("1 – 30 Nov 2026", "1–30 nov 2026", "1–30 нояб. 2026 г.", "2026年11月1日至30日"),
        ),
        (
            formats.span,
            (date(2026, 10, 28), date(2026, 11, 3)),
            (
                "28 Oct – 3 Nov 2026",
                "28 oct – 3 nov 2026",
                "28 окт. – 3 нояб. 2026 г.",
                "2026年10月28日至11月3日",
            ),
        ),
        (
            formats.span,
            (date(2025, 12, 28), date(2026, 1, 3)),
            (
                "28 Dec 2025 – 3 Jan 2026",
                "28 dic 2025 – 3 ene 2026",
                "28 дек. 2025 г. – 3 янв. 2026 г.",
                "2025年12月28日至2026年1月3日",
            ),
        ),
        (formats.month, (date(2026, 5, 1),), ("May 2026", "may 2026", "май 2026 г.", "2026年5月")),
        (formats.length, (134,), ("2 min 14 s", "2 min 14 s", "2 мин 14 с", "2分14秒")),
        (formats.length, (3900,), ("1 h 5 min", "1 h 5 min", "1 ч 5 мин", "1小时5分")),
        (formats.length, (0,), ("0 s", "0 s", "0 с", "0秒")),
        (formats.length, (0.24,), ("0.2 s", "0,2 s", "0,2 с", "0.2秒")),
        (
            formats.moment,
            (datetime(2026, 11, 30, 14, 5, tzinfo=UTC),),
            ("30 Nov 2026, 14:05", "30 nov 2026, 14:05", "30 нояб. 2026 г., 14:05", "2026年11月30日 14:05"),
        ),
    ],
)  # fmt: skip
def test_figure_is_written_as_the_language_writes_it(call: Any, arguments: Any, expected: Any) -> None:
    assert written(call, *arguments) == expected


def test_spaces_inside_a_figure_never_break() -> None:
    with translation.override("ru"):
        assert " " not in formats.money(92418, "EUR")
        assert " " not in formats.day(date(2026, 11, 30))


def test_short_length_gives_figure_and_unit_apart() -> None:
    with translation.override("en"):
        assert formats.length_short(134) == ("2:14", "min")
        assert formats.length_short(3900) == ("1:05", "h")


def test_unknown_language_is_written_as_english() -> None:
    with translation.override("de"):
        assert formats.count(1234) == "1,234"
