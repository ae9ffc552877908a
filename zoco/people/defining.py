"""Own fields come and go: one that goes takes the values that people have of it along."""

from typing import Any

from django.db import connections, transaction
from django.db.models import F, Func, JSONField, Value

from zoco.people.models import Attribute, AttributeValue, Person


class Without(Func):
    """A JSON object without one of its keys."""

    output_field = JSONField()

    def as_sqlite(self, compiler: Any, connection: Any, **more: Any) -> Any:
        """SQLite names a path."""
        return self.as_sql(compiler, connection, template="json_remove(%(expressions)s)", **more)

    def as_postgresql(self, compiler: Any, connection: Any, **more: Any) -> Any:
        """PostgreSQL takes a key away."""
        return self.as_sql(compiler, connection, template="(%(expressions)s)", arg_joiner=" - ", **more)


def bearing(attribute: Attribute) -> int:
    """Return how many people have a value of an own field."""
    return AttributeValue.objects.filter(attribute=attribute).values("person").distinct().count()


@transaction.atomic
def attribute_remove(*, attribute: Attribute) -> None:
    """Delete an own field, and the values that people have of it, merged ones too."""
    is_sqlite = connections[Person.objects.db].vendor == "sqlite"
    key = f'$."{attribute.key}"' if is_sqlite else attribute.key
    bear = Person.objects.filter(attributes__has_key=attribute.key)
    bear.update(attributes=Without(F("attributes"), Value(key)))
    attribute.delete()
