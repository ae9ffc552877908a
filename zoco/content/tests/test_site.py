"""The public site: the first home page, what a page carries, what robots are told, who may write."""

from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import reverse
from wagtail.models import Locale, Page, Site

from zoco.consent.signup.models import Form
from zoco.content.pages.first import home_ensure
from zoco.content.pages.models import HomePage, StandardPage
from zoco.content.pages.rights import rights_ensure
from zoco.ledger import sitebook
from zoco.project.roles import roles_ensure
from zoco.sites import reads, services
from zoco.sites.models import Site as CountedSite

pytestmark = pytest.mark.django_db
ADDRESS = urlsplit("https://honey.example:8443")


@pytest.fixture
def home() -> HomePage:
    assert home_ensure(ADDRESS)
    reads.forget()
    made: HomePage = HomePage.objects.get()
    return made


def _standard(parent: Page, title: str, **values: Any) -> StandardPage:
    page = StandardPage(title=title, **values)
    parent.add_child(instance=page)
    return page


def test_first_home_page_replaces_the_example_once(home: HomePage) -> None:
    site = Site.objects.get()

    assert site.root_page_id == home.pk
    assert (site.hostname, site.port) == ("honey.example", 8443)
    assert not Page.objects.filter(title__startswith="Welcome to your new Wagtail").exists()
    assert not home_ensure(ADDRESS)

    site.root_page.delete()

    assert not home_ensure(ADDRESS)
    assert not HomePage.objects.exists()


def test_example_that_was_changed_stays() -> None:
    example = Site.objects.get().root_page
    example.title = "My own"
    example.save()

    assert not home_ensure(ADDRESS)
    assert Site.objects.get().root_page_id == example.pk


def test_page_has_its_parts_and_is_light(home: HomePage, client: Client) -> None:
    body = [
        ("text", "<h2>Bees</h2><p>About <b>bees</b>.</p>"),
        ("quote", {"text": "So good!", "who": "Ana"}),
        ("button", {"text": "Go", "page": None, "address": "https://example.org/"}),
    ]
    _standard(home, "About us", slug="about", show_in_menus=True, body=body, search_description="Who we are")
    _standard(home, "Hidden", slug="hidden", intro="Not in the menu")

    answer = client.get("/about/")
    text = answer.content.decode()

    assert answer.status_code == 200
    assert text.lstrip().startswith("<!DOCTYPE html>")
    assert '<html lang="en">' in text
    assert text.count("<h1>") == 1
    for part in (
        '<a class="skip" href="#main">',
        '<a href="/about/" aria-current="page">About us</a>',
        '<meta name="description" content="Who we are">',
        '<link rel="canonical" href="http://testserver/about/">',
        "<blockquote><p>So good!</p></blockquote><figcaption>Ana</figcaption>",
        '<a class="button" href="https://example.org/">Go</a>',
    ):
        assert part in text
    assert "Hidden" not in text
    assert "style=" not in text
    assert "<script" not in text
    style = finders.find("zoco/content/site.css")
    with open(str(style), "rb") as file:  # noqa: PTH123
        assert len(answer.content) + len(file.read()) < 20_000


def test_tracker_is_on_pages_of_counted_hosts_and_not_in_previews(home: HomePage, client: Client) -> None:
    line = "<script defer src="
    assert line not in client.get("/").content.decode()

    services.site_create(name="Shop", hostnames=["testserver"])

    page = client.get("/").content.decode()
    assert f'<script defer src="{sitebook.site().tracker}"></script>' in page
    assert f'<noscript><img src="{sitebook.site().image}" alt=""></noscript>' in page
    assert line not in home.make_preview_request().content.decode()
    assert line not in client.get("/", headers={"host": "127.0.0.1"}).content.decode()

    services.site_hostnames_set(site=CountedSite.objects.get(), hostnames=[])
    services.site_create(name="Demo", hostnames=["testserver"], is_demo=True)

    assert line not in client.get("/").content.decode()


def test_pages_of_a_site_that_asks_for_consent_carry_the_banner_and_a_way_back(
    home: HomePage, client: Client
) -> None:
    site = services.site_create(name="Shop", hostnames=["testserver"])
    parts = (
        '<script defer src="/consent.js"></script>',
        "data-zoco-consent>Privacy choices<",
        "data-zoco-id",
    )
    assert not any(part in client.get("/").content.decode() for part in parts)

    services.site_consent_set(site=site, has_banner=True, privacy_signals="anonymous")

    page = client.get("/").content.decode()
    assert [part for part in parts if part not in page] == []
    assert page.index("/consent.js") > page.index(sitebook.site().tracker)
    assert not any(part in home.make_preview_request().content.decode() for part in parts)


