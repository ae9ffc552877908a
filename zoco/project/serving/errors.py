"""What is shown when there is no such page: in the reader's language, as the address has none."""

from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.views.defaults import page_not_found


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 404."""
    with translation.override(translation.get_language_from_request(request)):
        response: HttpResponse = page_not_found(request, exception)
        response.headers["Content-Language"] = translation.get_language() or ""
    return response
