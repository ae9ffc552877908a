"""Sources and channels: one row a case, with the reason."""

# The tables are easier to read in long lines.
# ruff: noqa: E501

import pytest

from zoco.sites.sources.channels import judged
from zoco.sites.sources.networks import network_of_host
from zoco.sites.sources.origin import Touch, origin_of

OWN = ("shop.example", "www.shop.example")

# source, medium, campaign, channel, why
CHANNELS = [
    ("", "", "", "direct", "nothing is known"),
    ("(direct)", "(none)", "", "direct", "as Analytics writes it"),
    ("(direct)", "(not set)", "", "direct", "as Analytics writes it"),
    ("google", "cpc", "spring cross-network", "cross_network", "the campaign says so, before anything paid"),
    ("google", "organic", "Cross-Network", "cross_network", "capitals do not matter"),
    ("amazon", "cpc", "", "paid_shopping", "a shop, paid"),
    ("google", "cpc", "shopping spring", "paid_shopping", "the campaign is a shopping campaign"),
    ("newsletter", "cpc", "shop sale", "paid_shopping", "shop at the start of the campaign"),
    ("google", "cpc", "eshop", "paid_shopping", "the documented pattern takes shop after an e"),
    ("google", "cpc", "workshop", "paid_search", "and after no other letter"),
    ("google", "cpc", "", "paid_search", "a search engine, paid"),
    ("google", "ppc", "", "paid_search", "ppc is paid"),
    ("bing", "paidsearch", "", "paid_search", "paid… is paid"),
    ("google", "cpm", "", "paid_search", "cpm matches the paid pattern, and paid search comes first"),
    ("yandex", "retargeting", "", "paid_search", "retargeting is paid"),
    ("www.google.co.uk", "cpc", "", "paid_search", "a host as source"),
    ("facebook", "cpc", "", "paid_social", "a network, paid"),
    ("Facebook", "Paid_Social", "", "paid_social", "capitals do not matter"),
    ("fb", "paid", "", "paid_social", "the usual short name"),
    ("instagram", "cpm", "", "paid_social", "cpm on a network is paid social"),
    ("youtube", "cpv", "", "paid_video", "video, paid by the view"),
    ("doubleclick", "display", "", "display", "display"),
    ("partner", "banner", "", "display", "banner"),
    ("partner", "expandable", "", "display", "expandable"),
    ("partner", "interstitial", "", "display", "interstitial"),
    ("partner", "cpm", "", "display", "cpm of nobody known is display, before other paid"),
    ("partner", "cpc", "", "paid_other", "paid, but nobody known"),
    ("taboola", "paid", "", "paid_other", "paid, but nobody known"),
    ("chatgpt", "cpc", "", "paid_other", "a paid place in an assistant"),
    ("etsy", "referral", "", "organic_shopping", "a shop, unpaid"),
    ("ebay.de", "", "", "organic_shopping", "a shop by its host"),
    ("blog", "post", "shopping guide", "organic_shopping", "an unpaid shopping campaign"),
    ("facebook", "referral", "", "organic_social", "a network"),
    ("t.co", "", "", "organic_social", "the short host of X"),
    ("x", "social", "", "organic_social", "X by name"),
    ("linkedin", "", "", "organic_social", "a network without medium"),
    ("buffer", "social", "", "organic_social", "the medium says so"),
    ("buffer", "social-media", "", "organic_social", "another way to write it"),
    ("buffer", "sm", "", "organic_social", "another way to write it"),
    ("youtube", "referral", "", "organic_video", "video"),
    ("partner", "video", "", "organic_video", "the medium says so"),
    ("partner", "online-video", "", "organic_video", "video inside the medium"),
    ("google", "organic", "", "organic_search", "search"),
    ("duckduckgo", "", "", "organic_search", "an engine without medium"),
    ("somewhere", "organic", "", "organic_search", "organic alone is search"),
    ("google", "email", "", "organic_search", "the engine comes before the mail in the documented order"),
    ("newsletter", "email", "", "email", "mail by its medium"),
    ("email", "", "", "email", "mail by its source"),
    ("crm", "e-mail", "", "email", "with a hyphen"),
    ("crm", "e_mail", "", "email", "with an underscore"),
    ("crm", "e mail", "", "email", "with a space"),
    ("mail.google.com", "", "", "email", "a mailbox is no search engine"),
    ("awin", "affiliate", "", "affiliates", "affiliate"),
    ("awin", "affiliates", "", "affiliates", "its plural"),
    ("blog.example", "referral", "", "referral", "a link"),
    ("mobileapp", "app", "", "referral", "an application"),
    ("partner", "link", "", "referral", "a link"),
    ("spot", "audio", "", "audio", "audio"),
    ("sms", "", "", "sms", "by its source"),
    ("crm", "sms", "", "sms", "by its medium"),
    ("crm", "web-push", "", "push", "ends with push"),
    ("crm", "mobile-message", "", "push", "mobile"),
    ("crm", "notification", "", "push", "notification"),
    ("firebase", "", "", "push", "by its source"),
    ("chatgpt.com", "", "", "ai_assistant", "what ChatGPT adds to its links"),
    ("perplexity", "referral", "", "ai_assistant", "an assistant by name"),
    ("gemini.google.com", "referral", "", "ai_assistant", "an assistant below a search engine's domain"),
    ("flyer", "print", "", "unassigned", "no rule knows print"),
    ("partner", "", "", "unassigned", "a source alone says nothing"),
    ("", "", "spring", "unassigned", "a campaign alone says nothing"),
]


