"""Settings of the test run: as in production, but in a data folder that goes with the run."""

import atexit
import os
import shutil
import tempfile

if "ZOCO_DATA" not in os.environ:
    _folder = tempfile.mkdtemp(prefix="zoco-tests-")
    os.environ["ZOCO_DATA"] = _folder
    _maker = os.getpid()

    def _remove() -> None:
        if os.getpid() == _maker:
            shutil.rmtree(_folder, ignore_errors=True)

    atexit.register(_remove)

from zoco.project.settings import *  # noqa: F403

SECRET_KEY = "only for tests, never for anything that runs"
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):  # noqa: F405
    # A file: in memory, all threads of a live server would share one connection and its transactions.
    _options = DATABASES["default"]["OPTIONS"]  # noqa: F405
    _options["init_command"] = _options["init_command"].replace("synchronous=NORMAL", "synchronous=OFF")
    DATABASES["default"]["TEST"] = {"NAME": str(DATA / "tests.sqlite3")}  # noqa: F405
elif "ZOCO_TESTS_TEMPLATE" in os.environ:
    DATABASES["default"]["TEST"] = {"TEMPLATE": os.environ["ZOCO_TESTS_TEMPLATE"]}  # noqa: F405
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
