"""What every app's entries in the menus of Wagtail's admin share."""

from collections.abc import Callable

from django.http import HttpRequest
from wagtail.admin.menu import MenuItem


class RightItem(MenuItem):
    """An entry of a menu for whoever has a permission, while `is_there` says that its page is served."""

    def __init__(
        self, permission: str, *args: object, is_there: Callable[[], bool] = lambda: True, **more: object
    ) -> None:
        super().__init__(*args, **more)  # type: ignore[no-untyped-call]
        self.permission = permission
        self.is_there = is_there

    def is_shown(self, request: HttpRequest) -> bool:
        """Return whether this reader sees it."""
        return request.user.has_perm(self.permission) and self.is_there()
