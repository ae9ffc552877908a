"""The ASGI application of one web process."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zoco.project.settings")

from django.core.asgi import get_asgi_application

application = get_asgi_application()
