"""The client of OpenFeature, as others use it, against a server on loopback: what it is told, and refused."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import get_user_model

from zoco.people.models import NUMBER_BASE, Person
from zoco.project.entry.keys.services import key_make
from zoco.project.tests.readers import client_of
from zoco.sites import reads
from zoco.sites.services import sites_publish
from zoco.trials.deciding import dealt_arm
from zoco.trials.designs import ArmPlan
from zoco.trials.flags.models import Kind
from zoco.trials.flags.rules import Rule, Variant
from zoco.trials.flags.services import flag_make
from zoco.trials.remote import views
from zoco.trials.services import trial_start
from zoco.trials.tests.simulated import draft, site_made

ofrep = pytest.importorskip(
    "openfeature.contrib.provider.ofrep", reason="make test installs the client of OpenFeature"
)
api, contexts, exceptions = (
    import_module(f"openfeature.{name}") for name in ("api", "evaluation_context", "exception")
)
EvaluationContext, ErrorCode = contexts.EvaluationContext, exceptions.ErrorCode
pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)
NOW = datetime.now(UTC)
ON_OFF = (Variant("on", "true"), Variant("off", "false"))


@pytest.fixture(autouse=True)
def _site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("ZOCO_DATA", str(tmp_path))
    site_made()
    reads.forget()
    views.pace.clear()
    sites_publish()
    yield
    reads.forget()


def client_for(url: str, headers: dict[str, str]) -> Any:
    api.set_provider(ofrep.OFREPProvider(url, headers_factory=lambda: headers))
    return api.get_client()


def flags_make() -> None:
    made: dict[str, Any] = {"site": 1, "at": NOW, "unit": "person", "is_on": True}
    rules = (Rule("on", prop="plan", values=("pro",)),)
    flag_make(
        key="basket", name="Basket", variants=ON_OFF, off_variant="off", default_variant="off", rules=rules,
        **made,
    )  # fmt: skip
    flag_make(
        key="rows", name="Rows", kind=Kind.NUMBER, variants=(Variant("few", "5"), Variant("many", "50")),
        off_variant="few", default_variant="many", **made,
    )  # fmt: skip
    flag_make(
        key="scale", name="Scale", kind=Kind.NUMBER, variants=(Variant("one", "1"), Variant("half", "0.5")),
        off_variant="half", default_variant="one", **made,
    )  # fmt: skip


def token_made() -> str:
    """Return a key of the API that may ask for trials."""
    client_of("analyst")
    _key, token = key_make(
        name="app", scopes=("trials:read",), sites=None, expires_at=NOW + timedelta(days=9), at=NOW,
        by=get_user_model().objects.get(),
    )  # fmt: skip
    return token


def test_the_client_of_openfeature_is_told_arms_and_flags_and_why_it_is_refused(live_server: Any) -> None:
    arms = (ArmPlan("a", value="long"), ArmPlan("b", value="short"))
    trial = trial_start(trial=draft(arms=arms, unit="person").pk, at=NOW - timedelta(days=1))
    flags_make()
    ana = Person.objects.create(name="Ana", created_at=NOW, changed_at=NOW)
    client = client_for(f"{live_server.url}/api", {"Authorization": f"Bearer {token_made()}"})
    context = EvaluationContext(str(ana.pk), {"plan": "pro", "site": "shop"})

    told = client.get_string_details("headline", "none", context)
    switched = client.get_boolean_details("basket", False, context)
    number = client.get_integer_details("rows", 1, context)
    scale = client.get_float_details("scale", 0.1, context)
    unknown = client.get_string_details("nothing", "none", context)
    keyless = client.get_string_details("headline", "none", EvaluationContext())
    other = client.get_boolean_details("basket", False, EvaluationContext("1", {"site": "nowhere"}))
    stranger = client_for(f"{live_server.url}/api", {"Authorization": "Bearer of-nobody"}).get_string_details(
        "headline", "none", context
    )

    arm = dealt_arm(trial, NUMBER_BASE | ana.pk)
    assert (told.variant, told.value, told.reason) == (arm, {"a": "long", "b": "short"}[arm or ""], "SPLIT")
    assert told.flag_metadata == {"counts": True, "control": arm == "a"}
    assert (switched.value, switched.variant, switched.reason) == (True, "on", "TARGETING_MATCH")
    assert (number.value, number.variant) == (50, "many")
    assert (scale.value, scale.variant) == (1.0, "one")
    assert (unknown.value, unknown.error_code) == ("none", ErrorCode.FLAG_NOT_FOUND)
    assert (keyless.value, keyless.error_code) == ("none", ErrorCode.TARGETING_KEY_MISSING)
    assert (other.value, other.error_code) == (False, ErrorCode.FLAG_NOT_FOUND)
    assert (stranger.value, stranger.error_message) == ("none", "unauthorized")
