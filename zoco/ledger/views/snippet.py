"""The line that people put into the pages of their site."""

from django.http import HttpRequest
from django.utils.html import escape

PATH = "/z.js"


def tracker_line(request: HttpRequest) -> str:
    """Return the line, not escaped, with the whole address: it works on pages of any host."""
    return f'<script defer src="{escape(request.build_absolute_uri(PATH))}"></script>'
