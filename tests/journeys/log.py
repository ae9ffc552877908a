"""A small log in the combined format, the same each time: people, bots, pages that are not there."""

from collections.abc import Iterator

PEOPLE = "Mozilla/5.0 (X11; Linux x86_64; rv:126.0) Gecko/20100101 Firefox/126.0"
PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/17.4 Mobile/15E148 Safari/604.1"
)
BOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
DAYS = ("17", "18", "19", "20")


def log_lines() -> Iterator[str]:
    """Yield lines: on each day visitor n of 20 sees pages 0 to n % 4 and page n; plus bots and 404s."""
    for day in DAYS:
        for number in range(20):
            address, hour = f"203.0.113.{number + 1}", 8 + number // 2
            agent = PHONE if number % 4 == 0 else PEOPLE
            referrer = "https://www.google.com/" if number % 2 else "-"
            for step in range(number % 4 + 1):
                yield _line(address, day, hour, step, f"/page-{step}", 200, referrer, agent)
            yield _line(address, day, hour, 9, f"/shop/{number}-{day}", 200, "-", agent)
        for number in range(5):
            yield _line("198.51.100.7", day, 20, number, f"/page-{number}", 200, "-", BOT)
        for number in range(3):
            yield _line("203.0.113.200", day, 21, number, "/gone", 404, "https://fans.example/links", PEOPLE)


def _line(
    address: str, day: str, hour: int, minute: int, path: str, status: int, referrer: str, agent: str
) -> str:
    at = f"{day}/May/2015:{hour:02d}:{minute:02d}:00 +0200"
    return f'{address} - - [{at}] "GET {path} HTTP/1.1" {status} 512 "{referrer}" "{agent}"\n'
