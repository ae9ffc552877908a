"""How long statements are kept: nobody who reads can fill the disk by typing."""

from zoco.ledger.asking.filters import Filter, Operator
from zoco.ledger.asking.statements.lasting import WORDS_OF_ONE, lasting_in
from zoco.ledger.report import report_named


def test_what_may_be_typed_keeps_a_statement_from_the_disk_unless_it_is_as_it_begins() -> None:
    flows, pages = report_named("flows"), report_named("pages")
    at_first = {each.name: each.default for each in flows.parameters}

    assert lasting_in(pages, {}, ()) == "always"
    assert lasting_in(flows, at_first, ()) == "with room"
    assert lasting_in(flows, at_first | {"what": "fact"}, ()) == "with room"
    assert lasting_in(flows, at_first | {"fact": "/prices"}, ()) == "never"


def test_few_words_are_kept_and_many_are_not() -> None:
    pages = report_named("pages")

    def lasting(*counts: int, operator: Operator = "is") -> str:
        filters = [
            Filter(column, operator, ("x",) * many)
            for column, many in zip(("campaign", "source", "path"), counts, strict=False)
        ]
        return lasting_in(pages, {}, filters)

    assert [lasting(1), lasting(2), lasting(WORDS_OF_ONE), lasting(WORDS_OF_ONE + 1)] == [
        "always",
        "with room",
        "with room",
        "never",
    ]
    assert [lasting(1, 1), lasting(1, 2), lasting(2, 2), lasting(1, 1, 1)] == [
        "with room",
        "with room",
        "never",
        "never",
    ]
