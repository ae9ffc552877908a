"""The shape of a browser's user agent: what does not have it is no browser, listed or not.

The words are those of Matomo's Device Detector (client/browsers.yml) and of real browsers' documentation.
Everything is looked at once and in pieces of bounded length: whoever asks chooses the text.
"""

import re

from zoco.collector.lists import BROWSERS
from zoco.kit.lists import rows

LONGEST = 1_024
NO_BROWSER = "names no browser"
# How browsers begin: since 1993 with Mozilla, Opera until 2013, browsers for terminals and old telephones.
_BEGINS = re.compile(
    r"Mozilla/[1-5]|Opera[/ ]\d|E?Links\b|Lynx|w3m|Dillo|NetSurf|Midori|NCSA|Ladybird|Dalvik/"
    r"|Instagram \d|UCWEB"
    r"|NetFront|ZDM/|Nokia|SAMSUNG|SEC-|SonyEricsson|LG[-/E]|LGE?-|MOT-|BlackBerry\d|HTC|Vodafone"
    r"|DoCoMo|KDDI|SoftBank"
    r"|J-PHONE|PHILIPS|SIE-|Alcatel|ZTE|HUAWEI|Huawei|HbbTV|Roku|MQQBrowser|OmniWeb|HotJava|iCab"
    r"|Konqueror|Amaya|portalmmm|Doris|Minimo",
    re.I,
)
_TELEPHONE = re.compile(r"Profile/|UP\.(?:Browser|Link)|WAP[ -]?Browser|Maui Browser|MIDP", re.I)
# Who may stand after "(compatible;": the two engines that called themselves so, and what proxies leave.
_COMPATIBLE = re.compile(
    r"\((?:\w+; ?)?compatible[;,]?+ *+(?!MSIE|Konqueror|iCab|NetFront|Opera"
    r"|;?\))",
    re.I,
)
# Programs of telephones and televisions put their own name before that of the browser in them.
_INSIDE = re.compile(
    r"Mozilla/5\.0 +\((?:Linux; (?:U; )?(?:arm_64; )?Android|iPhone|iPad|iPod|Linux;? ?CE-HTML"
    r"|.{0,80}HbbTV|SmartTV)"
)
_TV = re.compile(r"HbbTV|SmartTV|SMART-TV|GoogleTV|CE-HTML|PlayStation|Nintendo|Large Screen|TV/")
_ENGINE = re.compile(r"WebKit/|Chrome/|Gecko/|Trident/|MSIE |Presto/|KHTML/|Goanna/|Opera[/ ]|Servo/", re.I)
_MAIL = re.compile(r"[\w+-]{1,60}(?:@|\[at\]|\(at\))[a-z][\w-]{1,60}\.[a-z]", re.I)
_DOMAIN = re.compile(
    r"(?<![\w.])(?!com\.|org\.|net\.|jp\.|de\.|cn\.)(?:[a-z][\w-]{1,60}\.){1,4}"
    r"(?:com|net|org|io|ai|co|dev|app|eu|de|fr|ru|uk|nl|cz|ch|it|es|pl|jp|br|info|biz)(?=[/\s;,)]|$)",
    re.I,
)
# What Facebook's programs add, the name of the telephone's network among it.
_SQUARE = re.compile(r"\[[^\[\]]*\]")
_DESKTOP = re.compile(r"\((?:Windows NT|Macintosh|X11|Windows; U|Wayland)", re.I)
_COMMENT = re.compile(r"\(([^()]*)\)")
_LIKE = re.compile(r"\(KHTML, like Gecko(?:[;,] *(?!Safari|like)\w|\) *\()", re.I)
_WORD = re.compile(r"[A-Za-z][A-Za-z_.-]*")
# Names of products that browsers on desks carry outside of brackets.
_PRODUCTS = frozenset(word for (word,) in rows(BROWSERS, 1))
_MACHINE = re.compile(
    r"bot\b|agent\b|scan|monitor|check|\btest|probe|spider|crawl|audit|preview|validat|optimi[sz]er"
    r"|synthetic",
    re.I,
)
# What stands in the first brackets of a browser on a desk: systems, processors, languages, old toolbars.
_PLATFORM = re.compile(
    r"Windows\b.*|Win(?:64|32)|x64|WOW64|ARM\w*|[UIN]|[a-z]{2,3}(?:[-_][A-Za-z]{2,4})?|rv:.*|X11"
    r"|Wayland|Linux\b.*"
    r"|(?:Intel|PPC|ARM) Mac OS.*|Mac_PowerPC|PPC|Macintosh|CrOS\b.*|\w*BSD\b.*|SunOS.*|AIX.*|HP-UX.*"
    r"|IRIX.*|OS/2.*"
    r"|(?:Ubuntu|Fedora|Debian|CentOS|Gentoo|Arch|openSUSE|SUSE|Mandriva|Red Hat|Mint|Kali|Raspbian"
    r"|Haiku)\b.*"
    r"|Trident.*|MSIE.*|\.NET.*|Touch|Tablet PC.*|Media Center.*|SLCC\d|InfoPath.*|KHTML.*|.*Build/.*"
    r"|like Gecko"
    r"|MDDR\w*|M[A-Z]{3}JS|Lumia.*|Xbox.*|Valve .*|GNU/Linux.*|Quest .*|osmeta.*|C|Unknown|BOIE9.*"
    r"|Zune.*|Xbox.*|Edition .*|SMART.*|[\d.]+|arm_64|aarch64|i[3-6]86.*|x86_64.*|compatible|K",
    re.I,
)
_OLD = re.compile(
    r"NetFront|Android|Phone|PSP|PLAYSTATION|Nintendo|Openwave|Novarra|Nokia|Symbian|Danger|BREW|Brew"
    r"|Obigo|Teleca|webOS"
)
NO_PLATFORM = "names no system"
_NO_PLATFORM = re.compile(r"Mozilla/5\.0[ +]+(?:AppleWebKit|Gecko|Chrome|Firefox|Safari)", re.I)
NO_ENGINE = "names no engine"


