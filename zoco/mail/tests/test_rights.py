"""Rights that no page asks for are not there to be given."""

from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import connection

from zoco.mail.models import Journey

pytestmark = pytest.mark.django_db
NAMES = ("delete_journey", "delete_mailbox")


def test_nobody_is_given_a_right_to_delete_what_no_page_deletes() -> None:
    assert not Permission.objects.filter(content_type__app_label="zoco_mail", codename__in=NAMES).exists()


def test_those_that_were_given_go_and_others_stay() -> None:
    kind = ContentType.objects.get_for_model(Journey)
    before = set(Permission.objects.values_list("pk", flat=True))
    for name in NAMES:
        Permission.objects.create(content_type=kind, codename=name, name=name)

    import_module("zoco.mail.migrations.0011_rights").rights_drop(
        apps, SimpleNamespace(connection=connection)
    )

    assert set(Permission.objects.values_list("pk", flat=True)) == before
