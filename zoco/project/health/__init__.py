"""How an installation is: checks, measures for Prometheus, the owner's page, notices."""
