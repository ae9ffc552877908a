"""The admin's menu is put together once for whoever looks, not on each of the hundreds of pages of a test.

It takes a third of the time of a page and is the same on all of them. The first page of each test, language
and chosen site shows it as it is made; tests of menus look at it elsewhere.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from django.utils.translation import get_language
from wagtail.admin.templatetags import wagtailadmin_tags

tags: Any = wagtailadmin_tags  # which has no types
_made = tags.sidebar_props
_kept: list[dict[tuple[object, ...], Any]] = []


# Put in place as tests are collected, before the first page that holds it is read.
@tags.register.simple_tag(takes_context=True, name="sidebar_props")  # type: ignore[untyped-decorator]
def _menu(context: Any) -> Any:
    request = context["request"]
    kept = _kept[-1] if _kept else {}
    key = (request.user.pk, get_language(), request.GET.get("site"))
    if key not in kept:
        kept[key] = _made(context)
    return kept[key]


@pytest.fixture(autouse=True)
def _menu_kept() -> Iterator[None]:
    _kept.append({})
    yield
    _kept.pop()
