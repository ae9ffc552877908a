"""Names for codes that stand in the ledger: apps that know what a code is called provide them.

Only what is shown changes; filters, addresses and exports keep the code.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from zoco.ledger.asking.answer import Row
from zoco.ledger.report import Dimension
from zoco.ledger.sitebook import SiteInfo

Provider = Callable[[SiteInfo, Collection[str]], Mapping[str, str]]
Names = Mapping[str, Mapping[str, str]]
_providers: dict[str, Provider] = {}
_alone: set[str] = set()


def provide(column: str, provider: Provider, *, is_alone: bool = False) -> None:
    """Register who names the values of a column: a column of facts, or a dimension that is none.

    The provider gets the values of one table and returns the names of those that it knows. The code is shown
    beside a name, unless the name `is_alone`: where codes are words of the program that nobody has given.
    """
    _providers[column] = provider
    (_alone.add if is_alone else _alone.discard)(column)


def has_code(dimension: Dimension) -> bool:
    """Return whether the code of a value is shown beside its name."""
    return column_of(dimension) not in _alone


def names_of(site: SiteInfo, dimensions: Sequence[Dimension], rows: Iterable[Row]) -> Names:
    """Return the names of the values in rows, by the name of their dimension; one question a column."""
    known = {each.name: _providers.get(column_of(each)) for each in dimensions}
    if not any(known.values()):
        return {}
    shown = list(rows)
    return {
        name: provider(site, {str(row.key[name]) for row in shown if row.key[name]})
        for name, provider in known.items()
        if provider is not None
    }


def column_of(dimension: Dimension) -> str:
    """Return the column by which values of a dimension are known."""
    return dimension.filter or dimension.name
