"""How many connections an account has at once."""

import pytest
from django.core.exceptions import ValidationError

from zoco.channels.bulk.running import lines_of
from zoco.channels.models import Account
from zoco.channels.services import account_save

pytestmark = pytest.mark.django_db


def test_an_account_says_how_many_connections_it_has() -> None:
    said = {"from_address": "a@shop.example", "host": "127.0.0.1", "tls": "plain"}
    many, usual = (Account(adapter="email", name=name) for name in ("many", "usual"))
    account_save(account=many, settings={**said, "lines": "50"}, secrets={})
    account_save(account=usual, settings=said, secrets={})

    assert [lines_of(each.options) for each in (many, usual)] == [50, 20]
    assert lines_of({}) == 20
    account_save(account=many, settings={**said, "lines": ""}, secrets={})
    assert lines_of(many.options) == 20
    for wrong in ("101", "-3"):
        with pytest.raises(ValidationError, match="connection"):
            account_save(account=many, settings={**said, "lines": wrong}, secrets={})
