"""Segments in words."""

from collections.abc import Mapping, Sequence

from django.http import QueryDict

from zoco.ledger.asking.filters import FilterWrong, filters_named
from zoco.ledger.views.address import Address
from zoco.ledger.views.controls import chip
from zoco.monitor.segments import Segment


def segment_said(segment: Segment) -> list[str]:
    """Return the filters in words, each."""
    return _said(segment.filters)


def filters_in_words(filters: Mapping[str, Sequence[str]]) -> str:
    """Return kept filters in words, in one line."""
    return ", ".join(_said(filters))


def _said(filters: Mapping[str, Sequence[str]]) -> list[str]:
    """Return filters in words; as they were written where one is of a column that is no more."""
    try:
        chips = [chip(each, Address(QueryDict(), "zoco_ledger")) for each in filters_named(filters)]
    except FilterWrong:
        return [f"{key.removeprefix('f.')}={', '.join(values)}" for key, values in filters.items()]
    return [f"{each.label} {each.operator} {each.values}" for each in chips]
