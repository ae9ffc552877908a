"""Public dashboards: shared links at the short name of a site, switched on by owners."""
