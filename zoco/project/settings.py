"""Django's settings for the runnable project. Reading them writes nothing."""

from django.utils.translation import gettext_lazy as _

from zoco.kit.periods import zones_offered
from zoco.project import env, log
from zoco.project.serving import stored

DATA = env.data()

ZOCO: dict[str, object] = {**env.events()}

SECRET_KEY = env.secret_key()
SECRET_KEY_FALLBACKS = env.secret_keys_before()
DEBUG = env.DEBUG()
ALLOWED_HOSTS = env.allowed_hosts()
CSRF_TRUSTED_ORIGINS = [f"{env.address().scheme}://{env.address().netloc}"]


INSTALLED_APPS = [
    "zoco.project",
    "zoco.desk",
    "zoco.monitor",
    "zoco.research",
    "zoco.mail",
    "zoco.mix",
    "zoco.campaigns",
    "zoco.content",
    "zoco.content.pages",
    "zoco.surveys",
    "zoco.channels",
    "zoco.trials",
    "zoco.consent",
    "zoco.moving",
    "zoco.people",
    "zoco.sites",
    "zoco.ledger",
    "wagtail.contrib.forms",
    "wagtail.contrib.redirects",
    "wagtail.embeds",
    "wagtail.sites",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "django_filters",
    "django_tasks",
    "django_tasks_db",
    "ninja",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
]

MIDDLEWARE = [
    "zoco.project.health.requests.Measured",
    "django.middleware.security.SecurityMiddleware",
    "zoco.project.serving.headers.SecurityPolicy",
    "zoco.project.serving.addresses.NamesSomething",
    "zoco.project.serving.loads.PageLoads",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "zoco.project.serving.languages.Languages",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "zoco.project.entry.gate.MustProve",
    "zoco.project.entry.choosing.MustChoose",
    "zoco.project.changes.note.Acting",
    "zoco.project.entry.keys.pace.ApiPace",
    "zoco.sites.access.within.WithinSites",
    "zoco.sites.blocking.own_browsers.OwnBrowser",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "wagtail.contrib.redirects.middleware.RedirectMiddleware",
    "zoco.project.serving.busy.Watched",
]

ROOT_URLCONF = "zoco.project.urls"
ASGI_APPLICATION = "zoco.project.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.debug",
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

DATABASES = {"default": env.database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}

AUTHENTICATION_BACKENDS = ["zoco.project.entry.brake.BrakedBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "wagtailadmin_login"
LOGIN_REDIRECT_URL = "wagtailadmin_home"

LANGUAGE_CODE = env.LANGUAGE()
LANGUAGES = [("en", _("English")), ("es", _("Spanish")), ("ru", _("Russian")), ("zh-hans", _("Chinese"))]
FORMAT_MODULE_PATH = ["zoco.project.formats"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STATIC_ROOT = DATA / "static"
MEDIA_URL = "/media/"
MEDIA_ROOT = DATA / "media"
STORAGES = {
    "default": stored.storage(),
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"
    },
}
MEDIA_ORIGIN = stored.origin()
FILE_UPLOAD_TEMP_DIR = str(DATA / "tmp") if (DATA / "tmp").is_dir() else None
DATA_UPLOAD_MAX_MEMORY_SIZE = 10_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
globals().update(env.https())
globals().update(env.email())

WAGTAIL_SITE_NAME = "Zoco"
WAGTAILADMIN_USER_LOGIN_FORM = "zoco.project.entry.brake.BrakedLoginForm"
WAGTAILADMIN_BASE_URL = env.ADDRESS().rstrip("/")
WAGTAIL_I18N_ENABLED = True
WAGTAIL_CONTENT_LANGUAGES = LANGUAGES
WAGTAILADMIN_PERMITTED_LANGUAGES = LANGUAGES
WAGTAIL_USER_TIME_ZONES = list(zones_offered())
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
# Reports, tests of letters and new passwords go there: an owner says whose it is, or an invitation proves it.
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
WAGTAIL_PASSWORD_RESET_ENABLED = "EMAIL_HOST" in globals()
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}
WAGTAILDOCS_EXTENSIONS = ["csv", "docx", "key", "odt", "pdf", "pptx", "rtf", "txt", "xlsx", "zip"]

LOGGING = log.config(DATA / "log", env.LOG_LEVEL())
