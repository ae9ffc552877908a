"""What a visitor is, said in the definition of every report that counts them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

DAYS = _(
    "A visitor is the pseudonym of a browser for one day: over several days these are visitor-days, and a "
    "browser that comes on three days counts three times. The report on consent shows who is known longer."
)


def of_days(definition: StrOrPromise) -> StrOrPromise:
    """Return a definition of figures about visitors, with what a visitor is over several days."""
    return format_lazy("{} {}", definition, DAYS)
