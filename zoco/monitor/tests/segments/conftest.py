"""The site and readers of shared links serve here as well."""

from zoco.monitor.tests.sharing.conftest import ana, site, store, stranger

__all__ = ["ana", "site", "store", "stranger"]
