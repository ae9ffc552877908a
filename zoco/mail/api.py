"""The API of mail: so far, letters."""

from zoco.mail.editing.api import router

__all__ = ["router"]
