"""Who may open pages of audiences. People are of all sites: who sees some sites only, sees nobody."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from zoco.ledger import sitebook

SEE, ADD, CHANGE, DELETE, EXPORT = (
    f"zoco_people.{verb}_audience" for verb in ("view", "add", "change", "delete", "export")
)
View = Callable[..., HttpResponseBase]


def sees_everybody() -> bool:
    """Say whether whoever asks sees all sites, and so people."""
    return sitebook.seen() is None


def opened(permission: str) -> Callable[[View], View]:
    """Open a page to whoever has a permission and sees everybody."""

    def wrap(view: View) -> View:
        @permission_required(permission, raise_exception=True)
        @wraps(view)
        def within(request: HttpRequest, *args: Any, **more: Any) -> HttpResponseBase:
            if not sees_everybody():
                raise PermissionDenied
            return view(request, *args, **more)

        return within

    return wrap
