"""Pages of campaigns: put tags on an address, keep it as a short link, look over the tags there are."""

import io
from collections.abc import Mapping
from typing import Any

import segno
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from zoco.campaigns import reads, services
from zoco.campaigns.forms import SlugForm, TagForm
from zoco.campaigns.models import Campaign, Link, Word
from zoco.campaigns.said import LABELS, warned_said
from zoco.campaigns.tags import NEEDED, TAGS, spellings, tagged, tags_in, warned
from zoco.kit.hosts import is_own, plain_host
from zoco.ledger import sitebook
from zoco.ledger.pictures import formats
from zoco.ledger.sitebook import SiteInfo
from zoco.ledger.views.heads import head_of_site, no_site, site_chosen
from zoco.sites.models import Hostname
from zoco.sites.sourcing.reads import channel_of

SEE, ADD, CHANGE = (f"zoco_campaigns.{verb}_link" for verb in ("view", "add", "change"))
WORDS_SEE, WORDS_CHANGE = "zoco_campaigns.view_word", "zoco_campaigns.change_word"
QR_SCALE = 12


def _page(request: HttpRequest, template: str, title: str, site: SiteInfo, **values: object) -> HttpResponse:
    shown = head_of_site(title, site, sitebook.sites())
    return render(request, f"zoco/campaigns/{template}.html", shown | values)


def _site(slug: str) -> SiteInfo | None:
    """Return the site of this short name, the first for none; None when there is no site at all."""
    sites = sitebook.sites()
    return site_chosen(sites, slug) if sites else None


@never_cache
@permission_required(SEE, raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def links(request: HttpRequest) -> HttpResponse:
    """Put tags on an address, and list the short links; POST keeps the address as one."""
    site = _site((request.POST if request.method == "POST" else request.GET).get("site", ""))
    if site is None:
        return no_site(request, _("Links and QR codes"))
    if request.method == "POST":
        return _keep(request, site)
    form = TagForm(request.GET) if "target" in request.GET else TagForm()
    return _shown(request, site, form)


def _keep(request: HttpRequest, site: SiteInfo) -> HttpResponse:
    if not request.user.has_perm(ADD):
        return HttpResponse(_("You may not make links."), status=403)
    form = SlugForm(request.POST)
    if form.is_valid():
        try:
            services.link_make(
                site=site.id,
                target=form.cleaned_data["target"],
                tags=form.tags(),
                campaign=form.campaign_of(site.id),
                slug=form.cleaned_data["slug"],
                by=request.user,  # type: ignore[arg-type]
            )
        except ValidationError as error:
            for name, said in error.message_dict.items():
                form.add_error(name if name in form.fields else None, said)
        else:
            return redirect(f"{reverse('zoco_links')}?{urlencode({'site': site.slug})}#z-links")
    return _shown(request, site, form)


def _shown(request: HttpRequest, site: SiteInfo, form: TagForm) -> HttpResponse:
    now = timezone.now()
    listed, seen = reads.listed(site.id), reads.values(reads.seen(site, now))
    is_asked = form.is_bound and form.is_valid()
    return _page(
        request,
        "links",
        _("Links and QR codes"),
        site,
        form=form,
        known=[(name, list(dict.fromkeys([*listed[name], *seen[name]]))[:100]) for name in TAGS],
        made=_made(site, form, listed, seen) if is_asked else None,
        lines=_lines(request, site, reads.followed(site, now)),
        days=reads.SEEN_DAYS,
        may_add=request.user.has_perm(ADD),
        may_change=request.user.has_perm(CHANGE),
    )


def _made(
    site: SiteInfo, form: TagForm, listed: Mapping[str, list[str]], seen: Mapping[str, list[str]]
) -> dict[str, Any]:
    """Return the address with its tags, what is wrong with them, and what reports will make of it."""
    tags, target = form.tags(), form.cleaned_data["target"]
    names = tuple(Hostname.objects.filter(site=site.id).values_list("name", flat=True))
    there = {name: value for name, value in tags_in(target).items() if value}
    wrong = [warned_said(each) for each in warned(tags, listed=listed, seen=seen, before=there)]
    host = plain_host(target.partition("://")[2].partition("/")[0])
    if not is_own(host, names):
        wrong.append(
            _("%(host)s is no host of this site: tags are not seen there. A short link counts even so.")
            % {"host": host}
        )
    three = {name: tags[name] for name in NEEDED}
    channel, why = channel_of(site=site.id, **three)
    return {
        "address": tagged(target, tags),
        "wrong": wrong,
        "channel": channel,
        "why": why,
        "kept": [(name, form.cleaned_data[name]) for name in ("target", *TAGS)],
        "slug": form["slug"] if "slug" in form.fields else SlugForm()["slug"],
    }


def _lines(
    request: HttpRequest, site: SiteInfo, followed: Mapping[str, tuple[int, int]]
) -> list[dict[str, object]]:
    found = []
    for link in reads.links(site.id):
        people, times = followed.get(link.slug, (0, 0))
        found.append(
            {
                "link": link,
                "short": request.build_absolute_uri(reverse("zoco_follow", args=[link.slug])),
                "people": formats.count(people),
                "times": formats.count(times),
                "tags": ", ".join(filter(None, (link.tags[name] for name in TAGS))),
            }
        )
    return found


@permission_required(SEE, raise_exception=True)
@require_safe
def qr(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """Give the QR code of a link's short address as a picture."""
    link = get_object_or_404(Link, pk=pk)
    address = request.build_absolute_uri(reverse("zoco_follow", args=[link.slug]))
    drawn = io.BytesIO()
    segno.make_qr(address, error="m").save(drawn, kind=kind, scale=QR_SCALE, border=4, light="#fff")
    types = {"svg": "image/svg+xml", "png": "image/png"}
    answer = HttpResponse(drawn.getvalue(), content_type=types[kind])
    answer.headers["Content-Disposition"] = f'inline; filename="{link.slug}.{kind}"'
    return answer


@never_cache
@permission_required(WORDS_SEE, raise_exception=True)
@require_safe
def tags(request: HttpRequest) -> HttpResponse:
    """Show the words for tags, and which tags of the last 90 days are misspelt or doubled."""
    site = _site(request.GET.get("site", ""))
    if site is None:
        return no_site(request, _("Words for tags"))
    listed, seen = reads.listed(site.id), reads.seen(site, timezone.now())
    parts = []
    for name in TAGS:
        sessions = dict(seen[name])
        wrong = [
            (formats.count(sessions[each.value]), warned_said(each))
            for each in spellings(list(sessions), listed[name])
        ]
        stray = [value for value in sessions if listed[name] and value not in listed[name]]
        parts.append({"label": LABELS[name], "seen": len(sessions), "wrong": wrong, "stray": stray[:100]})
    return _page(
        request,
        "tags",
        _("Words for tags"),
        site,
        parts=parts,
        words=Word.objects.filter(site=site.id).order_by("tag", "value"),
        campaigns=Campaign.objects.filter(site=site.id).order_by("code"),
        days=reads.SEEN_DAYS,
        may_change=request.user.has_perm(WORDS_CHANGE),
    )
