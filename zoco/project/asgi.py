"""The ASGI application of one web process."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zoco.project.settings")
django.setup()

from zoco.project.serving.dispatch import Dispatcher  # noqa: E402

application = Dispatcher()
