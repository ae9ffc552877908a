"""Formats of files of costs: one file a program, registered by `@FORMATS.plug`."""

from zoco.kit.plugs import load_modules

BUILT_IN = tuple(
    f"zoco.campaigns.costs.importing.formats.{name}"
    for name in ("google_ads", "meta", "microsoft", "yandex_direct", "tiktok", "linkedin", "generic")
)


def load_formats() -> None:
    """Register the formats that come with Zoco; others register by PLUGS or an entry point."""
    load_modules(BUILT_IN)
