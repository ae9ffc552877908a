"""A site with a survey of every kind of question, and readers who answer it."""

from datetime import UTC, datetime
from typing import Any

from django.test import Client
from django.utils import timezone

from zoco.consent.signup.challenges import challenge_make, is_worked
from zoco.sites.models import Site
from zoco.surveys.designs import Brand, Question
from zoco.surveys.models import Survey, SurveyDay
from zoco.surveys.services import survey_make, survey_start

AT = datetime(2026, 5, 17, 12, tzinfo=UTC)
SHOP, OTHER = "https://www.shop.example", "https://other.example"
QUESTIONS = (
    Question("", "nps", {"en": "Would you recommend us?", "es": "¿Nos recomendaría?"}, is_needed=True),
    Question("", "csat", {"en": "How satisfied are you?"}),
    Question("", "unaided", {"en": "Which shops come to mind?"}, brands=(
        Brand("Acme", ("akme",)), Brand("Globex"), Brand("京东", ("jd",)),
    )),
    Question("", "aided", {"en": "Which of these do you know?"}, {"en": ["Acme", "Globex", "None"]}),
    Question("", "single", {"en": "Where do you buy?", "es": "¿Dónde compra?"},
             {"en": ["Online", "In town"], "es": ["En línea", "En el centro"]}),
    Question("", "multiple", {"en": "What do you read?"}, {"en": ["Books", "Papers", "Nothing"]}),
    Question("", "text", {"en": "What shall we do better?"}),
)  # fmt: skip
ANSWERS = {
    "q1": "9", "q2": "4", "q3": "akme, Initech", "q4": ["1", "3"], "q5": "2", "q6": ["2"], "q7": "Faster!",
}  # fmt: skip
KEPT = {
    "q1": 9, "q2": 4, "q3": "akme, Initech", "q4": ["1", "3"], "q5": ["2"], "q6": ["2"], "q7": "Faster!",
}  # fmt: skip


def site_made() -> Site:
    made: Site = Site.objects.create(pk=1, slug="shop", name="Shop", zone="Europe/Madrid", currency="EUR")
    made.hostnames.create(name="shop.example")
    return made


def survey_drafted(questions: tuple[Question, ...] = QUESTIONS, key: str = "shop-2026") -> Survey:
    return survey_make(
        site=1, key=key, name="Spring", questions=questions, texts={"es": {"thanks": "¡Gracias!"}}
    )


def survey_running(questions: tuple[Question, ...] = QUESTIONS, key: str = "shop-2026") -> Survey:
    return survey_start(survey=survey_drafted(questions, key).pk, at=AT)


def worked(survey: Survey) -> dict[str, str]:
    challenge = challenge_make(f"survey-{survey.key}", at=timezone.now())
    work = next(str(each) for each in range(10_000_000) if is_worked(challenge, str(each)))
    return {"challenge": challenge, "work": work}


def sent(survey: Survey, given: dict[str, Any], accept: str = "application/json", **headers: str) -> Any:
    told = {"origin": SHOP, "accept": accept} | headers
    body = {"language": "en", "way": "page", **given}
    return Client(enforce_csrf_checks=True).post(f"/survey/{survey.key}", body, headers=told)


def counted(survey: Survey) -> dict[str, int]:
    return dict(SurveyDay.objects.filter(survey=survey).values_list("outcome", "count"))
