"""The nursery: imports everything once, takes the first steps, and forks worker and web processes.

Importing Django and Wagtail takes seconds, a fork a hundredth of one; and what is imported here is
in memory once. It opens nothing that a child must not share: no thread, no event loop, no
connection, no store. The worker, which leads the ledger, is forked before anything is imported that
only pages need. `python -m zoco.project.processes.nursery FD`, FD being the listening socket.
"""

import gc
import importlib
import logging
import os
import random
import socket
import sys
import time
from pathlib import Path

from zoco.kit.commands import CommandFailed
from zoco.project.processes import lifeline

log = logging.getLogger(__name__)

ADOPTION_SECONDS = 2.0
WORKER = "worker"
MODULE = b"zoco.project.processes.nursery"


def main() -> None:
    """Fork a child for each name on the socket, until the supervisor closes it."""
    lifeline.die_with_parent()
    lifeline.name("zoco nursery")
    supervisor = os.getppid()
    life, ready = os.environ.pop("ZOCO_LIFELINE"), os.environ.pop("ZOCO_READY")
    orders = socket.socket(fileno=int(os.environ.pop("ZOCO_ORDERS")))
    listener = socket.socket(fileno=int(sys.argv[1]))
    _warm(begin=bool(os.environ.pop("ZOCO_BEGIN")))
    os.write(int(ready), b"%d\n" % os.getpid())
    is_ready_for_pages = False
    while name := orders.recv(64).decode():
        if name != WORKER and not is_ready_for_pages:
            _warm_pages()
            is_ready_for_pages = True
        if _is_child():
            orders.close()
            _settle(name, supervisor, int(ready))
            os.environ.update(ZOCO_PROCESS=name, ZOCO_LIFELINE=life, ZOCO_READY=ready)
            _play(name, listener)
            return


def _warm(*, begin: bool) -> None:
    """Import what the children need, and leave nothing open."""
    gc.disable()  # nothing of what is imported ever ends
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    os.environ.setdefault("JE_ARROW_MALLOC_CONF", "background_thread:false")
    from zoco.project import ready

    try:
        ready.django()
    except CommandFailed as failed:
        lifeline.fatal(str(failed))
    stepping = _first_steps() if begin else 0
    _import_engines()
    if stepping:
        _await(stepping)
    _freeze()


def _warm_pages() -> None:
    """Import what only a web process needs, and build what its first request would pay for."""
    _import_pages()
    from zoco.collector.steps import device

    device.warm()
    _freeze()


def _freeze() -> None:
    """Keep all that there is where it is. It is not searched for what nobody uses: that takes longer
    than a fork, and imports leave next to nothing behind.
    """
    gc.freeze()
    if beside := _threads():
        log.warning("The nursery is not alone; children may hang. threads=%s", beside)


def _first_steps() -> int:
    """Begin in a fork, beside the imports; what migrations leave in memory goes with it."""
    gc.freeze()  # a collection in the fork would copy all that was imported
    stepping = os.fork()
    if not stepping:
        lifeline.die_with_parent()
        from zoco.project.begin import main as take_them

        gc.enable()
        sys.exit(take_them())
    return stepping


def _await(stepping: int) -> None:
    code = os.waitstatus_to_exitcode(os.waitpid(stepping, 0)[1])
    if code:
        os._exit(lifeline.FATAL if code > 0 else 1)


def _import_engines() -> None:
    from zoco.kit.periodic import load_periodic

    for module in (
        "uvicorn.loops.uvloop",
        "uvicorn.lifespan.on",
        "uvicorn.protocols.http.httptools_impl",
        "zoco.ledger.store.duckdb.store",
        "zoco.project.worker.loop",
    ):
        importlib.import_module(module)
    load_periodic()


def _import_pages() -> None:
    """Import what answers; some of it reads the list of static files, which the first steps write."""
    from django.conf import settings
    from django.contrib.staticfiles.storage import ManifestFilesMixin, staticfiles_storage
    from django.template import engines
    from django.urls import get_resolver
    from django.utils.module_loading import import_string

    if isinstance(staticfiles_storage, ManifestFilesMixin):  # apps had a look at it before that
        staticfiles_storage.hashed_files, staticfiles_storage.manifest_hash = (
            staticfiles_storage.load_manifest()
        )
    for module in (
        "zoco.project.serving.dispatch",
        "zoco.collector.live.servers.endpoint",
        "zoco.collector.live.tracker",
    ):
        importlib.import_module(module)
    for path in settings.MIDDLEWARE:
        import_string(path)
    engines.all()
    get_resolver()._populate()


def _threads() -> list[str]:
    """Return the threads of this process besides the main one, by the kernel's names."""
    others = [path for path in Path("/proc/self/task").iterdir() if path.name != str(os.getpid())]
    return sorted((path / "comm").read_text().strip() for path in others)


def _is_child() -> bool:
    """Fork twice, so that the supervisor becomes the parent; return True in the child."""
    between = os.fork()
    if between:
        os.waitpid(between, 0)
        return False
    if os.fork():
        os._exit(0)
    return True


def _settle(name: str, supervisor: int, ready: int) -> None:
    """Make a process of one's own out of a copy, and tell the supervisor of it."""
    until = time.monotonic() + ADOPTION_SECONDS
    while os.getppid() != supervisor:
        if time.monotonic() > until:
            os._exit(1)
        time.sleep(0.001)
    lifeline.die_with_parent()
    os.write(ready, f"{name}={os.getpid()}\n".encode())
    lifeline.name(f"zoco {name}")
    _show(b"zoco.project.worker" if name == WORKER else b"zoco.project.processes.web")
    gc.enable()
    random.seed()


def _show(module: bytes) -> None:
    """Write another module over the one in the command line that `ps` shows."""
    import ctypes

    start = int(Path("/proc/self/stat").read_text().rpartition(")")[2].split()[45])
    place = Path("/proc/self/cmdline").read_bytes().find(MODULE)
    if start and place >= 0:
        ctypes.memmove(start + place, module.ljust(len(MODULE), b"\0"), len(MODULE))


def _play(name: str, listener: socket.socket) -> None:
    import logging.config

    from zoco.project import env
    from zoco.project.log import config
    from zoco.project.processes import web
    from zoco.project.worker.__main__ import work

    logging.config.dictConfig(config(env.data() / "log", env.LOG_LEVEL()))
    lifeline.tie()
    if name == WORKER:
        listener.close()
        work()
    else:
        web.serve(listener)


if __name__ == "__main__":
    main()
