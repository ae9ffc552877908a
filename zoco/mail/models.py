"""Models of mail: they stand in the packages that own them."""

from zoco.mail.journeys.models import Journey, JourneyVersion, StepDue, Traveller

__all__ = ["Journey", "JourneyVersion", "StepDue", "Traveller"]
