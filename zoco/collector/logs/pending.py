"""Facts of a log on their way into a table, held as numbers of the values that they share.

A log has few distinct user agents, referrers or paths. What hangs on one of them (a `Group` of
columns) is worked out once, and a fact keeps its number; so a table is built a column at a time.
"""

from array import array
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar

from zoco.ledger.schema import columns
from zoco.ledger.spool.columns import numbers, texts

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

K = TypeVar("K")
_DEFAULTS = {column.name: column.text_default for column in columns() if column.kind == "text"}
_DEFAULTS |= {column.name: "{}" for column in columns() if column.kind == "json"}


class Group(dict[K, int], Generic[K]):
    """Columns that hang on one key. `group[key]` is the number of what `work(key)` gives for them.

    What `work` gives beyond `names` is for `part`, its last `links` values for `linked` also.
    What `work` raises is raised and not remembered.
    """

    def __init__(self, names: Sequence[str], work: Callable[[K], Sequence[Any]], links: int = 0) -> None:
        super().__init__()
        self.names = names
        self.work = work
        self.links = links
        self.forget()

    def forget(self) -> None:
        """Begin anew: numbers given before mean nothing any more."""
        self.clear()
        self.held: list[Sequence[Any]] = []
        self._linked = [(dict[Any, int](), array("i")) for _ in range(self.links)]

    def __missing__(self, key: K) -> int:
        value = self.work(key)
        number = self[key] = len(self.held)
        self.held.append(value)
        for link, (known, places) in enumerate(self._linked, len(value) - self.links):
            places.append(known.setdefault(value[link], len(known)))
        return number

    def number(self, keys: Iterable[K], count: int) -> "NDArray[np.int32]":
        """Return the numbers of these keys, so many."""
        import numpy as np

        return np.fromiter(map(self.__getitem__, keys), np.int32, count)

    def part(self, place: int) -> list[Any]:
        """Return one of the values of each number."""
        return [value[place] for value in self.held]

    def linked(self, link: int, places: "NDArray[np.int32]") -> "tuple[list[Any], NDArray[np.int32]]":
        """Return the distinct values of a link, and which of them each of these numbers has."""
        import numpy as np

        known, of_number = self._linked[link]
        return list(known), np.frombuffer(of_number, np.int32)[places]

    def columns(self, places: "NDArray[np.int32]") -> "dict[str, pa.Array]":
        """Return the columns of facts that have these numbers, but those that only hold their default."""
        return columns_of(self.names, self.held, places)


def columns_of(
    names: Sequence[str], held: Sequence[Sequence[Any]], places: "NDArray[np.int32]"
) -> "dict[str, pa.Array]":
    """Return columns in which each place stands for the values held there, without those that only
    hold their default.
    """
    taken = {}
    for part, name in enumerate(names):
        column = _column([value[part] for value in held], places, _DEFAULTS.get(name))
        if column is not None:
            taken[name] = column
    return taken


def _column(values: list[Any], places: "NDArray[np.int32]", default: str | None) -> "pa.Array | None":
    """Return the column in which each place stands for a value; None if all are the default."""
    import numpy as np

    if default is None:
        return numbers(np.array(values, dtype=np.int32)[places])
    distinct = {value: number for number, value in enumerate(dict.fromkeys(values))}
    if list(distinct) == [default]:
        return None
    of_number = [distinct[value] for value in values]
    if len(distinct) < 1 << 15:
        return texts(list(distinct), np.array(of_number, dtype=np.int16)[places])
    return texts(list(distinct), np.array(of_number, dtype=np.int32)[places])


class Distinct(NamedTuple):
    """Rows of which none comes twice, and which of them each place has."""

    rows: list[tuple[int, ...]]
    places: "NDArray[np.int32]"


def distinct(*parts: "NDArray[Any]") -> Distinct:
    """Find the distinct rows of columns of whole numbers, none of them negative and none empty."""
    import numpy as np

    size, key = 1, np.zeros(len(parts[0]), dtype=np.int64)
    for part in parts:
        span = int(part.max()) + 1
        if size * span >= 1 << 62:
            key = np.unique(key, return_inverse=True)[1].astype(np.int64)
            size = int(key.max()) + 1
        key, size = key * span + part, size * span
    # By hashing: a sort takes ten times as long.
    found = numbers(key).dictionary_encode()
    places = np.frombuffer(found.indices.buffers()[1], np.int32, len(key))
    firsts = np.empty(len(found.dictionary), dtype=np.int64)
    firsts[places[::-1]] = np.arange(len(key) - 1, -1, -1)
    rows = list(zip(*(part[firsts].tolist() for part in parts), strict=True))
    return Distinct(rows, places)
