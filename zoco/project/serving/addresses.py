"""Addresses that name nothing: one with the sign NUL in its path, which PostgreSQL takes in no question."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseNotFound
from django.http.response import HttpResponseBase


class NamesSomething:
    """Answer 404 before anybody looks such a path up."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass everything else on."""
        if "\0" in request.path:
            return HttpResponseNotFound(content_type="text/plain; charset=utf-8")
        return self.get_response(request)
