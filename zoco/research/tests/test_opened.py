"""What a table of contracts opens to: cohorts that are taken together have a method of their own."""

import pytest
from django.test import Client

from zoco.project.tests.readers import body, client_of
from zoco.research.contracts.forms import COHORTS, EXAMPLE
from zoco.research.contracts.runs import table_through
from zoco.research.models import ContractTable
from zoco.sites.models import Site

pytestmark = pytest.mark.django_db
PAGE = "/admin/research/contracts/"
ASKED = {"site": "shop", "name": "Paper", "period": "year", "discount": "10", "money": "", "text": EXAMPLE}


def opened(client: Client, columns: str) -> str:
    client.post(PAGE, {**ASKED, "columns": columns})
    table = ContractTable.objects.latest("pk")
    table_through(key=table.pk)
    return body(client.get(f"{PAGE}{table.pk}/"))


def test_cohorts_together_name_how_they_are_and_kinds_apart_do_not(site: Site) -> None:
    marketer = client_of("marketer")

    together, apart = opened(marketer, COHORTS), opened(marketer, "kinds")

    assert together.count("E. L. Kaplan, P. Meier, J. Amer. Statist. Assoc. 53 (1958) 457–481") == 1
    assert "Was there, cohorts together" in together
    assert "Kaplan" not in apart
    assert "cohorts together" not in apart
