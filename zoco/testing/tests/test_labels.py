"""Whatever the company's facts are called, a person reads words."""

import pytest
from django.utils.translation import override

from zoco.ledger.pictures.labels import value_label
from zoco.testing.tests.conftest import Company

LANGUAGES = ["en", "es", "ru", "zh-hans"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_name_of_a_fact_has_a_label(company: Company, language: str) -> None:
    names = {fact.name for fact in company.facts}
    assert len(names) >= 8

    with override(language):
        labels = {name: value_label("name", "name", name) for name in names}

    assert {name for name, label in labels.items() if label == name} == set()
    assert len(set(labels.values())) == len(names)


def test_labels_are_translated() -> None:
    said = {}
    for language in LANGUAGES:
        with override(language):
            said[language] = value_label("name", "name", "shop.order.refunded")

    assert said == {
        "en": "Order refunded",
        "es": "Pedido reembolsado",
        "ru": "Возврат по заказу",
        "zh-hans": "订单退款",
    }