def oddity_of(user_agent: str) -> str:
    """Return what about a user agent is not as with a browser, as a reason to show; "" for nothing."""
    text = user_agent[:LONGEST].strip()
    is_mozilla = text[:8].lower() in ("mozilla/", "mozilla+")
    if not _BEGINS.match(text) and not _TELEPHONE.search(text) and not _INSIDE.search(text):
        return _name(text) or NO_BROWSER
    if not is_mozilla:
        return ""
    compatible = _COMPATIBLE.search(text)
    if compatible:
        return _name(text[compatible.end() :]) or NO_BROWSER
    if "Opera" in text:
        return ""
    if "MSIE " in text:
        return _beside_msie(text)
    outside = _SQUARE.sub(" ", text)
    contact = _MAIL.search(outside) or _DOMAIN.search(outside)
    if contact:
        return contact[0][:40]
    return _strange_product(text) if _ENGINE.search(text) else _without_engine(text)


def _beside_msie(text: str) -> str:
    """Return what stands behind Internet Explorer's brackets, where on a desk nothing does.

    Inside of them toolbars wrote whatever they liked, addresses too.
    """
    mail = _MAIL.search(text)
    if mail:
        return mail[0][:40]
    behind = text.rpartition(")")[2].strip() if ")" in text else ""
    is_free = "Windows NT" not in text or "Phone" in text or behind.lower() in ("", "like gecko")
    return "" if is_free else _name(behind)


def _without_engine(text: str) -> str:
    """Return why a text without an engine is none of a browser; what says nothing at all is a proxy's."""
    rest = text[len("Mozilla/5.0") :].strip(" +();")
    if text[8:9] != "5" or not rest or rest.lower() == "compatible" or _OLD.search(rest):
        return ""
    return _name(rest) or NO_ENGINE


def _strange_product(text: str) -> str:
    """Return a product that no browser on a desk carries; telephones carry those of their programs."""
    like = _LIKE.search(text)
    if _TV.search(text):
        return ""
    if like and "Edition" not in text and "Ecosia" not in text:
        return _name(text[like.end() - 1 :]) or NO_BROWSER
    if _NO_PLATFORM.match(text):
        return NO_PLATFORM
    bare = _COMMENT.sub(" ", _COMMENT.sub(" ", text))
    if not _DESKTOP.search(text[:LONGEST]):
        said = _MACHINE.search(bare)
        return next((word[:40] for word in bare.split() if _MACHINE.search(word)), "") if said else ""
    for comment in _COMMENT.findall(text):
        if _MACHINE.search(comment):
            return _name(comment) or NO_BROWSER
    for product in bare.split():
        word = _WORD.match(product)
        if word and word[0].strip(".-").lower() not in _PRODUCTS:
            return product.partition("/")[0][:40]
    return _strange_platform(text) if "AppleWebKit/" in text else ""


def _strange_platform(text: str) -> str:
    """Return a part of the first brackets that names no system of a desk."""
    parts = [part.strip() for part in _COMMENT.findall(text)[0].split(";")] if "(" in text else []
    return next((part[:40] for part in parts if part and not _PLATFORM.fullmatch(part)), "")


def _name(text: str) -> str:
    """Return the name at the beginning of a text, without a version."""
    found = re.match(r"[^/;,()\d\n][^/;,()\n]{0,39}", text.strip(" +;,("))
    return found[0].strip(" -+_v")[:40] if found else ""
