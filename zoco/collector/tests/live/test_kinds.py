"""Facts that are no page views: of a shop, of pages that are not there, of speed."""

import json

from zoco.collector.tests.live.conftest import Reading

PAGE_SENT = {"url": "https://shop.example/a"}
VITALS = {"lcp": 812.4, "cls": 0.013, "inp": 48, "ttfb": 90}


def test_product_views_and_basket_steps_are_facts_of_the_shop(read: Reading) -> None:
    sent = [
        {
            "url": "https://shop.example/a",
            "type": "event",
            "event": "shop.product.viewed",
            "subject": "HNY-500",
        },
        {
            "url": "https://shop.example/a",
            "type": "event",
            "event": "shop.basket.added",
            "subject": "HNY-500",
            "quantity": 2,
        },
        {
            "url": "https://shop.example/a",
            "type": "event",
            "event": "shop.basket.removed",
            "subject": "HNY-500",
            "quantity": 1,
        },
        {"url": "https://shop.example/a", "type": "event", "event": "shop.checkout.begun"},
    ]

    found = read(json.dumps(sent)).facts

    assert [(fact.name, fact.subject_kind, fact.subject, fact.quantity) for fact in found] == [
        ("shop.product.viewed", "product", "HNY-500", 0),
        ("shop.basket.added", "product", "HNY-500", 2),
        ("shop.basket.removed", "product", "HNY-500", 1),
        ("shop.checkout.begun", "basket", "", 0),
    ]


def test_page_that_is_not_there_is_no_page_view_and_speed_is_a_fact(read: Reading) -> None:
    [missed] = read(json.dumps({**PAGE_SENT, "status": 404})).facts
    [speed] = read(json.dumps({**PAGE_SENT, "type": "vitals", "props": VITALS})).facts

    assert (missed.name, missed.status) == ("web.error.viewed", 404)
    assert (speed.name, speed.props["lcp"]) == ("web.vitals.measured", 812.4)
