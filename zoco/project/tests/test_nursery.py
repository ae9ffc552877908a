"""The nursery, by what its children are."""

import os
import subprocess
import sys
from pathlib import Path

CHILD = """
import os, random
from zoco.project.processes import lifeline
from zoco.project.processes import nursery

lifeline.adopt()
supervisor = os.getpid()
random.seed(1)
drawn = random.Random(1).random()
ready, ready_write = os.pipe()
nursing = os.fork()
if not nursing:
    if nursery._is_child():
        nursery._settle("web-3", supervisor, ready_write)
        comm = open("/proc/self/comm").read().strip()
        print(comm, os.getppid() == supervisor, random.random() == drawn, flush=True)
        os._exit(3)
    os._exit(0)
name, _, pid = os.read(ready, 100).decode().strip().partition("=")
codes = {}
for _ in range(2):
    pid_, status = os.wait()
    codes[pid_] = os.waitstatus_to_exitcode(status)
print(name, codes == {nursing: 0, int(pid): 3})
"""
WARM = """
import os, sys
from zoco.project.processes import nursery
nursery._warm(begin=False)
print(nursery._threads(), "zoco.project.serving.dispatch" in sys.modules)
nursery._warm_pages()
from django.db import connections
from zoco.ledger.store import opening
print(nursery._threads(), any(c.connection for c in connections.all(initialized_only=True)), opening._held)
print("asyncio.events" in sys.modules and sys.modules["asyncio.events"]._get_running_loop())
opened = {os.readlink(f"/proc/self/fd/{fd}") for fd in os.listdir("/proc/self/fd") if int(fd) > 2
          and os.path.exists(f"/proc/self/fd/{fd}")}
print(sorted(path for path in opened if path.startswith(sys.argv[1])))
"""


def _run(program: str, *arguments: str, **environment: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_child_belongs_to_the_supervisor_has_a_name_and_its_own_randomness() -> None:
    assert sorted(_run(CHILD)) == ["web-3 True", "zoco web-3 True False"]


def test_warm_nursery_has_no_thread_no_loop_and_nothing_open(tmp_path: Path) -> None:
    said = _run(WARM, str(tmp_path), ZOCO_DATA=str(tmp_path), DJANGO_SETTINGS_MODULE="zoco.project.settings")

    assert said == ["[] False", "[] False {}", "None", "[]"]
