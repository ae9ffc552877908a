"""Settings of the sites."""

from zoco.kit import conf

TRUSTED_PROXIES: conf.Setting[list[str]] = conf.declare(
    "TRUSTED_PROXIES", [], conf.names, "Networks (CIDR) whose X-Forwarded-For header is believed."
)
