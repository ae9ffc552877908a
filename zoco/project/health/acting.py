"""What the page "Health" can do: run a failed task again, put a notice away for a while."""

from datetime import timedelta
from uuid import UUID

from django.contrib.auth.decorators import login_required, permission_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult
from wagtail.admin import messages
from wagtail.log_actions import log as log_action

from zoco.project.health import notices
from zoco.project.health.page import MAY_ACT, MAY_SEE

RETRIED = "zoco.task.retry"


@require_POST
@permission_required(MAY_ACT, raise_exception=True)
def retry(request: HttpRequest, task: UUID) -> HttpResponse:
    """Make a failed task ready again, as if it had never run; whoever asked twice gets one run."""
    with transaction.atomic():
        failed = DBTaskResult.objects.filter(pk=task, status=TaskResultStatus.FAILED).first()
        if failed is None:
            raise Http404(str(task))
        changed = DBTaskResult.objects.filter(pk=task, status=TaskResultStatus.FAILED).update(
            status=TaskResultStatus.READY,
            worker_ids=[],
            started_at=None,
            finished_at=None,
            exception_class_path="",
            traceback="",
        )
        if changed:
            log_action(failed, RETRIED, user=request.user, title=failed.task_path)
    messages.success(
        request, _("%(task)s runs again as soon as a worker is free.") % {"task": failed.task_path}
    )
    return redirect("zoco_health")


@require_POST
@login_required
@permission_required(MAY_SEE, raise_exception=True)
def dismiss(request: HttpRequest, check: str) -> HttpResponse:
    """Put a notice away for this account; it comes back after a month if it still holds."""
    if check not in notices.NOTICED:
        raise Http404(check)
    notices.dismiss(request.user, check, until=timezone.now() + timedelta(days=notices.AWAY_DAYS))
    return redirect("wagtailadmin_home")
