"""What was given back is of the sale before it, also where a subject is sold again and again."""

from decimal import Decimal
from pathlib import Path
from typing import Any

from zoco.kit.periods import Period
from zoco.ledger import expr
from zoco.ledger.asking.refunds import with_back
from zoco.ledger.asking.statements import templates
from zoco.ledger.asking.statements.outlines import Given
from zoco.ledger.schema import Fact
from zoco.ledger.scope import Facts
from zoco.ledger.tests.reports.engines import both
from zoco.ledger.tests.reports.made import SITE, fact
from zoco.monitor.tests.conversions.walked import ORDER, ORDERED, REFUND


def told(
    local: str, name: str, money: str, *, kind: str = "product", subject: str = "tea", **more: Any
) -> Fact:
    given = {"subject_kind": kind, "subject": subject, "amount_site": Decimal(money), **more}
    return fact(local, 7, f"{local} {kind}", name=name, origin="server", **given)


FACTS = [
    told("2026-03-09 10:00:00", ORDER, "1"),
    told("2026-03-10 09:00:00", REFUND, "-1"),
    told("2026-03-10 10:00:00", ORDER, "20"),
    told("2026-03-11 10:00:00", REFUND, "-5", verdict="server"),
    told("2026-03-11 11:00:00", REFUND, "-3"),
    told("2026-03-12 10:00:00", ORDER, "30"),
    told("2026-03-12 10:00:00", REFUND, "-7", kind="order"),
    told("2026-03-13 10:00:00", ORDER, "0"),
    told("2026-03-14 10:00:00", REFUND, "-2"),
    told("2026-04-01 10:00:00", ORDER, "40"),
    told("2026-04-02 10:00:00", REFUND, "-40"),
    told("2026-03-15 10:00:00", ORDER, "50", kind="order", subject="N1"),
    told("2026-06-15 10:00:00", REFUND, "-50", kind="order", subject="N1"),
]


def test_a_refund_is_of_the_last_sale_before_it_on_both_engines(tmp_path: Path) -> None:
    given = Given(SITE, (Period.parse("2026-03-10..2026-03-20", SITE.zone),))

    def sales(given: Given) -> expr.Table:
        facts = Facts(given.site, given.periods[0], verdicts=("human",))
        rows = with_back(facts.named(ORDER), facts, (ORDERED,))
        return rows.select("amount_site", "back")

    with both(tmp_path, FACTS) as stores:
        for store in stores.values():
            asked = templates.filled(("t", store.dialect), given, store.dialect, sales, lasting="never")
            found = store.query(asked).to_pylist()

            assert sorted((int(each["amount_site"]), int(each["back"])) for each in found) == [
                (0, 0), (20, -8), (30, -2), (50, -50),
            ]  # fmt: skip
