"""Facts of a log on their way into a table, held as numbers of the values that they share.

A log has few distinct user agents, referrers or paths. What hangs on one of them (a `Group` of
columns) is worked out once, and a fact keeps its number; so a table is built a column at a time.
"""

from array import array
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, Generic, TypeVar

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

    What `work` raises is raised and not remembered.
    """

    def __init__(self, names: Sequence[str], work: Callable[[K], Sequence[Any]]) -> None:
        super().__init__()
        self.names = names
        self.work = work
        self.held: list[Sequence[Any]] = []
        self.numbers = array("i")

    def __missing__(self, key: K) -> int:
        value = self.work(key)
        number = self[key] = len(self.held)
        self.held.append(value)
        return number

    def number(self, keys: Iterable[K]) -> list[int]:
        """Return the numbers of these keys."""
        return list(map(self.__getitem__, keys))

    def take(self) -> "dict[str, pa.Array]":
        """Return the columns of all `numbers` but those that only hold their default; forget them."""
        import numpy as np

        places = np.array(self.numbers)
        taken = {}
        for part, name in enumerate(self.names):
            column = _column([value[part] for value in self.held], places, _DEFAULTS.get(name))
            if column is not None:
                taken[name] = column
        self.clear()
        self.held, self.numbers = [], array("i")
        return taken


def _column(values: list[Any], places: "NDArray[np.int32]", default: str | None) -> "pa.Array | None":
    """Return the column in which each place stands for a value; None if all are the default."""
    import numpy as np

    if default is None:
        return numbers(np.array(values, dtype=np.int32)[places])
    distinct = {value: number for number, value in enumerate(dict.fromkeys(values))}
    if list(distinct) == [default]:
        return None
    joined = np.array([distinct[value] for value in values], dtype=np.int32)
    return texts(list(distinct), joined[places])
