"""The API: who may ask, what comes back, and that nothing undocumented ever does."""

import io
import json
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.conf import settings as django_settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, settings
from pyarrow import parquet
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from zoco.ledger.store.base import Store
from zoco.ledger.tests.reports.made import PERIOD

BASE = reverse("zoco_api:sites").removesuffix("/v1/sites")
SCHEMA = schemathesis.openapi.from_wsgi(reverse("zoco_api:openapi-json"), get_wsgi_application())
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


@pytest.fixture
def client(db: None, store: Store) -> Client:
    user = get_user_model().objects.create_user("ana", password="x")
    user.user_permissions.add(Permission.objects.get(codename="view_reports"))
    client = Client()
    client.force_login(user)
    return client


def get(client: Client, path: str, **address: str) -> tuple[int, dict[str, object]]:
    response = client.get(f"{BASE}/v1/{path}", address)
    return response.status_code, json.loads(response.content)


def test_strangers_and_people_without_the_permission_see_nothing(db: None, store: Store) -> None:
    stranger = Client()
    other = Client()
    other.force_login(get_user_model().objects.create_user("eva", password="x"))

    for path in ("sites", "reports", "reports/pages", "reports/none"):
        assert get(stranger, path)[0] == 401
        status, said = get(other, path)
        assert (status, said) == (
            403,
            {
                "error": {
                    "code": "not_allowed",
                    "message": "Your account may not see reports; ask an owner for a role.",
                }
            },
        )
    assert get(stranger, "sites")[1] == {
        "error": {"code": "not_logged_in", "message": "Log in first; nothing is shown to strangers."}
    }


def test_sites_and_reports(client: Client) -> None:
    sites = get(client, "sites")[1]["sites"]
    reports = get(client, "reports")[1]["reports"]

    assert [site["slug"] for site in sites] == ["shop"]  # type: ignore[attr-defined]
    first = ["tags", "short-links", "traffic"]  # costs are for who may see them
    assert [report["key"] for report in reports][:3] == first  # type: ignore[attr-defined]


def test_a_report_by_the_same_names_as_in_an_address(client: Client) -> None:
    status, found = get(client, "reports/pages", period=PERIOD, size="1", **{"f.path!": "/"})

    assert status == 200
    assert found["rows"] == [
        {
            "key": {"path": "/a"},
            "values": {"visitors": 1, "page_views": 2},
            "before": {"visitors": 0, "page_views": 0},
            "before_key": None,
            "is_unfinished": False,
            "is_cut": False,
            "is_imported": False,
        }
    ]
    assert (found["total_rows"], found["pages"]) == (2, 2)


def test_files(client: Client) -> None:
    csv = client.get(f"{BASE}/v1/reports/pages", {"period": PERIOD, "format": "csv"})
    packed = client.get(f"{BASE}/v1/reports/pages", {"period": PERIOD, "format": "parquet"})

    assert csv.getvalue() == b"path,visitors,page_views\r\n/,3,4\r\n/a,1,2\r\n/b,1,1\r\n"
    assert csv["Content-Disposition"] == 'attachment; filename="pages_shop_2026-03-28_2026-03-30.csv"'
    assert parquet.read_table(io.BytesIO(packed.getvalue())).num_rows == 3


@pytest.mark.parametrize(
    ("path", "address", "status", "sentence"),
    [
        ("reports/none", {}, 404, "There is no report 'none'; there are: "),
        ("reports/pages", {"site": "other"}, 404, "There is no site 'other'; there are: shop."),
        ("reports/pages", {"period": "soon"}, 422, "'soon' is no period"),
        ("reports/pages", {"colour": "red"}, 422, "pages knows no 'colour'"),
        ("reports/pages", {"format": "xls"}, 422, "format is 'xls'; choose json, csv, parquet."),
    ],
)
def test_refusals(client: Client, path: str, address: dict[str, str], status: int, sentence: str) -> None:
    found, said = get(client, path, **address)

    assert found == status
    assert sentence in said["error"]["message"]  # type: ignore[index]


@pytest.fixture
def one_connection() -> Iterator[None]:
    """Let requests keep the test's connection, as Django's own test client does."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.django_db
@pytest.mark.usefixtures("one_connection")
@SCHEMA.parametrize()
@settings(
    max_examples=12, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
def test_nothing_undocumented_comes_back(case: schemathesis.Case[Any], client: Client) -> None:
    cookie = client.cookies[django_settings.SESSION_COOKIE_NAME].value

    case.call_and_validate(checks=CHECKS, cookies={django_settings.SESSION_COOKIE_NAME: cookie})
