"""A test that commits leaves nothing behind: the next one finds what migrations wrote, and only that."""

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType

_found: list[dict[str, int]] = []


def rows() -> dict[str, int]:
    """Return how many rows each table holds."""
    return {
        model._meta.db_table: model._base_manager.count()
        for model in apps.get_models()
        if model._meta.managed
    }


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
@pytest.mark.parametrize("turn", ["first", "second"])
def test_next_test_finds_what_migrations_wrote_and_only_that(turn: str) -> None:
    _found.append(rows())

    assert _found[-1] == _found[0]
    assert Permission.objects.count() > ContentType.objects.count() > 20
    assert not get_user_model().objects.exists()
    ana = get_user_model().objects.create_user(f"ana-{turn}")
    ana.user_permissions.set(Permission.objects.order_by("pk")[:3])
    Permission.objects.order_by("pk").last().delete()  # type: ignore[union-attr]
