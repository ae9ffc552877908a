"""The public site: its theme here, its page types in `pages`, a sub-app that needs Wagtail."""
