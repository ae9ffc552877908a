"""What channels are called."""

from django.utils.translation import gettext as _

from zoco.mix.weeks import HOLIDAYS, REST, UNNAMED


def channel_name(name: str) -> str:
    """Return what a channel is called."""
    return {REST: _("All other sources"), UNNAMED: _("Without a source"), HOLIDAYS: _("Public holidays")}.get(
        name, name
    )
