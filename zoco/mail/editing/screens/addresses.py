"""Addresses of letters within the admin."""

from django.urls import URLPattern, path

from zoco.mail.editing.screens import checking, earlier, editor, listing, previewing

EDITION = "letters/<int:pk>/in/<str:language>"


def letter_paths() -> list[URLPattern]:
    """Return them."""
    return [
        path("letters/", listing.listing, name="zoco_letters"),
        path("letters/new/", listing.new, name="zoco_letter_new"),
        path("letters/<int:pk>/", listing.one, name="zoco_letter"),
        path("letters/<int:pk>/settings/", listing.settings_of, name="zoco_letter_settings"),
        path("letters/<int:pk>/earlier/<int:version>/", earlier.earlier_sheet, name="zoco_letter_version"),
        path("letters/<int:pk>/checks/", checking.checks, name="zoco_letter_checks"),
        path(f"{EDITION}/", editor.edition, name="zoco_letter_edition"),
        path(f"{EDITION}/earlier/", earlier.earlier, name="zoco_letter_earlier"),
        path(f"{EDITION}/preview/", previewing.preview, name="zoco_letter_preview"),
        path(f"{EDITION}/preview/sheet/", previewing.preview_sheet, name="zoco_letter_sheet"),
        path(f"{EDITION}/test/", checking.test, name="zoco_letter_test"),
    ]
