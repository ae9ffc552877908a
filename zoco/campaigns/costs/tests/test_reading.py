"""Costs from a CSV: amounts and days as programs write them, sums, and every refusal with its reason."""

from datetime import date
from decimal import Decimal

import pytest

from zoco.campaigns.costs.reading import CostsUnreadable, costs_read

TODAY = date(2026, 4, 10)
CAMPAIGNS = {"spring": 7, "spring sale": 7}


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        ("12", "12.00"), ("12.5", "12.50"), ("12,50", "12.50"), ("1234.56", "1234.56"),
        ("1 234,56", "1234.56"), ("1.234,56", "1234.56"), ("1'234.56", "1234.56"), ("€12.50", "12.50"),
        ("1.234.567", "1234567.00"),
    ],
)  # fmt: skip
def test_an_amount_is_read_as_programs_write_it(written: str, amount: str) -> None:
    found = costs_read(
        f"date;campaign;cost\n2026-04-01;spring;{written}".encode(), CAMPAIGNS, "EUR", today=TODAY
    )

    assert found.sums == {(7, date(2026, 4, 1), "", "EUR"): Decimal(amount)}


def test_lines_of_a_day_are_added_up_and_refusals_have_reasons() -> None:
    text = (
        "\ufeffDay,Campaign name,Amount spent (EUR),Source,Currency\r\n"
        "2026-04-01,Spring sale,10,google,\r\n"
        "01.04.2026,SPRING,2.50,google,EUR\r\n"
        "2026-04-01,spring,4,google,usd\r\n"
        "\r\n"
        "soon,spring,4,,\r\n"
        "2026-04-11,spring,4,,\r\n"
        "2026-04-01,autumn,4,,\r\n"
        "2026-04-01,spring,much,,\r\n"
        "2026-04-01,spring,-4,,\r\n"
        "2026-04-01,spring,4.001,,\r\n"
        "2026-04-01,spring,NaN,,\r\n"
        "2026-04-01,spring,4,,euros\r\n"
        f"2026-04-01,spring,4,{'x' * 101},\r\n"
        "2026-04-01\r\n"
    )

    found = costs_read(text.encode(), CAMPAIGNS, "EUR", today=TODAY)

    assert found.sums == {
        (7, date(2026, 4, 1), "google", "EUR"): Decimal("12.50"),
        (7, date(2026, 4, 1), "google", "USD"): Decimal("4.00"),
    }
    assert found.refused == {
        "no_day": 1, "day_outside": 1, "no_campaign": 2, "no_amount": 1, "amount_outside": 3,
        "no_currency": 1, "source_long": 1,
    }  # fmt: skip
    assert found.lines == 13
    assert found.examples[0] == (6, "no_day")


@pytest.mark.parametrize("content", [b"", b"date;cost\n", b"\xff\xfe", b"x" * (5 << 20)])
def test_what_is_no_such_file_is_refused_as_a_whole(content: bytes) -> None:
    with pytest.raises(CostsUnreadable):
        costs_read(content, CAMPAIGNS, "EUR", today=TODAY)
