"""HTML and MJML that people bring: everything goes through nh3, and nothing of it runs or loads by itself.

What a style sheet, a script, a form, a frame or a font would fetch is gone; pictures stay. Comments stay too,
for Outlook reads its tables there.
"""

import re
from html import escape

import nh3

from zoco.mail.letters.bounds import tags_hold
from zoco.mail.letters.filters import SCHEMES

_STYLE = re.compile(r"<style\b([^>]*)>(.*?)</style\s*>", re.S | re.I)
_BODY = re.compile(r"<body\b([^>]*)>(.*?)(?:</body\s*>|\Z)", re.S | re.I)
_HEAD = re.compile(r"<head\b.*?</head\s*>", re.S | re.I)
_LANG = re.compile(r"<html\b[^>]*\blang=[\"']?([\w-]{1,20})", re.I)
_BODY_STYLE = re.compile(r"\bstyle=\"([^\"<>]*)\"", re.I)
_MEDIA = re.compile(r"\bmedia=\"([\w\s():,.-]*)\"", re.I)
_LOADING = re.compile(
    r"@import\b[^;]*;?|@font-face\s*\{[^}]*\}?|@[\w-]*\\[^;{}]*;?|expression\s*\(|-moz-binding|behavior\s*:|javascript:",
    re.I,
)
TAGS = {
    "a", "abbr", "b", "blockquote", "br", "caption", "center", "code", "col", "colgroup", "div", "em", "font",
    "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "li", "ol", "p", "pre", "s", "small", "span",
    "strike", "strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "u", "ul",
}  # fmt: skip
_ALIKE = {
    "align", "aria-hidden", "aria-label", "aria-roledescription", "bgcolor", "border", "cellpadding",
    "cellspacing", "class", "color", "dir", "height", "id", "lang", "role", "style", "title", "valign",
    "width",
}  # fmt: skip
ATTRIBUTES = {
    "*": _ALIKE,
    "a": {"href", "target", "name"},
    "img": {"src", "alt"},
    "td": {"colspan", "rowspan", "background", "nowrap"},
    "th": {"colspan", "rowspan", "background", "scope", "nowrap"},
    "table": {"background", "summary"},
    "col": {"span"},
    "font": {"face", "size"},
    "ol": {"start", "type"},
}
_PAGE = """<!doctype html>
<html lang="{language}"><head><meta charset="utf-8"><meta name="viewport" \
content="width=device-width, initial-scale=1"><title>{title}</title>
{styles}</head><body style="{style}">{body}</body></html>"""


def cleaned(html: str, *, title: str, language: str) -> str:
    """Return a whole page of mail from somebody's HTML, or from what MJML made of his. Raises LetterWrong."""
    tags_hold(html)
    styles = "".join(_style(attributes, css) for attributes, css in _STYLE.findall(html))
    found = _BODY.search(html)
    body = found[2] if found else _HEAD.sub("", html)
    style = _BODY_STYLE.search(found[1]) if found else None
    spoken = _LANG.search(html)
    return _PAGE.format(
        language=escape(spoken[1] if spoken and spoken[1] != "und" else language),
        title=title,
        styles=styles,
        style=_LOADING.sub(" ", style[1]) if style else "",
        body=nh3.clean(
            _STYLE.sub("", body), tags=TAGS, attributes=ATTRIBUTES, url_schemes=SCHEMES,
            strip_comments=False, link_rel=None, clean_content_tags={"script", "style", "title", "template"},
        ),
    )  # fmt: skip


def _style(attributes: str, css: str) -> str:
    media = _MEDIA.search(attributes)
    # What is taken out leaves something in its place, or what stood around it would come together.
    kept = _LOADING.sub(" ", css).replace("</", "<\\/")
    return f'<style type="text/css"{f" {media[0]}" if media else ""}>{kept}</style>\n'
