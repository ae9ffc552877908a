"""Uploaded files, when they lie in the data folder. A file can do nothing on our address: it is sandboxed."""

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.static import serve

POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"


def media(request: HttpRequest, path: str) -> HttpResponseBase:
    """Send one file."""
    response = serve(request, path, document_root=str(settings.MEDIA_ROOT))
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response
