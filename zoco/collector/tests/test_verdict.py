"""Who is a bot: one row a case."""

# The tables are easier to read in long lines.
# ruff: noqa: E501

import time

import pytest

from zoco.collector.steps.verdict import judge
from zoco.sites.crawlers.bots import BOTS, KINDS, Kind

CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36"
CASES = [
    (CHROME, "human", ""),
    ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Safari/604.1", "human", ""),
    ("Mozilla/5.0 (Linux; Android 9; CUBOT_NOTE_S) AppleWebKit/537.36 Chrome/90 Mobile Safari/537.36", "human", ""),
    ("Mozilla/5.0 (Linux; Android 9; CUBOT) AppleWebKit/537.36 Chrome/90 Mobile Safari/537.36", "human", ""),
    ("Lynx/2.8.7rel.2 libwww-FM/2.14 SSL-MM/1.4.1 OpenSSL/1.0.1f", "human", ""),
    ("Opera/9.80 (J2ME/MIDP; Opera Mini/7.1; U; en) Presto/2.8.119 Version/11.10", "human", ""),
    ("Mozilla/4.0 (compatible; MSIE 6.0; Windows NT 5.1; SV1; http://bsalsa.com)", "human", ""),
    (None, "human", ""),
    ("Mozilla/5.0 (compatible; Ezooms/1.0; help@moz.com)", "bot", "Ezooms"),
    ("Mozilla/3.0 (compatible; Indy Library)", "bot", "Indy Library"),
    ("Microsoft Office Protocol Discovery", "bot", "Microsoft Office"),
    ("Mozilla/5.0 (compatible; Google Desktop/5.9.1005.12335; http://desktop.google.com/)", "bot", "Google Desktop"),
    ("portscout/0.8.1", "bot", "portscout"),
    ("binlar_2.6.3 test@mgmt.mic", "bot", "binlar"),
    ("eZ Publish Link Validator", "bot", "eZ Publish Link Validator"),
    ("", "bot", "no user agent"),
    ("-", "bot", "no user agent"),
    ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "bot", "Googlebot"),
    ("Googlebot-Image/1.0", "bot", "Googlebot-Image"),
    ("Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)", "bot", "bingbot"),
    ("Mozilla/5.0 (compatible; YandexBot/3.0; +http://yandex.com/bots)", "bot", "YandexBot"),
    ("Mozilla/5.0 (compatible; GPTBot/1.2; +https://openai.com/gptbot)", "ai", "GPTBot"),
    ("Mozilla/5.0 (compatible; OAI-SearchBot/1.0; +https://openai.com/searchbot)", "ai", "OAI-SearchBot"),
    ("Mozilla/5.0 (compatible; ChatGPT-User/1.0; +https://openai.com/bot)", "ai", "ChatGPT-User"),
    ("Mozilla/5.0 (compatible; ClaudeBot/1.0; +claudebot@anthropic.com)", "ai", "ClaudeBot"),
    ("CCBot/2.0 (https://commoncrawl.org/faq/)", "ai", "CCBot"),
    ("Mozilla/5.0 (compatible; PerplexityBot/1.0; +https://perplexity.ai/perplexitybot)", "ai", "PerplexityBot"),
    ("Mozilla/5.0 (Linux; Android 5.0) AppleWebKit/537.36 (compatible; Bytespider)", "ai", "Bytespider"),
    ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 HeadlessChrome/126.0 Safari/537.36", "headless", "HeadlessChrome"),
    ("Mozilla/5.0 (Unknown; Linux x86_64) AppleWebKit/534.34 PhantomJS/1.9.7 Safari/534.34", "headless", "PhantomJS"),
    ("curl/8.5.0", "bot", "curl"),
    ("Wget/1.21", "bot", "Wget"),
    ("python-requests/2.32.3", "bot", "python-requests"),
    ("Python-urllib/3.11", "bot", "Python-urllib"),
    ("Go-http-client/2.0", "bot", "Go-http-client"),
    ("Java/1.8.0_392", "bot", "Java"),
    ("okhttp/4.12.0", "bot", "okhttp"),
    ("UptimeRobot/2.0", "bot", "UptimeRobot"),
    ("Tiny Tiny RSS/1.11 (http://tt-rss.org/)", "bot", "Tiny Tiny RSS"),
    ("facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)", "bot", "facebookexternalhit"),
    ("Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)", "bot", "Slackbot"),
    ("Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)", "bot", "AhrefsBot"),
    ("Mozilla/5.0 (compatible; archive.org_bot +http://archive.org)", "bot", "archive.org_bot"),
    ("Mozilla/5.0 (compatible; NobodyKnowsBot/1.0)", "bot", "NobodyKnowsBot"),
    ("some-spider/0.1", "bot", "some-spider"),
    ("Mozilla/5.0 (compatible; Reader; +https://www.reader.example/about)", "bot", "reader.example"),
    ("MyFetch/1.0 (http://fetch.example)", "bot", "fetch.example"),
]  # fmt: skip


@pytest.mark.parametrize(("user_agent", "verdict", "reason"), CASES)
def test_verdict_by_user_agent(user_agent: str | None, verdict: str, reason: str) -> None:
    assert judge(user_agent) == (verdict, reason)


@pytest.mark.alone
def test_the_length_of_a_user_agent_is_no_weapon() -> None:
    began = time.process_time()

    assert judge("a" * 65_000) == ("bot", "a" * 40)
    assert judge("Mozilla/5.0 (" + "X11; (" * 10_000).verdict == "bot"
    assert judge("Mozilla/5.0 (X11) " + "a." * 30_000).verdict == "bot"
    assert judge("a" * 65_000 + "bot") == ("bot", "a" * 40)

    assert time.process_time() - began < 2


def test_lists_have_no_row_that_can_never_be_met() -> None:
    tokens = [token for token, _ in BOTS]

    shadowed = [
        (token, earlier)
        for place, token in enumerate(tokens)
        for earlier in tokens[:place]
        if earlier in token and BOTS[tokens.index(earlier)][1].name != BOTS[place][1].name
    ]

    assert shadowed == []
    assert all(token == token.lower() for token in tokens)


def test_every_listed_bot_has_a_kind() -> None:
    assert KINDS["GPTBot"] is Kind.AI_TRAINING
    assert KINDS["ChatGPT-User"] is Kind.AI_USER
    assert KINDS["curl"] is Kind.LIBRARY
    assert KINDS["Googlebot"] is Kind.SEARCH
