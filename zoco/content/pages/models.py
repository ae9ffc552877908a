"""Home page and standard pages. A page is shown in its own language, whatever the reader's browser asks."""

from typing import Any

from django.db import models
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page, Site
from wagtail.search import index

from zoco.content.pages.blocks import Body
from zoco.content.tracker import asks_consent, counted_site


class SitePage(Page):
    """What all pages of the site have; not a page type by itself."""

    intro = models.TextField(
        _("introduction"), blank=True, help_text=_("One or two sentences under the heading.")
    )
    body = StreamField(Body(required=False), verbose_name=_("body"), blank=True)

    content_panels = [*Page.content_panels, FieldPanel("intro"), FieldPanel("body")]
    search_fields = [*Page.search_fields, index.SearchField("intro"), index.SearchField("body")]

    class Meta:
        abstract = True

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the menu, the other languages, and the site that counts its visits."""
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        home = _home(self, request)
        is_preview = getattr(request, "is_preview", False)
        context["home"] = {"title": home.title, "url": home.get_url(request)}
        context["menu"] = [
            {"title": each.title, "url": each.get_url(request), "is_here": each.pk == self.pk}
            for each in home.get_children().live().public().in_menu().specific()
        ]
        context["languages"] = [
            {
                "code": each.locale.language_code,
                "name": each.locale.get_display_name(),
                "url": each.get_url(request),
            }
            for each in self.get_translations().live().public().select_related("locale").order_by("locale_id")
        ]
        context["address"] = request.build_absolute_uri(self.get_url(request) or request.path)
        context["counted"] = None if is_preview else counted_site(request.get_host())
        context["asks_consent"] = bool(context["counted"]) and asks_consent(request.get_host())
        return context

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer in the page's language."""
        code = self.locale.language_code
        with translation.override(code):
            response: Any = super().serve(request, *args, **kwargs)
            if hasattr(response, "render"):
                response.render()
        response.headers["Content-Language"] = code
        if any(block.block_type == "trial" for block in self.body):  # another reader sees another variant
            response.headers["Cache-Control"] = "private, no-store"
        return response  # type: ignore[no-any-return]


def _home(page: Page, request: HttpRequest) -> Page:
    """Return the home page above this one, which has the language of this one."""
    site = Site.find_for_request(request)
    depth = site.root_page.depth if site else 2
    found = page.get_ancestors(inclusive=True).filter(depth=depth).first()
    return found.specific if found else page


class HomePage(SitePage):
    """The first page of a site, once for each language."""

    template = "zoco/content/page.html"
    parent_page_types = ["wagtailcore.Page"]
    subpage_types = ["zoco_content_pages.StandardPage"]

    class Meta:
        verbose_name = _("home page")
        verbose_name_plural = _("home pages")


class StandardPage(SitePage):
    """A page with a heading, an introduction and a body."""

    template = "zoco/content/page.html"
    parent_page_types = ["zoco_content_pages.HomePage", "zoco_content_pages.StandardPage"]
    subpage_types = ["zoco_content_pages.StandardPage"]

    class Meta:
        verbose_name = _("standard page")
        verbose_name_plural = _("standard pages")
