"""A Django project as `startproject` sets it, with one view that saves a row into SQLite."""

# ruff: noqa: E402
import json
import os
from pathlib import Path

import django
from django.conf import settings

settings.configure(
    SECRET_KEY="for a benchmark",
    ROOT_URLCONF=__name__,
    ALLOWED_HOSTS=["*"],
    INSTALLED_APPS=[
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        "django.contrib.messages",
    ],
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
    ],
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": os.environ["SAVING_DB"],
            "CONN_MAX_AGE": None,
            "OPTIONS": {
                "timeout": 20,
                "transaction_mode": "IMMEDIATE",
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
            },
        }
    },
)
django.setup()

from django.core.wsgi import get_wsgi_application
from django.db import connection, models
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt


class Hit(models.Model):
    """One request."""

    uid = models.CharField(max_length=36)
    url = models.CharField(max_length=2000)
    referrer = models.CharField(max_length=2000)
    title = models.CharField(max_length=500)
    agent = models.CharField(max_length=500)
    address = models.CharField(max_length=50)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        app_label = "saving"

    def __str__(self) -> str:
        return self.url


@csrf_exempt
def save(request: HttpRequest) -> HttpResponse:
    """Save what was sent."""
    sent = json.loads(request.body)[0]
    Hit(
        uid=sent["id"],
        url=sent["url"],
        referrer=sent["referrer"],
        title=sent["title"],
        agent=request.headers["user-agent"],
        address=request.headers["x-forwarded-for"],
    ).save(force_insert=True)
    return HttpResponse(status=204)


urlpatterns = [path("e", save)]
if not Path(os.environ["SAVING_DB"]).exists():
    with connection.schema_editor() as editor:
        editor.create_model(Hit)
application = get_wsgi_application()
