"""Settings that join Zoco to the project that `wagtail start` makes; its dev.py reads this module."""

from .base import BASE_DIR, INSTALLED_APPS

INSTALLED_APPS = ["zoco.desk", "zoco.monitor", "zoco.sites", "zoco.ledger", *INSTALLED_APPS]
ROOT_URLCONF = "mysite.addresses"
ZOCO = {"DATA": BASE_DIR / "zoco"}
