"""Addresses that name nothing."""

from django.test import Client


def test_a_path_with_nul_is_answered_before_anything_is_asked() -> None:
    for path in ("/%00", "/m/%00/en/1", "/admin/letters/1/in/%00/"):
        assert Client().get(path).status_code == 404
