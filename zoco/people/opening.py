"""Who may open pages of people and audiences: these are of all sites, who sees some only, sees none."""

import functools
from collections.abc import Callable

from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from zoco.ledger import sitebook

View = Callable[..., HttpResponseBase]


def sees_people() -> bool:
    """Return whether who asks sees all sites, and so people."""
    return sitebook.seen() is None


def for_whom(permission: str, *methods: str) -> Callable[[View], View]:
    """Open a page to whoever has a permission and sees all sites."""

    def wrap(view: View) -> View:
        @functools.wraps(view)
        def opened(request: HttpRequest, *args: object, **more: object) -> HttpResponseBase:
            if not sees_people():
                raise PermissionDenied
            return view(request, *args, **more)

        closed = require_http_methods(methods or ("GET", "HEAD"))(opened)
        return never_cache(permission_required(permission, raise_exception=True)(closed))

    return wrap
