"""Rows of a site in the database, for whoever may see some sites only.

Models that belong to a site have it as their manager: lists, forms, single rows and services of a request
see no other site's. Pages of strangers, and what is of all sites, say `sitebook.everything()`.
"""

from typing import Any, TypeVar

from django.db.models import BooleanField, F, Func, Manager, Model, QuerySet
from django.db.models.sql.compiler import SQLCompiler

from zoco.ledger import sitebook

Row = TypeVar("Row", bound=Model, covariant=True)


class IsSeen(Func):
    """Whether a site, by its key, is one that may be seen now. Asked anew each time that a query runs.

    A form takes its choices when the program starts; what may be seen is known only with the request. Of a
    row that has its site by others, the first of them is given with `parent` and the `path` from there. They
    are no join: an UPDATE whose condition joins tables may find a row that somebody else has changed since.
    """

    output_field = BooleanField()

    def __init__(self, column: F, parent: type[Model] | None = None, path: str = "") -> None:
        super().__init__(column)
        self.parent, self.path = parent, path

    def as_sql(self, compiler: SQLCompiler, connection: Any, **more: Any) -> Any:  # type: ignore[override]
        """Return the condition as it is at this moment."""
        keys = sitebook.seen()
        if keys is None:
            return "1 = 1", []
        if not keys:
            return "1 = 0", []
        column, values = compiler.compile(self.source_expressions[0])
        if self.parent is not None:
            parents = self.parent._base_manager.filter(**{f"{self.path}__in": sorted(keys)}).values("pk")
            rows, found = parents.order_by().query.get_compiler(connection=connection).as_sql()
            return f"{column} IN ({rows})", [*values, *found]
        return f"{column} IN ({', '.join(['%s'] * len(keys))})", [*values, *sorted(keys)]


class WithinManager(Manager[Row]):
    """Rows of sites that may be seen; `path` leads from the row to the key of its site.

    A class of its own for each path (`within`): Django makes managers of relations from the class alone.
    """

    path = "site"

    def get_queryset(self) -> QuerySet[Row]:
        """Return them."""
        first, _, rest = self.path.partition("__")
        if not rest:
            return super().get_queryset().filter(IsSeen(F(first)))
        parent: Any = self.model._meta.get_field(first).related_model
        return super().get_queryset().filter(IsSeen(F(first), parent, rest))


def within(path: str) -> Any:
    """Return a manager for rows that have their site by another row, such as campaign__site."""
    return type("WithinManager", (WithinManager,), {"path": path})()


class SitesManager(WithinManager[Row]):
    """The sites themselves."""

    path = "pk"
