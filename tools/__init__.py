"""The house's own tools: bootstrap, translations, checks, the reference, PostgreSQL for tests."""