def test_each_language_has_its_own_address(home: HomePage, client: Client) -> None:
    spanish = Locale.objects.create(language_code="es")
    copy = home.copy_for_translation(spanish)
    copy.title = "Bienvenida"
    copy.save_revision().publish()

    first = client.get("/", headers={"accept-language": "es"})
    second = client.get("/es/", headers={"accept-language": "ru"})

    assert '<html lang="en">' in first.content.decode()
    assert '<a href="/es/" lang="es" hreflang="es">' in first.content.decode()
    assert '<html lang="es">' in second.content.decode()
    assert "Ir al contenido" in second.content.decode()
    assert second.headers["Content-Language"] == "es"
    assert "Bienvenida" in second.content.decode()
    assert (
        'lang="ru"'
        in client.get(reverse("wagtailadmin_login"), headers={"accept-language": "ru"}).content.decode()
    )


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("en", "There is no such page"),
        ("es", "Esta página no existe"),
        ("ru", "Такой страницы нет"),
        ("zh-hans", "页面不存在"),
    ],
)
def test_missing_page_is_told_in_the_readers_language(client: Client, code: str, words: str) -> None:
    answer = client.get("/nothing/here/", headers={"accept-language": code})

    assert answer.status_code == 404
    assert f'<html lang="{code}">' in answer.content.decode()
    assert words in answer.content.decode()
    assert "zoco/content/site.css" in answer.content.decode()


def test_sitemap_lists_public_pages_in_all_languages(home: HomePage, client: Client) -> None:
    _standard(home, "About", slug="about")
    _standard(home, "Draft", slug="draft", live=False)
    home.copy_for_translation(Locale.objects.create(language_code="es")).save_revision().publish()

    text = client.get("/sitemap.xml").content.decode()

    assert "<loc>http://testserver/about/</loc>" in text
    assert "<loc>http://testserver/es/</loc>" in text
    assert '<xhtml:link rel="alternate" hreflang="es" href="http://testserver/es/"/>' in text
    assert "draft" not in text
    assert client.get("/robots.txt").content.decode().splitlines() == [
        "User-agent: *",
        "Disallow: /admin/",
        "Disallow: /api/",
        "",
        "Sitemap: http://testserver/sitemap.xml",
    ]


def test_marketer_writes_and_publishes_and_analyst_does_not(home: HomePage) -> None:
    roles_ensure()
    rights_ensure()
    may = {}
    for role in ("owner", "marketer", "analyst"):
        user = get_user_model().objects.create_user(role, password="hexagon-comb-12")
        user.groups.add(Group.objects.get(name=role))
        tester = home.permissions_for_user(user)
        may[role] = (tester.can_add_subpage(), tester.can_edit(), tester.can_publish())

    assert may == {
        "owner": (True, True, True),
        "marketer": (True, True, True),
        "analyst": (False, False, False),
    }


def test_pages_have_a_strict_policy(home: HomePage, client: Client) -> None:
    policy = client.get("/").headers["Content-Security-Policy"]

    assert "default-src 'none'" in policy
    assert "unsafe-inline" not in policy
    assert settings.LANGUAGE_CODE == "en"


def test_a_page_holds_a_form_in_its_own_language_and_nothing_of_its_reader(home: HomePage) -> None:
    form = Form.objects.create(
        key="news", name="News", site=services.site_create(name="Honey", hostnames=["honey.example"]),
        texts={"en": {"button": "Send me <letters>"}},
    )  # fmt: skip
    page = _standard(home, "Letters", body=[("signup", {"form": "news"}), ("signup", {"form": "gone"})])

    shown = Client().get(page.get_url())

    text = shown.content.decode()
    assert text.count("data-zoco-signup") == 1
    assert 'action="/f/news"' in text
    assert "Send me &lt;letters&gt;" in text
    assert "challenge" not in text
    assert "/f/form.js" in text
    assert not shown.cookies
    form.delete()
    assert "data-zoco-signup" not in Client().get(page.get_url()).content.decode()
