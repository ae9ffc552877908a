"""The API of people and of audiences."""

from ninja import Router

from zoco.people.gathering.api import router as audiences
from zoco.people.screens.api import router as people

router = Router()
router.add_router("", people)
router.add_router("", audiences)
