"""What declares itself a machine, by rules read off user agents and not off Zoco's list.

An agent is a machine's when it is empty; when it carries a word for what machines do; when it names a
library or a tool of the command line; when it says whom to ask about it (an address of mail, or a URL
after a plus sign); or when it names no browser's engine at all (RFC 9110, section 10.1.5: products that
identify the software stand in it).
"""

import re

DOES = re.compile(
    r"bot|crawl|spider|slurp|scrap|fetch|feed|rss|monitor|archiv|index|validat|preview|scan|check|search",
    re.I,
)
LIBRARY = re.compile(r"curl|wget|python|java/|perl|libwww|ruby|php|httpclient|urllib|indy library", re.I)
CONTACT = re.compile(r"\+ ?https?://|[\w.]+@[\w.]+", re.I)
ENGINE = re.compile(r"Gecko/|AppleWebKit/|MSIE |Trident/|Presto/|Opera[/ ]|KHTML")


def declares_itself(agent: str) -> bool:
    """Say whether a user agent is a machine's by the rules above."""
    if agent in ("", "-"):
        return True
    return bool(DOES.search(agent) or LIBRARY.search(agent) or CONTACT.search(agent)) or not ENGINE.search(
        agent
    )


_PHONE = "a telephone's browser, which names no engine"
_TEXT = "a browser for terminals, which has no engine to name"
_HIDDEN = "says nothing of itself, as proxies that hide their users' agents send it; nothing is declared"
_VIEWER = "Google's viewer of documents fetches a file for its pictures of the pages"
_ANDROID = "a program on somebody's telephone that names its Android and nothing else"

OTHERWISE: dict[str, str] = {
    # Machines by Zoco's list, which no rule finds.
    "Mozilla/4.0 (compatible; MSIE 7.0; Windows NT 6.1; WOW64; Trident/7.0; SLCC2; .NET CLR 2.0.50727; "
    ".NET CLR 3.5.30729; .NET CLR 3.0.30729; Media Center PC 6.0; HPNTDF; .NET4.0C; .NET4.0E; "
    "InfoPath.3; ms-office)": "ms-office: Office looks a link up before the browser opens it",
    "Mozilla/5.0 (Unknown; Linux x86_64) AppleWebKit/534.34 (KHTML, like Gecko) PhantomJS/1.9.2 "
    "Safari/534.34": "PhantomJS: a browser without a screen, driven by a program",
    "Mozilla/5.0 (Windows NT 6.1; rv:6.0) Gecko/20110814 Firefox/6.0 Google favicon": "Google's loader "
    "of icons for its lists of results",
    "Mozilla/5.0 (Windows; U; Windows NT 5.1; de; rv:1.9.0.7) Gecko/2009021910 Firefox/3.0.7 "
    "(via ggpht.com GoogleImageProxy)": "the proxy that loads pictures of letters in Google's mail",
    # People by Zoco's verdict, though the agent names no engine.
    "ELinks (0.4.3; NetBSD 3.0.2_PATCH sparc64; 141x19)": _TEXT,
    "Links (2.7; CYGWIN_NT-5.1 1.7.15(0.260/5/3) i686; GNU C 4.5.3; text)": _TEXT,
    "Lynx/2.8.7rel.2 libwww-FM/2.14 SSL-MM/1.4.1 OpenSSL/1.0.1f": _TEXT + "; libwww is its library",
    "Midori/0.2 (X11; Linux; U; fr-fr) WebKit/531.2+": "a desktop browser that writes WebKit for AppleWebKit",
    "Micromax X351/R2AE SEMC-Browser/4.0.3 Profile/MIDP-2.0 Configuration/CLDC-1.1": _PHONE,
    "QS304 Profile/MIDP-2.0 Configuration/CLDC-1.1": _PHONE,
    "SAMSUNG-GT-E2232/1.0 Openwave/6.2.3 Profile/MIDP-2.0 Configuration/CLDC-1.1 "
    "UP.Browser/6.2.3.3.c.1.101 (GUI) MMP/2.0": _PHONE,
    "LAVA.KKT35+.FARSIGHTED60D_CN_11B_HW (MAUI/KKT35_S116_20130820;BDATE/2013/08/20 14:41;LCD/240320;"
    "CHIP/MT6260;KEY/Normal;TOUCH/0;CAMERA/1;SENSOR/0;DEV/FARSIGHTED60D_CN_11B_HW;WAP Browser/MAUI (HTTPS)) "
    "LAVA_KKT35_S116_20130820 Release/2013.08.20 WAP Browser/MAUI (HTTPS) Profile/  Q03C1-2.40 "
    "en-US": _PHONE,
    "MAXX_MAUI WAP Browser": _PHONE,
    "Maui Browser": _PHONE,
    "ZDM/4.0; Windows Mobile 8.0": _PHONE,
    "Instagram 3.0.4 Android (8/2.2.1; 240dpi; 480x800; HTC/verizon_wwe; ADR6400L; mecha; mecha; "
    "en_US)": "the window in which Instagram shows a page to a person",
    "Dalvik/1.6.0 (Linux; U; Android 4.1.2; C2105 Build/15.0.A.2.17)": _ANDROID,
    "Dalvik/1.6.0 (Linux; U; Android 4.1.2; GT-I8190 Build/JZO54K)": _ANDROID,
    "Dalvik/1.6.0 (Linux; U; Android 4.1.2; GT-I8552 Build/JZO54K)": _ANDROID,
    "Dalvik/1.6.0 (Linux; U; Android 4.1.2; GT-S5282 Build/JZO54K)": _ANDROID,
    "Dalvik/1.6.0 (Linux; U; Android 4.2.2; A114 Build/JDQ39)": _ANDROID,
    "Dalvik/1.6.0 (Linux; U; Android 4.2.2; Symphony W68 Build/JDQ39)": _ANDROID,
    "Mozilla/4.0": _HIDDEN,
    "Mozilla/4.0 (compatible;)": _HIDDEN,
    "Mozilla/5.0": _HIDDEN,
    # Machines by the shape of the user agent: no browser writes it so.
    "Mozilla/4.0 (compatible; MSIE 6.0; Windows NT 5.1; SV1; .NET CLR 1.1.4322) Babya Discoverer  8.0:": "a "
    "name behind Internet Explorer's brackets, where it never writes any",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_9_1) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/32.0.1700.107 Safari/537.36,gzip(gfe) (via docs.google.com/viewer)": _VIEWER,
    "Mozilla/5.0 (Windows NT 6.1; WOW64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/32.0.1700.76 "
    "Safari/537.36,gzip(gfe) (via docs.google.com/viewer)": _VIEWER,
    "Mozilla/5.0 Gecko/20100115 Firefox/3.6": "names no system, which Firefox always does",
    "User-Agent: Mozilla/5.0 (Windows NT 6.1; WOW64; rv:14.0) Gecko/20100101 Firefox/14.0.1": "a program "
    "whose author wrote the header's name into its value",
}
