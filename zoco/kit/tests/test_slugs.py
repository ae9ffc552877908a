"""Short names of names in any script."""

import re

import pytest

from zoco.kit.slugs import slug_of


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Моя лавка 🛒", "moya-lavka"),
        ("La tienda de Ñandú", "la-tienda-de-nandu"),
        ("我的小店", "wodexiaodian"),
        ("🛒", "shopping-cart"),
        ("x" * 80, "x" * 50),
    ],
)
def test_short_name_can_be_read(name: str, slug: str) -> None:
    assert slug_of(name) == slug


def test_name_of_which_nothing_can_be_said_gets_one_by_chance() -> None:
    assert re.fullmatch(r"[0-9a-f]{8}", slug_of("***"))
