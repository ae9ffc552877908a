"""Client hints that no browser sends: whoever asks writes them, so they may break and slow nothing."""

import time

import pytest

from zoco.collector.event import Event
from zoco.collector.steps import device
from zoco.collector.steps.device import Device, hinted
from zoco.ledger.schema import Fact
from zoco.sites.published import PublishedSite


@pytest.mark.parametrize("version", ['"²"', '"1²"', '"' + "9" * 5_000 + '"', '"', "", '"-1"'])
def test_a_version_that_is_no_number_breaks_nothing(version: str) -> None:
    hints = {"sec-ch-ua-platform": '"Windows"', "sec-ch-ua-platform-version": version}

    assert hinted(Device(), hints).os == "Windows"


@pytest.mark.alone
def test_long_hints_take_no_time() -> None:
    began = time.process_time()

    for brands in ('"\\' * 30_000, '"a' * 30_000, '"a"' + " " * 60_000, '"a";v="1",' * 6_000):
        hinted(Device(), {"sec-ch-ua": brands})

    assert time.process_time() - began < 2


def test_hints_too_long_to_keep_are_not_kept_in_part(site: PublishedSite) -> None:
    fact = Fact(id="0", site=7, name="", origin="tracker", occurred_at=1)

    long = device.step(Event(site=site, fact=fact, hints={"sec-ch-ua": "x" * 3_000}))
    assert long.fact.client_hints == ""

    short = device.step(Event(site=site, fact=fact, hints={"sec-ch-ua-platform": '"Linux"'}))
    assert short.fact.client_hints == r'{"sec-ch-ua-platform":"\"Linux\""}'
