"""Pages of sign-up forms: made with a preview, shown with code and counts, leading to the own site alone."""

import pytest
from django.urls import reverse

from zoco.consent.models import Topic
from zoco.consent.signup.counting import outcome_count
from zoco.consent.signup.models import Form
from zoco.consent.tests.test_screens import AT
from zoco.project.tests.readers import body, client_of
from zoco.sites.models import Hostname, Site

pytestmark = [pytest.mark.django_db, pytest.mark.markup]


def test_a_form_is_made_previewed_and_shown_with_its_code_and_counts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    site, topic = (
        Site.objects.create(slug="shop", name="Shop"),
        Topic.objects.create(key="news", label="News"),
    )
    Hostname.objects.create(site=site, name="shop.example")
    marketer = client_of("marketer")
    assert "No form yet" in body(marketer.get(reverse("zoco_consent_forms")))
    given = {
        "name": "Footer", "key": "footer", "site": str(site.pk), "topics": [str(topic.pk)], "is_on": "on",
        "onward": "https://evil.example/", "ask_name": "needed", "text_es_consent": "<b>Acepto</b>",
        "preview_language": "es",
    }  # fmt: skip
    new = reverse("zoco_consent_form_new")

    preview = marketer.post(reverse("zoco_consent_preview"), given)
    assert "&lt;b&gt;Acepto" in preview.content.decode()
    assert preview.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "no page of the site" in body(marketer.post(new, given))
    assert not Form.objects.exists()
    made = marketer.post(new, {**given, "onward": "https://www.shop.example/thanks"})

    form = Form.objects.get()
    assert (form.fields, form.texts, list(form.topics.all())) == (
        {"name": True}, {"es": {"consent": "<b>Acepto</b>"}}, [topic],
    )  # fmt: skip
    monkeypatch.setattr("django.utils.timezone.now", lambda: AT)
    outcome_count(form=form, outcome="honeypot", at=AT)
    shown = body(marketer.get(made.headers["location"]))
    assert '<div data-zoco-form="footer"></div>' in shown
    assert "filled the field that people do not see" in shown
    marketer.post(reverse("zoco_consent_form_act", args=[form.pk]), {"act": "off"})
    form.refresh_from_db()
    assert not form.is_on
    refused = marketer.post(reverse("zoco_consent_topic_delete", args=[topic.pk]))
    assert refused.headers["location"] == reverse("zoco_consent_topic", args=[topic.pk])
