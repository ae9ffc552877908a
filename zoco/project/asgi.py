"""The ASGI application of one web process. Importing it starts the threads that answer."""

import os

import django
from django.apps import apps

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zoco.project.settings")
if not apps.ready:  # again it would undo the names that a forked process gave its log
    django.setup()

from zoco.project.serving.dispatch import Dispatcher

application = Dispatcher()