@pytest.mark.parametrize(("source", "medium", "campaign", "channel", "why"), CHANNELS)
def test_channel_follows_the_documented_order(
    source: str, medium: str, campaign: str, channel: str, why: str
) -> None:
    assert judged(source, medium, campaign).channel == channel, why


# referrer, query, touch, why
ORIGINS = [
    ("-", "", Touch(channel="direct"), "no referrer"),
    ("", "", Touch(channel="direct"), "no referrer"),
    ("-", "page=2", Touch(channel="direct"), "a query that says nothing"),
    ("http://www.shop.example/a", "", Touch(), "the site itself"),
    ("https://shop.example/", "", Touch(), "the site itself, without www"),
    ("https://www.google.com/", "", Touch("google", "organic", channel="organic_search"), "search"),
    ("https://www.google.co.uk/url?q=x", "", Touch("google", "organic", channel="organic_search"), "a country's"),
    ("https://google.com.br/", "", Touch("google", "organic", channel="organic_search"), "another country's"),
    ("http://google.blogspot.com/", "", Touch("google.blogspot.com", "referral", channel="referral"), "somebody's blog"),
    ("http://notgoogle.com/", "", Touch("notgoogle.com", "referral", channel="referral"), "a name that ends alike"),
    ("https://mail.google.com/", "", Touch("gmail", "email", channel="email"), "a mailbox"),
    ("https://docs.google.com/x", "", Touch("google docs", "referral", channel="referral"), "a document"),
    ("https://t.co/abc", "", Touch("x", "social", channel="organic_social"), "X"),
    ("https://pinterest.co/abc", "", Touch("pinterest", "social", channel="organic_social"), "no t.co inside"),
    ("https://reddit.com.evil.example/", "", Touch("reddit.com.evil.example", "referral", channel="referral"), "a trap"),
    ("https://chatgpt.com/", "", Touch("chatgpt", "referral", channel="ai_assistant"), "an assistant"),
    ("-", "utm_source=chatgpt.com", Touch("chatgpt.com", "referral", channel="ai_assistant"), "its own parameter"),
    ("https://www.youtube.com/watch", "", Touch("youtube", "referral", channel="organic_video"), "video"),
    ("https://www.amazon.de/dp/1", "", Touch("amazon", "referral", channel="organic_shopping"), "a shop"),
    ("android-app://com.google.android.gm/", "", Touch("gmail", "email", channel="email"), "a mail app"),
    ("https://blog.example:8080/x", "", Touch("blog.example", "referral", channel="referral"), "a port"),
    ("not a url", "", Touch(channel="direct"), "no address"),
    ("http://[broken", "", Touch(channel="direct"), "a broken address"),
    (
        "https://www.google.com/",
        "utm_source=newsletter&utm_medium=email&utm_campaign=Spring+Sale&utm_content=top&utm_term=x",
        Touch("newsletter", "email", "Spring Sale", "top", "x", "", "email"),
        "parameters win over the referrer",
    ),
    (
        "http://www.shop.example/",
        "utm_source=crm&utm_medium=email",
        Touch("crm", "email", channel="email"),
        "parameters win over the site itself",
    ),
    ("https://www.google.com/", "gclid=abc", Touch("google", "cpc", click_id="gclid", channel="paid_search"), "paid"),
    ("-", "msclkid=1", Touch("bing", "cpc", click_id="msclkid", channel="paid_search"), "paid, referrer lost"),
    (
        "https://l.facebook.com/",
        "fbclid=abc",
        Touch("facebook", "social", click_id="fbclid", channel="organic_social"),
        "fbclid is on organic clicks too",
    ),
    (
        "https://l.facebook.com/",
        "fbclid=abc&utm_source=facebook&utm_medium=cpc",
        Touch("facebook", "cpc", click_id="fbclid", channel="paid_social"),
        "only the medium says that it was paid",
    ),
    ("-", "UTM_Source=a&utm_medium=sms", Touch("a", "sms", channel="sms"), "names in capitals"),
    ("-", "utm_source=a%00b&utm_medium=sms", Touch("a b", "sms", channel="sms"), "control characters go"),
    ("-", "utm_source=me%40x.example&utm_medium=sms", Touch("(email)", "sms", channel="sms"), "addresses are masked"),
]  # fmt: skip


@pytest.mark.parametrize(("referrer", "query", "touch", "why"), ORIGINS)
def test_touchpoint_of_a_visit(referrer: str, query: str, touch: Touch, why: str) -> None:
    assert origin_of(referrer, query, OWN).touch == touch, why


def test_referring_host_is_kept_and_its_query_masked() -> None:
    origin = origin_of("https://u:p@Blog.Example/a/me@x.example?q=secret&b", "", OWN)

    assert origin.referrer_host == "blog.example"
    assert origin.referrer == "https://Blog.Example/a/(email)?q=*&b=*"


def test_a_click_id_is_named_and_its_value_is_nowhere() -> None:
    origin = origin_of("-", "gclid=SECRETVALUE", OWN)

    assert origin.touch.click_id == "gclid"
    assert "SECRETVALUE" not in repr(origin)


def test_unknown_host_belongs_to_no_network() -> None:
    assert network_of_host("example.com") is None
    assert network_of_host("") is None
