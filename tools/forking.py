"""pytest plug-in of this repository: a process that a test splits off finds all addresses imported.

They are imported when one is asked for first: half a second of work, which each child did anew, up to 150
times in one test.
"""

import os


def pytest_configure() -> None:
    os.register_at_fork(before=_import_addresses)


def _import_addresses() -> None:
    from django.apps import apps

    if apps.ready:
        from django.urls import get_resolver

        get_resolver().reverse_dict  # noqa: B018 - made where it is read
