"""A host without Wagtail: its own accounts, a second database, gunicorn."""
