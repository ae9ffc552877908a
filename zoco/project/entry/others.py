"""The owner's page of second steps: who has one, and turning off that of somebody who lost the device."""

from django.contrib import messages
from django.contrib.auth import get_user_model
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from zoco.ledger.views.heads import head
from zoco.project import env
from zoco.project.entry import services
from zoco.project.models import SecondStep

MAY = "zoco_project.reset_second_step"


@never_cache
@permission_required(MAY, raise_exception=True)
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """List the active accounts."""
    has = Exists(SecondStep.objects.filter(user=OuterRef("pk")))
    users = get_user_model().objects.filter(is_active=True).annotate(has_step=has).order_by("username", "pk")
    shown = {
        **head(_("Second steps"), "lock"),
        "users": users,
        "lacking": sum(not user.has_step for user in users),
        "is_demanded": env.SECOND_STEP(),
    }
    return render(request, "zoco/project/second_step/others.html", shown)


@permission_required(MAY, raise_exception=True)
@require_POST
def reset(request: HttpRequest, pk: int) -> HttpResponse:
    """Turn off somebody's second step and end his sessions. That of a superuser only for another."""
    user = get_object_or_404(get_user_model(), pk=pk)
    if user.is_superuser and not request.user.is_superuser:
        raise PermissionDenied
    if user.pk == request.user.pk:
        return redirect("zoco_second_step_own")
    services.second_step_turn_off(user=user)
    services.sessions_end(user_id=user.pk)
    messages.success(request, _("The second step of %(name)s is off.") % {"name": user.get_username()})
    return redirect("zoco_second_steps")
