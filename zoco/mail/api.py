"""The API of mail: letters to one person, and people onto journeys."""

from ninja import Router

from zoco.mail.editing.api import router as letters
from zoco.mail.journeys.api import router as journeys

router = Router()
router.add_router("", letters)
router.add_router("", journeys)

__all__ = ["router"]
