"""Sites, what is published of them, and their salts."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from pytest_django import DjangoCaptureOnCommitCallbacks

from zoco.sites import conf, published, reads, salts, services
from zoco.sites.models import CountingOrigin, GoneSite, Site

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("ZOCO_DATA", str(tmp_path))
    (tmp_path / "keys").mkdir(mode=0o700)
    reads.forget()
    yield tmp_path
    reads.forget()


def test_site_is_published_when_it_was_made(
    folder: Path, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        services.site_create(name="My shop", hostnames=["Shop.example.", "shop.example"], counting="log")

    (site,) = published.read(conf.published_path()).sites
    assert (site.slug, site.hostnames, site.counting) == ("my-shop", ("shop.example",), "log")
    assert len(site.import_key) == 64
    assert len(site.salts) == 2
    assert conf.published_path().stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"zone": "Mars/Olympus"}, "Mars/Olympus is no time zone. Write it as Europe/Madrid."),
        ({"currency": "euro"}, "Write the three letters of ISO 4217, such as EUR."),
        ({"counting": "guess"}, "'guess' is no origin; write tracker or log."),
    ],
)
def test_site_that_cannot_be_is_refused(wrong: dict[str, str], message: str) -> None:
    with pytest.raises(services.SiteWrong) as refused:
        services.site_create(name="Shop", **wrong)  # type: ignore[arg-type]

    assert message in str(refused.value)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("bücher.example", "xn--bcher-kva.example"),
        ("https://Shop.example/cart?a=b", "shop.example"),
        ("shop.example:8443", "shop.example"),
    ],
)
def test_host_name_is_kept_as_collectors_compare_it(written: str, kept: str) -> None:
    site = services.site_create(name="Shop", hostnames=[written])

    assert reads.site_info(site).hostnames == (kept,)
    assert services.sites_publish().sites[0].hostnames == (kept,)


def test_what_is_no_host_name_is_refused() -> None:
    with pytest.raises(
        services.SiteWrong, match=r"'my shop' is no host name; write it as www\.shop\.example"
    ):
        services.site_create(name="Shop", hostnames=["shop.example", "my shop"])


def test_host_name_belongs_to_one_site() -> None:
    services.site_create(name="One", hostnames=["one.example"])

    with pytest.raises(services.SiteWrong, match=r"one\.example belongs to the site one; take it away"):
        services.site_create(name="Two", hostnames=["one.example"])


def test_salts_are_made_a_day_ahead_and_destroyed_after_48_hours(folder: Path) -> None:
    first = salts.salts_kept("k", "Europe/Madrid", at=datetime(2026, 5, 1, 21, 59, tzinfo=UTC))
    second = salts.salts_kept("k", "Europe/Madrid", at=datetime(2026, 5, 1, 22, 0, tzinfo=UTC))
    third = salts.salts_kept("k", "Europe/Madrid", at=datetime(2026, 5, 2, 22, 0, tzinfo=UTC))

    assert list(first) == ["2026-05-01", "2026-05-02"]
    assert list(second) == ["2026-05-01", "2026-05-02", "2026-05-03"]
    assert second["2026-05-02"] == first["2026-05-02"]
    assert list(third) == ["2026-05-02", "2026-05-03", "2026-05-04"]
    assert salts.days_kept("k") == [date(2026, 5, 2), date(2026, 5, 3), date(2026, 5, 4)]
    assert len(set(third.values())) == 3


def test_salt_of_a_day_that_has_passed_is_not_made_anew() -> None:
    salts.salts_kept("k", "UTC", at=datetime(2026, 5, 1, tzinfo=UTC))

    later = salts.salts_kept("k", "UTC", at=datetime(2026, 6, 1, tzinfo=UTC))

    assert list(later) == ["2026-06-01", "2026-06-02"]


def test_import_key_stays() -> None:
    assert salts.import_key("k") == salts.import_key("k") != salts.import_key("other")


def test_keys_of_a_deleted_site_are_destroyed(
    folder: Path, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        site = services.site_create(name="Shop")
    keys = folder / "keys" / "sites" / site.key_name
    assert keys.is_dir()

    with django_capture_on_commit_callbacks(execute=True):
        services.site_delete(site=site)

    assert not keys.exists()
    assert published.read(conf.published_path()).sites == ()


def test_site_is_made_and_changed_in_the_admin(
    client: Client, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    client.force_login(get_user_model().objects.create_superuser("ann", password="x"))
    form = {
        "name": "Shop",
        "slug": "shop",
        "zone": "Europe/Madrid",
        "currency": "EUR",
        "week_start": "0",
        "retention_days": "0",
        "search_parameters": "q",
        "host_names": "shop.example\nwww.shop.example",
        "counting": "log",
    }

    with django_capture_on_commit_callbacks(execute=True):
        made = client.post("/admin/counted-sites/new/", form)
    site = Site.objects.get()
    with django_capture_on_commit_callbacks(execute=True):
        client.post(
            f"/admin/counted-sites/edit/{site.pk}/", form | {"counting": "tracker", "host_names": "a.example"}
        )

    assert made.status_code == 302
    assert list(site.hostnames.values_list("name", flat=True)) == ["a.example"]
    assert list(site.counting_origins.values_list("origin", flat=True)) == ["log", "tracker"]
    assert site.counting_origins.order_by("since")[0].since == date(1970, 1, 1)
    assert published.read(conf.published_path()).sites[0].hostnames == ("a.example",)
    assert client.get("/admin/counted-sites/").status_code == 200
    with django_capture_on_commit_callbacks(execute=True):
        slip = client.post(f"/admin/counted-sites/delete/{site.pk}/", {"name": "Other"})
        assert "This is not the name of the site" in slip.content.decode()
        assert Site.objects.filter(pk=site.pk).exists()
        client.post(f"/admin/counted-sites/delete/{site.pk}/", {"name": site.name})
    assert list(GoneSite.objects.values_list("site", flat=True)) == [site.pk]
    assert not CountingOrigin.objects.exists()
    assert published.read(conf.published_path()).sites == ()


@pytest.mark.django_db
def test_the_page_that_asks_to_delete_a_site_says_what_goes_and_when(admin_client: Client) -> None:
    site = Site.objects.create(slug="gone", name="Gone shop")

    page = admin_client.get(f"/admin/counted-sites/delete/{site.pk}/").content.decode()

    assert "exported files are erased in the background, within minutes" in page
