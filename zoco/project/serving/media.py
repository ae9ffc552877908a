"""Uploaded files, when they lie in the data folder. A file can do nothing on our address: it is sandboxed.

Documents are left to Wagtail's own address, which asks who may see their collection.
"""

import posixpath
from pathlib import PurePosixPath

from django.conf import settings
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.views.static import serve

POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"


def media(request: HttpRequest, path: str) -> HttpResponseBase:
    """Send one file. Raises Http404, also for documents."""
    if PurePosixPath(posixpath.normpath(path).lstrip("/")).parts[:1] == ("documents",):
        raise Http404(path)
    response = serve(request, path, document_root=str(settings.MEDIA_ROOT))
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response
