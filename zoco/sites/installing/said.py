"""What a check of an installation found, in words: what is wrong, and what to do."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from zoco.sites.installing.checking import Finding

STATES = {
    "good": ("check", gettext_noop("in order")),
    "warn": ("warning", gettext_noop("look at it")),
    "bad": ("cross", gettext_noop("counts nothing")),
}
# What is wrong, what to do.
SAID = {
    "good": (
        gettext_noop("The page has the tracker, may run it, and its facts are taken."),
        gettext_noop("Nothing. Visits appear in the overview within seconds."),
    ),
    "refused": (
        gettext_noop("The address is not fetched. %(detail)s"),
        gettext_noop(
            "Give the public address of a page, with https://. What only this machine or its network "
            "reaches is fetched only if ZOCO_PRIVATE_NETWORKS names it."
        ),
    ),
    "no_name": (
        gettext_noop("The name of the host leads nowhere. %(detail)s"),
        gettext_noop("Look for a slip in the name, or enter the host in your DNS."),
    ),
    "tls": (
        gettext_noop("No secure connection could be made. %(detail)s"),
        gettext_noop(
            "Renew the certificate of the site, with all names and its whole chain; browsers warn, too."
        ),
    ),
    "timeout": (
        gettext_noop("The page did not come in time. %(detail)s"),
        gettext_noop("Try again. If it stays so, look at the web server: people wait as well."),
    ),
    "unreachable": (
        gettext_noop("Nobody answered. %(detail)s"),
        gettext_noop("See whether the web server runs, and whether a firewall holds off this machine."),
    ),
    "status": (
        gettext_noop("The page answered with the status %(status)s."),
        gettext_noop(
            "Give a page that everybody may see without logging in. Some hosts send programs away with 403."
        ),
    ),
    "not_html": (
        gettext_noop("The address is no page: its type is %(type)s."),
        gettext_noop("Give the address of a page that people read."),
    ),
    "led_elsewhere": (
        gettext_noop("%(asked)s leads on to %(host)s."),
        gettext_noop("Nothing if that is meant. What was looked at is the page at the end."),
    ),
    "host_unknown": (
        gettext_noop("%(host)s is no host name of this site: its facts are refused."),
        gettext_noop("Add %(host)s to the host names of the site."),
    ),
    "host_of_another": (
        gettext_noop("%(host)s belongs to the site %(site)s: its visits are counted there."),
        gettext_noop("Take the host away from %(site)s and add it here, if that is not meant."),
    ),
    "no_tag": (
        gettext_noop("The page has no tracker."),
        gettext_noop(
            "Put the line with %(path)s into the page, best into its head, and empty the caches between. A "
            "tag manager that puts it there later cannot be seen from here: look at the live facts instead."
        ),
    ),
    "in_comment": (
        gettext_noop("The tracker's line is inside a comment: it does not run."),
        gettext_noop("Take away the comment around it."),
    ),
    "in_noscript": (
        gettext_noop("The tracker's line is inside noscript: it runs in no browser with scripts."),
        gettext_noop("Move it out of noscript. Only the image belongs there."),
    ),
    "in_template": (
        gettext_noop("The tracker's line is inside a template element: it does not run."),
        gettext_noop("Move it out of the template, into the page itself."),
    ),
    "not_run": (
        gettext_noop(
            "The tracker's line has the type %(type)s: browsers take it for data and do not run it."
        ),
        gettext_noop(
            "Take the type away. Consent tools set it; the tracker stores nothing without consent and can "
            "do without."
        ),
    ),
    "doubled": (
        gettext_noop("The tracker is in the page %(count)s times: each visit counts as often."),
        gettext_noop(
            "Leave one line. Often one comes from the theme and another from a plug-in or tag manager."
        ),
    ),
    "tag_of_another": (
        gettext_noop("The line is that of the site %(site)s."),
        gettext_noop(
            "Use %(path)s instead. Facts are counted by the page's host, but the address belongs to the "
            "other."
        ),
    ),
    "known_name": (
        gettext_noop("The line names z.js, which lists of blockers know: visits will be missing."),
        gettext_noop("Use the site's own address, %(path)s, which no list knows."),
    ),
    "script_blocked": (
        gettext_noop("The page's Content-Security-Policy forbids the tracker: %(rule)s"),
        gettext_noop("Add %(source)s to script-src, or serve the tracker from the site's own host."),
    ),
    "connect_blocked": (
        gettext_noop("The page's Content-Security-Policy forbids sending facts: %(rule)s"),
        gettext_noop("Add %(source)s to connect-src, or let your proxy hand the address to Zoco."),
    ),
    "mixed": (
        gettext_noop("The page is secure and %(url)s is not: browsers do not fetch it."),
        gettext_noop("Write https:// in the line."),
    ),
    "script_unreachable": (
        gettext_noop("The tracker cannot be fetched from %(url)s. %(detail)s"),
        gettext_noop("Correct the address, or let your proxy hand it to Zoco."),
    ),
    "script_status": (
        gettext_noop("%(url)s answers with the status %(status)s instead of the tracker."),
        gettext_noop("Correct the address, or let your proxy hand it to Zoco."),
    ),
    "script_other": (
        gettext_noop("What %(url)s gives is not the tracker."),
        gettext_noop(
            "Correct the address, or let your proxy hand it to Zoco: another program answers there."
        ),
    ),
    "facts_unreachable": (
        gettext_noop("The place where facts go cannot be reached: %(url)s. %(detail)s"),
        gettext_noop("Let your proxy hand the address to Zoco."),
    ),
    "facts_other": (
        gettext_noop("Facts go to %(url)s, where no collector answers (status %(status)s)."),
        gettext_noop("Let your proxy hand that address to Zoco as well, with the method POST."),
    ),
    "to_wrong": (
        gettext_noop("data-to sends facts to %(url)s, where no collector answers (status %(status)s)."),
        gettext_noop("Take data-to away: facts then go to where the tracker comes from."),
    ),
}


@dataclass(frozen=True, slots=True)
class Line:
    """A finding as people read it."""

    key: str
    icon: str
    state: str
    found: str
    mend: str


def line(finding: Finding) -> Line:
    """Return the words of a finding in the language in force."""
    icon, state = STATES[finding.state]
    found, mend = SAID[finding.key]
    return Line(finding.key, icon, _(state), _(found) % finding.values, _(mend) % finding.values)


def verdict(state: str) -> str:
    """Return what the check says in all."""
    if state == "good":
        return _("The tracker is in order on this page.")
    return (
        _("This page is counted, but look at this.")
        if state == "warn"
        else _("This page is not counted rightly.")
    )
