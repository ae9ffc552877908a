"""Background tasks: claimed one at a time, run, and settled; none is stranded when a worker dies.

A task may run twice: its effects outside must be idempotent.
"""

import logging
from collections.abc import Collection
from datetime import datetime, timedelta
from traceback import format_exception
from typing import TYPE_CHECKING, Any, cast

from django.db import connection, transaction
from django.utils import timezone
from django_tasks import TaskContext, TaskResultStatus
from django_tasks.signals import task_finished, task_started
from django_tasks.utils import normalize_json
from django_tasks_db.models import DBTaskResult

from zoco.kit.retry import TryAgain
from zoco.project.health.lines import traced

if TYPE_CHECKING:
    from django.db.models import QuerySet

    Row = DBTaskResult[Any, Any]

log = logging.getLogger(__name__)

DEATHS = 3
ATTEMPTS = 6
BACKEND = "default"
# Before the id of a worker that lived to say that the task asks for another try.
ASKED = "asked:"


class Stopped(BaseException):
    """The worker must end now; raised inside a task that still runs."""


def claim(worker_id: str, *, at: datetime) -> "Row | None":
    """Take the next task that is due, or None. Two workers never take the same one."""
    due = DBTaskResult.objects.ready().filter(backend_name=BACKEND)
    if not due.exists():
        return None
    with transaction.atomic():
        if connection.features.has_select_for_update_skip_locked:
            due = due.select_for_update(skip_locked=True)
        found: Row | None = due.first()
        if found is not None:
            found.status = TaskResultStatus.RUNNING
            found.started_at = at
            found.worker_ids = [*found.worker_ids, worker_id]
            found.save(update_fields=["status", "started_at", "worker_ids"])
    return found


def run(claimed: "Row") -> None:
    """Run a claimed task and settle it. Only Stopped gets out, when the task is ready again."""
    try:
        task, result = claimed.task, claimed.task_result
        task_started.send(sender=type(task.get_backend()), task_result=result)
        first = (TaskContext(task_result=cast("Any", result)),) if task.takes_context else ()
        returned = normalize_json(task.call(*first, *result.args, **result.kwargs))
    except Stopped:
        _settle(claimed, status=TaskResultStatus.READY, worker_ids=claimed.worker_ids[:-1])
        log.info("Task put back: the worker ends. task=%s", claimed.pk)
        raise
    except TryAgain as again:
        _later(claimed, again)
    except Exception as error:
        log.exception("Task failed. task=%s path=%s", claimed.pk, claimed.task_path)
        _fail(claimed, error)
    else:
        _settle(
            claimed, status=TaskResultStatus.SUCCESSFUL, return_value=returned, finished_at=timezone.now()
        )
    _tell(claimed)


def reap(living: Collection[str]) -> int:
    """Make ready again what dead workers were running, or fail it after three deaths; return how many."""
    count = 0
    for stranded in DBTaskResult.objects.filter(status=TaskResultStatus.RUNNING, backend_name=BACKEND):
        if not stranded.worker_ids or stranded.worker_ids[-1] not in living:
            count += 1
            _bury(stranded)
    return count


def _bury(stranded: "Row") -> None:
    deaths = sum(not worker.startswith(ASKED) for worker in stranded.worker_ids)
    if deaths >= DEATHS:
        log.error("Task given up: its worker died %s times. task=%s", deaths, stranded.pk)
        _fail(stranded, RuntimeError(f"The worker died {deaths} times while it ran this task."))
    else:
        log.warning("Task ready again: its worker died. task=%s deaths=%s", stranded.pk, deaths)
        _settle(stranded, status=TaskResultStatus.READY)


def _later(claimed: "Row", again: TryAgain) -> None:
    attempts = len(claimed.worker_ids)
    if attempts >= ATTEMPTS:
        _fail(claimed, again)
        return
    pause = again.after_seconds or 10.0 * 2**attempts
    log.info(
        "Task runs again later. task=%s attempt=%s seconds=%s reason=%s", claimed.pk, attempts, pause, again
    )
    due = timezone.now() + timedelta(seconds=pause)
    *others, worker = claimed.worker_ids
    _settle(claimed, status=TaskResultStatus.READY, run_after=due, worker_ids=[*others, f"{ASKED}{worker}"])


def _fail(claimed: "Row", error: BaseException) -> None:
    _settle(
        claimed,
        status=TaskResultStatus.FAILED,
        finished_at=timezone.now(),
        exception_class_path=f"{type(error).__module__}.{type(error).__qualname__}",
        traceback=traced("".join(format_exception(error))),
    )


def _settle(claimed: "Row", **values: Any) -> None:
    """Write the outcome, unless another worker has taken the task in the meantime."""
    mine: QuerySet[Row] = DBTaskResult.objects.filter(
        pk=claimed.pk, status=TaskResultStatus.RUNNING, started_at=claimed.started_at
    )
    if not mine.update(**values):
        log.warning("Task outcome dropped: it was taken away. task=%s", claimed.pk)


def _tell(claimed: "Row") -> None:
    claimed.refresh_from_db()
    if claimed.status in {TaskResultStatus.SUCCESSFUL, TaskResultStatus.FAILED}:
        try:
            sender = type(claimed.task.get_backend())
        except Exception:
            log.exception("Task names a function that is not there. task=%s", claimed.pk)
        else:
            task_finished.send(sender=sender, task_result=claimed.task_result)
