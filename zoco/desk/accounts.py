"""One's own account: a name and an address are good to have, and nobody is held up for want of them."""

from typing import Any

from wagtail.admin.forms.account import NameEmailForm
from wagtail.admin.views.account import NameEmailSettingsPanel


class NameForm(NameEmailForm):
    """Name and address, neither asked for: the first owner has none and wants to choose a language."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)  # type: ignore[no-untyped-call]
        for field in self.fields.values():
            field.required = False


def name_may_lack() -> None:
    """Put the form into Wagtail's page of the account, which has no other seam for it."""
    NameEmailSettingsPanel.form_class = NameForm
