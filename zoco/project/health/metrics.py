"""`/metrics` for Prometheus, to programs of this machine or with the token; `/readyz` for balancers.

A proxy on this machine is of this machine too: a request that was forwarded needs the token.
"""

import hmac
import ipaddress
from collections.abc import Iterator
from importlib.metadata import version

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry, Metric
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector

from zoco.kit import conf
from zoco.project import env
from zoco.project.health.measures import Measures, measure
from zoco.project.health.requests import BOUNDS

TOKEN = conf.declare(
    "METRICS_TOKEN",
    "",
    str,
    "A secret of at least 16 characters with which /metrics is answered from anywhere (as a bearer token); "
    "without it only programs of this machine are answered.",
)
FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_X_REAL_IP", "HTTP_VIA", "HTTP_X_FORWARDED_PROTO")
TOKEN_LEAST = 16


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Answer with all measures; 404 to whoever may not see them."""
    if not _may(request):
        return HttpResponse("Not here.\n", status=404, content_type="text/plain")
    registry = CollectorRegistry()
    registry.register(Taken(measure()))
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


@require_safe
@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    """Say whether this process can do its work: the database answers, sites are published."""
    lacking = []
    try:
        connection.ensure_connection()
        with connection.cursor() as cursor:
            cursor.execute("select 1")
    except DatabaseError:
        lacking.append("database")
    if not (env.data() / "sites.json").exists():
        lacking.append("sites")
    words = f"not ready: {', '.join(lacking)}\n" if lacking else "ready\n"
    return HttpResponse(words, status=503 if lacking else 200, content_type="text/plain")


def _may(request: HttpRequest) -> bool:
    token = TOKEN()
    if len(token) >= TOKEN_LEAST:
        given = request.headers.get("Authorization", "")
        return hmac.compare_digest(given.encode(), f"Bearer {token}".encode())
    if any(name in request.META for name in FORWARDED):
        return False
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


class Taken(Collector):
    """Gives measures that were taken already, in Prometheus' terms."""

    def __init__(self, measures: Measures) -> None:
        self.measures = measures

    def collect(self) -> Iterator[Metric]:
        """Yield all families."""
        yield from _plain(self.measures)
        yield from _labelled(self.measures)
        yield from _processes(self.measures)
        yield from _requests(self.measures)


def _plain(seen: Measures) -> Iterator[Metric]:
    for name, words, value in (
        ("zoco_spool_bytes", "Bytes of facts that are not in the ledger yet.", seen.spool_bytes),
        ("zoco_spool_segments", "Segments of the spool, open ones too.", seen.spool_segments),
        ("zoco_spool_aside", "Files with refused lines that were set aside.", seen.spool_aside),
        ("zoco_drain_lag_seconds", "How long the oldest closed segment has waited.", seen.drain_lag),
        ("zoco_turns_failed", "Periodic work that failed when it ran last.", seen.turns_failed),
        ("zoco_workers", "Workers that live.", seen.workers),
        (
            "zoco_outbox_waiting",
            "Facts made on the server that are not in the spool yet.",
            seen.outbox_waiting,
        ),
        ("zoco_backup_age_seconds", "Age of the newest backup here; -1 without any.", seen.backup_age),
        ("zoco_disk_free_bytes", "Free space where the data folder lies.", seen.disk_free),
        ("zoco_sites_age_seconds", "When collectors were last told of sites; -1 if never.", seen.sites_age),
        ("zoco_ledger_up", "Whether the ledger answered.", float(seen.ledger.is_up)),
    ):
        yield GaugeMetricFamily(name, words, value)
    if seen.ledger.is_up:
        yield CounterMetricFamily("zoco_facts_taken", "Facts that collectors took.", seen.ledger.taken)


def _labelled(seen: Measures) -> Iterator[Metric]:
    about = GaugeMetricFamily("zoco_info", "The version that runs.", labels=["version"])
    about.add_metric([version("zoco")], 1)
    yield about
    tasks = GaugeMetricFamily("zoco_tasks", "Background tasks by state.", labels=["state"])
    for state, count in seen.tasks.items():
        tasks.add_metric([state], count)
    yield tasks
    behind = GaugeMetricFamily("zoco_subscriber_behind", "Positions behind.", labels=["subscriber"])
    failures = GaugeMetricFamily("zoco_subscriber_failures", "Failures in a row.", labels=["subscriber"])
    for key, (positions, failed) in seen.subscribers.items():
        behind.add_metric([key], positions)
        failures.add_metric([key], failed)
    yield from (behind, failures)
    if seen.ledger.is_up:
        refused = CounterMetricFamily("zoco_facts_refused", "Facts refused, by reason.", labels=["reason"])
        for reason, times in sorted(seen.ledger.refused.items()):
            refused.add_metric([reason], times)
        yield refused


def _processes(seen: Measures) -> Iterator[Metric]:
    memory = GaugeMetricFamily("zoco_process_memory_bytes", "Proportional memory.", labels=["process"])
    cpu = CounterMetricFamily("zoco_process_cpu_seconds", "Processor time used.", labels=["process"])
    leads = GaugeMetricFamily("zoco_process_leads", "Whether it leads the ledger.", labels=["process"])
    for each in seen.processes:
        memory.add_metric([each.name], each.memory)
        cpu.add_metric([each.name], each.cpu)
        leads.add_metric([each.name], float(each.leads))
    yield from (memory, cpu, leads)


def _requests(seen: Measures) -> Iterator[Metric]:
    answered = CounterMetricFamily("zoco_requests", "Pages answered.", labels=["process", "status"])
    busy = CounterMetricFamily(
        "zoco_requests_busy", "Pages that a busy database held up.", labels=["process", "reason"]
    )
    took = HistogramMetricFamily("zoco_request_seconds", "Time that pages took.", labels=["process"])
    for each in seen.requests:
        for status, count in sorted(each.statuses.items()):
            answered.add_metric([each.process, status], count)
        for reason, count in sorted(each.busy.items()):
            busy.add_metric([each.process, reason], count)
        total, buckets = 0, []
        for bound, count in zip([*BOUNDS, float("inf")], each.within, strict=True):
            total += count
            buckets.append((str(bound) if bound != float("inf") else "+Inf", total))
        took.add_metric([each.process], buckets=buckets, sum_value=each.seconds)
    yield from (answered, busy, took)
