"""The ways that lead to the shop: sources without cost, and campaigns with their true effect."""

from dataclasses import dataclass
from datetime import date

from zoco.testing.company.plan import is_november_sale

LANGUAGES = ("es", "en", "ru", "zh")
LANGUAGE_SHARES = (0.42, 0.34, 0.10, 0.14)


@dataclass(frozen=True, slots=True)
class Way:
    """How a visit comes about. Shares are weights among first and among returning visits."""

    source: str
    medium: str
    channel: str
    referrer_host: str
    first: float
    returning: float
    bounce: float
    languages: str = "es en ru zh"


@dataclass(frozen=True, slots=True)
class Campaign:
    """A campaign and what is true of it.

    `anyway` is the chance that the visit would have come without it, `lift` what it adds to the
    chance of an order on a visit that it brings. `flight` holds the (month, day) bounds, both included.
    """

    code: str
    source: str
    medium: str
    channel: str
    referrer_host: str
    content: str
    click_id: str
    first: float
    returning: float
    bounce: float
    anyway: float
    lift: float
    cost_per_click: float
    languages: str = "es en ru zh"
    flight: tuple[tuple[int, int], tuple[int, int]] = ((1, 1), (12, 31))
    weekday: int = -1

    def is_on(self, day: date) -> bool:
        """Say whether the campaign runs on this day."""
        if self.weekday >= 0 and day.weekday() != self.weekday:
            return False
        if self.code == "black-friday":
            return is_november_sale(day)
        first, last = self.flight
        return first <= (day.month, day.day) <= last


# source, medium, channel, referring host, weight of first and returning visits, bounce rate
WAYS = (
    Way("", "", "direct", "", 14, 40, 0.42),
    Way("google", "organic", "organic_search", "www.google.com", 34, 18, 0.40),
    Way("bing", "organic", "organic_search", "www.bing.com", 3, 2, 0.42),
    Way("duckduckgo", "organic", "organic_search", "duckduckgo.com", 2, 1.5, 0.41, "es en"),
    Way("yandex", "organic", "organic_search", "yandex.ru", 42, 20, 0.41, "ru"),
    Way("baidu", "organic", "organic_search", "www.baidu.com", 40, 18, 0.47, "zh"),
    Way("instagram", "social", "organic_social", "l.instagram.com", 7, 6, 0.58, "es en"),
    Way("facebook", "social", "organic_social", "m.facebook.com", 4, 3, 0.60, "es en"),
    Way("vk", "social", "organic_social", "vk.com", 8, 6, 0.55, "ru"),
    Way("xiaohongshu", "social", "organic_social", "www.xiaohongshu.com", 9, 6, 0.52, "zh"),
    Way("weibo", "social", "organic_social", "weibo.com", 5, 3, 0.60, "zh"),
    Way("youtube", "referral", "organic_video", "www.youtube.com", 2, 1, 0.50),
    Way("chatgpt", "referral", "ai_assistant", "chatgpt.com", 2.5, 1.5, 0.30),
    Way("perplexity", "referral", "ai_assistant", "www.perplexity.ai", 0.8, 0.4, 0.31, "es en"),
    Way("cocinaconalma.example", "referral", "referral", "cocinaconalma.example", 3, 1, 0.44, "es"),
    Way("thespanishtable.example", "referral", "referral", "thespanishtable.example", 3, 1, 0.43, "en"),
    Way(
        "regalosconhistoria.example",
        "referral",
        "referral",
        "regalosconhistoria.example",
        1.5,
        0.5,
        0.5,
        "es",
    ),
)

CAMPAIGNS = (
    Campaign("brand-search", "google", "cpc", "paid_search", "www.google.com", "brand", "gclid",
             4, 5, 0.28, 0.86, 0.0, 0.18, "es en"),
    Campaign("generic-search", "google", "cpc", "paid_search", "www.google.com", "olive-oil", "gclid",
             6, 1, 0.46, 0.12, 0.006, 0.55, "es en"),
    Campaign("yandex-direct", "yandex", "cpc", "paid_search", "yandex.ru", "keramika", "yclid",
             7, 1, 0.47, 0.15, 0.007, 0.30, "ru"),
    Campaign("retargeting", "criteo", "display", "display", "", "viewed-products", "",
             0, 7, 0.50, 0.62, 0.004, 0.22),
    Campaign("newsletter", "newsletter", "email", "email", "", "weekly", "",
             0, 34, 0.26, 0.34, 0.020, 0.01, "es en ru zh", ((1, 1), (12, 31)), 1),
    Campaign("spring-table", "facebook", "paid_social", "paid_social", "m.facebook.com", "video-15s",
             "fbclid", 24, 5, 0.60, 0.08, 0.012, 0.32, "es en", ((4, 8), (5, 6))),
    Campaign("little-red-book", "xiaohongshu", "paid_social", "paid_social", "www.xiaohongshu.com", "note",
             "", 45, 6, 0.50, 0.05, 0.022, 0.26, "zh", ((9, 1), (10, 20))),
    Campaign("vk-gifts", "vk", "paid_social", "paid_social", "vk.com", "carousel", "rb_clickid",
             40, 6, 0.58, 0.07, 0.010, 0.12, "ru", ((2, 10), (3, 8))),
    Campaign("black-friday", "google", "cpc", "paid_search", "www.google.com", "sale", "gclid",
             30, 14, 0.38, 0.45, 0.018, 0.70),
    Campaign("christmas-hampers", "instagram", "paid_social", "paid_social", "l.instagram.com", "hamper", "",
             26, 8, 0.55, 0.10, 0.018, 0.38, "es en", ((12, 1), (12, 20))),
)  # fmt: skip

# Where a visit's way is kept as a number: first the ways, then the campaigns.
FIRST_CAMPAIGN = len(WAYS)
