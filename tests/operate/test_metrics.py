"""/metrics of the running product: all processes, who leads, the requests of each."""

import urllib.request

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.operate.conftest import Start
from tests.operate.running import Running, until

pytestmark = pytest.mark.timeout(300)


def values(running: Running) -> dict[str, float]:
    """Return all samples, by name and labels."""
    with urllib.request.urlopen(f"http://127.0.0.1:{running.port}/metrics", timeout=10) as answer:
        text = answer.read().decode()
    return {
        " ".join([sample.name, *sample.labels.values()]): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_whoever_answers_tells_of_all_processes(start: Start) -> None:
    running = start("--web", "2")
    until(lambda: values(running).get("zoco_workers") == 1, 20)
    for _ in range(20):
        assert running.get("/admin/login/") == 200

    def told() -> float:
        return sum(value for name, value in values(running).items() if name.startswith("zoco_requests_total"))

    until(lambda: told() >= 20, 20)
    seen = values(running)

    processes = {name.split()[1] for name in seen if name.startswith("zoco_process_memory_bytes")}
    assert processes == {"nursery", "supervisor", "web-1", "web-2", "worker"}
    assert all(seen[f"zoco_process_memory_bytes {name}"] > 1_000_000 for name in processes)
    assert sum(seen[f"zoco_process_leads {name}"] for name in processes) == 1
    assert seen["zoco_ledger_up"] == 1
    assert running.get("/readyz") == 200
