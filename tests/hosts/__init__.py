"""Zoco inside other people's projects: a plain Django one under gunicorn, and Wagtail's start project."""
