"""/metrics: who is answered, and what is told."""

import json
import os
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from zoco.collector.live.reader import Refusal
from zoco.collector.live.tallies import Tallies
from zoco.collector.reasons import Reason
from zoco.kit.floods.busy import Busy
from zoco.kit.ids import uuid7
from zoco.ledger.schema import Fact
from zoco.ledger.spool import SpoolWriter
from zoco.ledger.store import opening
from zoco.project import folder
from zoco.project.health import measures, requests
from zoco.project.serving import busy
from zoco.project.worker import beats

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("ZOCO_DATA", str(tmp_path / "data"))
    opening.close()
    measures.forget()
    yield folder.prepare()
    opening.close()
    measures.forget()


def _values(client: Client) -> dict[str, float]:
    text = client.get("/metrics").content.decode()
    return {
        sample.name + "".join(f" {value}" for value in sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


@pytest.mark.parametrize(
    ("address", "headers", "status"),
    [
        ("127.0.0.1", {}, 200),
        ("::1", {}, 200),
        ("10.0.0.7", {}, 404),
        ("203.0.113.9", {}, 404),
        ("127.0.0.1", {"x-forwarded-for": "127.0.0.1"}, 404),
        ("127.0.0.1", {"forwarded": "for=127.0.0.1"}, 404),
        ("127.0.0.1", {"x-forwarded-proto": "https"}, 404),
        ("203.0.113.9", {"authorization": "Bearer "}, 404),
    ],
)
def test_only_programs_of_this_machine_are_answered(
    client: Client, address: str, headers: dict[str, str], status: int
) -> None:
    assert client.get("/metrics", headers=headers, REMOTE_ADDR=address).status_code == status


def test_with_a_token_it_alone_counts(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZOCO_METRICS_TOKEN", "a-long-enough-secret")
    right = {"authorization": "Bearer a-long-enough-secret", "x-forwarded-for": "203.0.113.9"}

    assert client.get("/metrics").status_code == 404
    assert client.get("/metrics", headers={"authorization": "Bearer a-long-enough-secreT"}).status_code == 404
    assert client.get("/metrics", headers=right, REMOTE_ADDR="203.0.113.9").status_code == 200


def test_values_are_those_of_the_folder_the_tables_and_the_ledger(client: Client, data: Path) -> None:
    now = 1_790_000_000_000_000
    tallies = Tallies()
    fact = Fact(
        id=uuid7(now), site=1, name="web.page.viewed", origin="tracker", occurred_at=now, received_at=now
    )
    tallies.take([1] * 7, is_near=False)
    tallies.refuse([Refusal(0, Reason.TOO_OLD, 1)] * 3)
    (data / "spool" / "aside").mkdir()
    (data / "spool" / "aside" / "one.ndjson").write_text("{}\n")
    beats.beat("one", at=timezone.now() - timedelta(seconds=1))
    writer = SpoolWriter(data / "spool", "here")
    writer.append_lines(tallies.lines(fact.occurred_at))
    writer.close()
    opening.store().drain()

    values = _values(client)

    assert values["zoco_facts_taken_total"] == 7
    assert values["zoco_facts_refused_total too_old"] == 3
    assert values["zoco_ledger_up"] == 1
    assert values["zoco_spool_aside"] == 1
    assert values["zoco_spool_segments"] == 0
    assert values["zoco_drain_lag_seconds"] == 0
    assert values["zoco_workers"] == 1
    assert values["zoco_tasks failed"] == 0
    assert values["zoco_outbox_waiting"] == 0
    assert values["zoco_backup_age_seconds"] == -1
    assert values["zoco_disk_free_bytes"] > 0
    assert values["zoco_info 0.1.0"] == 1


def test_segment_that_waits_is_a_lag(client: Client, data: Path) -> None:
    path = data / "spool" / "here.0190.v1.ndjson"
    path.write_text("")
    os.utime(path, (time.time() - 90, time.time() - 90))

    assert 90 <= _values(client)["zoco_drain_lag_seconds"] < 95


def answered(request: HttpRequest) -> HttpResponse:
    if request.path == "/api/busy":
        return busy.answer(request, Busy.LOCKED)
    return HttpResponse(status=200 if request.path == "/" else 404)


def test_answers_are_counted_by_status_and_time(
    client: Client, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZOCO_PROCESS", "web-1")
    monkeypatch.setattr(requests, "WRITE_SECONDS", 0.01)
    counting = requests.Measured(answered)

    for path in ("/", "/", "/no", "/api/busy"):
        counting(RequestFactory().get(path))
    for _ in range(200):
        found = requests.tallies(data)
        if found and sum(found[0].within) == 4:
            break
        time.sleep(0.01)

    assert [(each.process, each.statuses) for each in found] == [("web-1", {"200": 2, "404": 1, "503": 1})]
    assert (found[0].within[0], found[0].busy) == (4, {"locked": 1})
    assert _values(client)["zoco_requests_busy_total web-1 locked"] == 1


def test_ready_says_what_lacks(client: Client, data: Path) -> None:
    first = client.get("/readyz")
    (data / "sites.json").write_text(json.dumps({"sites": []}))

    assert (first.status_code, first.content) == (503, b"not ready: sites\n")
    assert client.get("/readyz").status_code == 200
