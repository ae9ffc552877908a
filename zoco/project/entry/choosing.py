"""Whoever logs in with a password that somebody else has seen must choose another before anything else."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.forms import SetPasswordForm
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.generic import FormView

from zoco.project.entry import accounts

if TYPE_CHECKING:
    _View = FormView[SetPasswordForm[Any]]
    _Form = SetPasswordForm[Any]
else:
    _View, _Form = FormView, SetPasswordForm

CHOSEN = "zoco_password_chosen"
# The page itself, what it loads, and the way out. Led to itself, Wagtail's sprite would be the page once
# more, put above the real one by the script that wanted icons.
ALLOWED = (
    "zoco_choose_password",
    "wagtailadmin_javascript_catalog",
    "wagtailadmin_sprite",
    "wagtailadmin_logout",
)


class MustChoose:
    """Lead such an account to the page where it chooses, whatever it asked for."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if self._must(request):
            return redirect("zoco_choose_password")
        return self.get_response(request)

    def _must(self, request: HttpRequest) -> bool:
        user = request.user
        if not user.is_authenticated or request.session.get(CHOSEN):
            return False
        if request.path in {reverse(name) for name in ALLOWED}:
            return False
        if accounts.password_is_first(user.pk):
            return True
        request.session[CHOSEN] = True
        return False


class OwnPasswordForm(_Form):
    """Takes any good password but the one that the account was given."""

    def clean_new_password1(self) -> str:
        """Return the password. Raises ValidationError for the first one."""
        password: str = self.cleaned_data["new_password1"]
        if self.user.check_password(password):
            raise ValidationError(_("This is the password that somebody else has seen; choose another."))
        return password


class ChoosePassword(LoginRequiredMixin, _View):
    """The page where an account chooses its own password, once; later Wagtail asks for the old one."""

    template_name = "zoco/project/choose_password.html"
    form_class = OwnPasswordForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Lead away whoever has a password of its own: nobody changes that without knowing it."""
        if request.user.is_authenticated and not accounts.password_is_first(request.user.pk):
            return redirect("wagtailadmin_home")
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        """Hand the account to the form."""
        return super().get_form_kwargs() | {"user": self.request.user}

    def form_valid(self, form: "SetPasswordForm[Any]") -> HttpResponse:
        """Keep the password and the session."""
        user = form.save()
        accounts.password_chosen(user_id=user.pk)
        update_session_auth_hash(self.request, user)
        self.request.session[CHOSEN] = True
        return redirect("wagtailadmin_home")
