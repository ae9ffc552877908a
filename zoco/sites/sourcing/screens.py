"""The page "Source channels": try a visit, what the site adds, the order, the lists, the history."""

from itertools import groupby
from typing import Any
from urllib.parse import urlsplit

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from zoco.kit.hosts import plain_host
from zoco.ledger.pictures import formats
from zoco.ledger.views.heads import head_of_site, no_site, site_chosen
from zoco.sites import reads
from zoco.sites.models import Site
from zoco.sites.sources.channels import RULES, Judged, judged
from zoco.sites.sources.networks import CLICK_IDS, known_networks
from zoco.sites.sources.origin import origin_of
from zoco.sites.sources.own import OwnSources
from zoco.sites.sourcing import services
from zoco.sites.sourcing.models import SourceNetwork, SourceRun
from zoco.sites.sourcing.said import channel_said, network_said, own_said, rule_said, why

SEE, CHANGE = "zoco_sites.view_site", "zoco_sites.change_sourcerule"
LONGEST = 2_000
# Pages that show the run too.
BACK = {"verdicts": "zoco_verdicts"}


@never_cache
@permission_required(SEE, raise_exception=True)
@require_safe
def sources(request: HttpRequest) -> HttpResponse:
    """Show everything about where visits of a site come from."""
    sites = reads.sites_seen()
    if not sites:
        return no_site(request, _("Source channels"))
    site = site_chosen(sites, request.GET.get("site", ""))
    own = services.own_sources(site)
    shown = {
        **head_of_site(_("Source channels"), site, sites),
        "asked": {name: request.GET.get(name, "")[:LONGEST] for name in ("referrer", "landing")},
        "found": _found(request, site, own),
        "rules": _rules(site, own),
        "networks": sorted(site.source_networks.all(), key=lambda each: each.host),
        "order": [
            (number, channel_said(rule.channel), rule_said(rule)) for number, rule in enumerate(RULES, 1)
        ],
        "lists": _lists(),
        "click_ids": sorted((name, source) for name, (source, _medium) in CLICK_IDS.items()),
        "may_change": request.user.has_perm(CHANGE),
        "can_apply": services.can_apply(),
        **run_shown(services.last_run(site.pk)),
    }
    return render(request, "zoco/sites/sources.html", shown)


def run_shown(run: SourceRun | None) -> dict[str, object]:
    """Return what the template "zoco/sites/run.html" shows of a run."""
    if run is None:
        return {"run": None}
    looked = formats.count(run.facts)
    return {
        "run": run,
        "run_said": _(run.said) if run.said else "",
        "run_facts": f"{looked} / {formats.count(run.total)}" if run.total and run.is_open else looked,
        "run_changed": formats.count(run.changed),
        "run_without": formats.count(run.without_evidence),
    }


def _rules(site: Site, own: OwnSources) -> list[tuple[Any, str, str]]:
    kept = sorted(site.source_rules.all(), key=lambda rule: (rule.position, rule.pk))
    pairs = zip(kept, own.rules, strict=True)
    return [(row, channel_said(rule.channel), own_said(rule)) for row, rule in pairs]


def _found(request: HttpRequest, site: Site, own: OwnSources) -> dict[str, str] | None:
    """Return where the visit that was asked about belongs, and why; None when none was."""
    asked = {name: str(text)[:LONGEST].replace("\0", "") for name, text in request.GET.items()}
    hosts = tuple(host.name for host in site.hostnames.all())
    if asked.get("referrer") or asked.get("landing"):
        landing = asked.get("landing", "").partition("#")[0]
        query = landing.partition("?")[2] if "?" in landing else landing if "=" in landing else ""
        touch = origin_of(_address(asked.get("referrer", "")), query, hosts, own).touch
        if not touch.channel:
            return {"channel": "", "why": _("A click inside the site: the visit goes on, its channel stays.")}
        host = _host(asked.get("referrer", ""))
        judgement = judged(touch.source, touch.medium, touch.campaign, host, own)
        return _said(judgement, own, touch.source, touch.medium, touch.campaign, touch.click_id)
    if any(name in asked for name in ("source", "medium", "campaign")):
        three = [asked.get(name, "") for name in ("source", "medium", "campaign")]
        judgement = judged(three[0], three[1], three[2], plain_host(asked.get("host", "")), own)
        return _said(judgement, own, three[0], three[1], three[2], asked.get("click_id", ""))
    return None


def _address(text: str) -> str:
    text = text.strip()
    return text if "://" in text or not text else f"https://{text}/"


def _host(referrer: str) -> str:
    try:
        return plain_host(urlsplit(_address(referrer)).netloc)
    except ValueError:
        return ""


def _said(
    found: Judged, own: OwnSources, source: str, medium: str, campaign: str, click_id: str
) -> dict[str, str]:
    return {
        "channel": channel_said(found.channel),
        "why": why(found, own.rules),
        "network": network_said(found),
        "source": source,
        "medium": medium,
        "campaign": campaign,
        "click_id": click_id,
    }


def _lists() -> list[tuple[str, int, list[tuple[str, str]]]]:
    """Return each kind of network with how many hosts it has, and name and hosts of each."""
    found = []
    pairs = sorted(known_networks(), key=lambda pair: (pair[1].category, pair[1].name, pair[0]))
    for category, group in groupby(pairs, key=lambda pair: pair[1].category):
        of_kind = list(group)
        lines = [
            (name, ", ".join(host for host, _network in each))
            for name, each in groupby(of_kind, key=lambda pair: pair[1].name)
        ]
        found.append((str(SourceNetwork.Category(category).label), len(of_kind), lines))
    return found


@permission_required(CHANGE, raise_exception=True)
@require_POST
def apply(request: HttpRequest, slug: str) -> HttpResponse:
    """Begin to apply the rules to the site's history, or stop doing so."""
    site = site_chosen(reads.sites_seen(), slug)
    if request.POST.get("stop"):
        run = services.last_run(site.pk)
        if run is not None:
            services.RUNS.stop(run)
    elif services.can_apply():
        services.run_begin(site=site.pk)
    page = BACK.get(request.POST.get("back", ""), "zoco_sources")
    return redirect(f"{reverse(page)}?{urlencode({'site': site.slug})}#history")
