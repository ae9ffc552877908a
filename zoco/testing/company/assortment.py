"""What the shop sells and says: products, pages and their titles in four languages."""

from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path

import numpy as np

from zoco.testing.company.ways import LANGUAGES

SHOP = ("La Alacena", "La Alacena", "Ла Аласена", "阿拉塞纳")


def _rows(name: str) -> tuple[tuple[str, ...], ...]:
    lines = (Path(__file__).parent / name).read_text("utf-8").splitlines()
    return tuple(tuple(line.split("\t")) for line in lines if not line.startswith("#"))


PRODUCTS, PAGES, STEPS = _rows("products.tsv"), _rows("pages.tsv"), _rows("steps.tsv")
GONE = ("oferta-2019", "catalogo.pdf", "aceites/antiguo", "blog/feed", "tienda/index.php")

PRICES = tuple(Decimal(row[1]) for row in PRODUCTS)
POPULARITY = tuple(float(row[2]) for row in PRODUCTS)
LOOKED_AT = np.array([float(row[1]) for row in PAGES])
BEGUN_AT = np.array([float(row[2]) for row in PAGES])
FREE_SHIPPING_FROM, SHIPPING = Decimal(60), Decimal("4.90")


@dataclass(frozen=True, slots=True)
class Page:
    """A page in one language."""

    path: str
    title: str


def page_numbers() -> dict[str, int]:
    """Return where the pages of a language begin: pages, products, then basket, checkout, thanks."""
    products = len(PAGES)
    basket = products + len(PRODUCTS)
    return {"product": products, "basket": basket, "checkout": basket + 1, "thanks": basket + 2}


@cache
def pages_of(language: int) -> list[Page]:
    """Return all pages of a language, in the order of `page_numbers`."""
    prefix, shop = LANGUAGES[language], SHOP[language]
    found = [Page(f"/{prefix}/{row[0]}", f"{row[3 + language]} · {shop}") for row in PAGES]
    found += [Page(f"/{prefix}/producto/{row[0]}", f"{row[3 + language]} · {shop}") for row in PRODUCTS]
    return found + [Page(f"/{prefix}/{row[0]}", f"{row[1 + language]} · {shop}") for row in STEPS]
