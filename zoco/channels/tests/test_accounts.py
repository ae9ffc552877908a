"""Accounts: their secrets are sealed, stay with their account, and are seen nowhere."""

from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from zoco.channels.contract import CHANNELS, Channel
from zoco.channels.models import Account
from zoco.channels.sealing import SealBroken, is_current, opened, seal
from zoco.channels.services import account_check, account_open, account_prefer, account_save, accounts_reseal
from zoco.channels.tests.conftest import NOON, account_of
from zoco.project.models import Change
from zoco.testing.channels import FakeChannel, channel_holds
from zoco.testing.channels import account_of as trial_of
from zoco.testing.contracts import ContractBroken

pytestmark = pytest.mark.django_db


def test_every_adapter_holds_the_contract() -> None:
    assert "fake" in CHANNELS
    for channel in CHANNELS:
        channel_holds(channel)


def test_adapter_that_tells_its_secrets_is_found() -> None:
    class Leaky(FakeChannel):
        def check(self, account: Any) -> None:
            from zoco.channels.contract import CheckFailed

            raise CheckFailed(f"I said {account.secrets['word']}")

    with pytest.raises(ContractBroken, match="tells its secrets"):
        channel_holds(Leaky())


def test_secret_is_sealed_and_bound_to_its_account(account: Account, file: Path) -> None:
    stored = Account.objects.values_list("secrets", flat=True).get()

    assert "honeycomb" not in stored
    assert account_open(account).secrets == {"word": "honeycomb"}
    assert "honeycomb" not in repr(account_open(account)) + str(account_open(account).secrets)
    assert account_open(account).secrets.scrubbed("no honeycomb here") == "no ••• here"
    other = account_of("other", file)
    other.secrets = stored
    with pytest.raises(SealBroken, match="changed in the database"):
        account_open(other)


def test_secret_that_is_not_entered_again_stays(account: Account, file: Path) -> None:
    account_save(account=account, settings={"file": str(file), "answer": "later"}, secrets={"word": ""})

    ready = account_open(Account.objects.get())
    assert (ready.settings["answer"], ready.secrets) == ("later", {"word": "honeycomb"})


@pytest.mark.parametrize(
    ("adapter", "other"),
    [
        ("email", {"host": "mail.thief.example"}),
        ("email", {"port": 2525}),
        ("email", {"tls": "tls"}),
        ("email", {"user": "thief"}),
        ("hook", {"url": "https://thief.example/hook"}),
    ],
)
def test_kept_secret_does_not_go_to_another_place(adapter: str, other: dict[str, Any]) -> None:
    given = {**CHANNELS.get(adapter).example, "host": "smtp.shop.example", "url": "https://shop.example/hook"}
    made = account_save(account=Account(adapter=adapter, name="a"), settings=given, secrets=given)
    before = (made.options, made.secrets)

    with pytest.raises(ValidationError, match="Enter it again: it would go to another place") as refused:
        account_save(account=made, settings=given | other, secrets={})

    assert tuple(refused.value.message_dict) == CHANNELS.get(adapter).secret_names
    assert Account.objects.values_list("options", "secrets").get() == before
    account_save(account=made, settings={**given, "from_name": "New"}, secrets={})
    account_save(account=made, settings=given | other, secrets=given)


def test_password_goes_with_the_user_it_is_of() -> None:
    given = {**CHANNELS.get("email").example, "host": "smtp.shop.example"}
    made = account_save(account=Account(adapter="email", name="a"), settings=given, secrets=given)

    account_save(account=made, settings=given | {"host": "relay.shop.example", "user": ""}, secrets={})

    assert account_open(made).secrets == {}


def test_log_of_changes_tells_what_changed_and_no_secret(account: Account, file: Path) -> None:
    account_save(account=account, settings={"file": str(file), "answer": "later"}, secrets={"word": "wax"})

    lines = [each.details for each in Change.objects.filter(kind="zoco_channels.account").order_by("pk")]
    assert lines[-1] == {"answer": ["take", "later"], "word": ["•••", "•••"]}
    assert not any(word in str(lines) for word in ("honeycomb", "wax"))


def test_new_key_opens_and_seals_anew_what_an_old_one_sealed(account: Account, settings: Any) -> None:
    old = settings.SECRET_KEY
    settings.SECRET_KEY = "another key"
    with pytest.raises(SealBroken, match="SECRET_KEY_FALLBACKS"):
        account_open(account)
    assert accounts_reseal() == 0

    settings.SECRET_KEY_FALLBACKS = [old]
    assert account_open(account).secrets == {"word": "honeycomb"}
    assert accounts_reseal() == 1
    assert accounts_reseal() == 0

    settings.SECRET_KEY_FALLBACKS = []
    account.refresh_from_db()
    assert account_open(account).secrets == {"word": "honeycomb"}
    assert is_current(account.secrets)


def test_cut_and_changed_seals_do_not_open() -> None:
    sealed = seal({"word": "honeycomb"}, account="a")
    for wrong in (sealed[:-6], sealed[:-5] + "AAAA=", "1.00.x", "2" + sealed[1:], "x"):
        with pytest.raises(SealBroken):
            opened(wrong, account="a")


def test_account_that_does_not_work_says_why(account: Account, tmp_path: Path) -> None:
    assert account_check(account=account, at=NOON)
    account_of("fake", tmp_path / "away" / "fake")
    account.refresh_from_db()

    assert not account_check(account=account, at=NOON)

    account.refresh_from_db()
    assert (account.checked_at, account.failure) == (
        NOON,
        f"There is no folder for {tmp_path / 'away' / 'fake'}.",
    )


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ({"file": "", "answer": "take"}, "file"),
        ({"file": "x", "answer": "dance"}, "answer"),
        ({"file": "x\r\ny", "answer": "take"}, "file"),
    ],
)
def test_settings_that_cannot_be_are_refused_at_their_field(settings: dict[str, str], field: str) -> None:
    with pytest.raises(ValidationError) as refused:
        account_save(account=Account(adapter="fake", name="x"), settings=settings, secrets={})

    assert list(refused.value.message_dict) == [field]
    assert not Account.objects.exists()


def test_first_account_is_the_usual_one_until_another_is_preferred(account: Account, file: Path) -> None:
    other = account_of("other", file)
    assert (account.is_default, other.is_default) == (True, False)

    account_prefer(account=other)

    assert list(Account.objects.filter(is_default=True)) == [other]


def test_trial_account_has_the_defaults_of_its_adapter(fake: Channel) -> None:
    assert trial_of(fake, {"file": "x"}).settings == {"file": "x", "answer": "take"}
