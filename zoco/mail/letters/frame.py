"""From MJML to HTML as mailboxes want it: no fonts from elsewhere, styles beside and inside the tags."""

import re
from html import escape

import css_inline
import mrml
from django.utils.translation import gettext_noop

from zoco.mail.letters.blocks import BLOCKS_MOST, WIDTH, block_kind
from zoco.mail.letters.drafts import Draft, LetterWrong, Value, text_of
from zoco.mail.letters.parts import PADDING
from zoco.mail.letters.placeholders import PlaceholderWrong
from zoco.mail.letters.writing import MARK, Room

_INLINER = css_inline.CSSInliner(
    keep_style_tags=True, keep_at_rules=True, keep_link_tags=False, load_remote_stylesheets=False
)
_RENDERING = mrml.RenderOptions(fonts={})
# mrml writes attributes as Rust shows strings to programmers: \\ for a backslash, \\u{200d} within an emoji.
_TAG = re.compile(r"<[a-zA-Z][^<>]*\\[^<>]*>")
_SHOWN = re.compile(r"\\(?:u\{([0-9a-f]{1,6})\}|(.))")
_EDGE = '<mj-section><mj-column><mj-spacer height="8px"/></mj-column></mj-section>'
_STYLE = """
:root {{ color-scheme: light dark; supported-color-schemes: light dark; }}
.z-ink p, .z-ink ul, .z-ink ol {{ margin: 0 0 12px; }}
.z-ink a {{ color: {accent}; }}
.z-fit img {{ height: auto !important; }}
@media (prefers-color-scheme: dark) {{
body, .z-ground, .z-ground > table {{ background: #161616 !important; background-color: #161616 !important; }}
.z-sheet, .z-sheet > table {{ background: #222222 !important; background-color: #222222 !important; }}
.z-ink div, .z-ink h1, .z-ink h2, .z-ink h3, .z-ink p, .z-ink li {{ color: #ededed !important; }}
.z-ink a, a.z-link {{ color: #9fd8d2 !important; }}
.z-muted div, .z-muted a {{ color: #b5b5b5 !important; }}
}}
"""


def mjml_made(draft: Draft, room: Room) -> str:
    """Return a letter of blocks as MJML. Raises LetterWrong."""
    if len(draft.blocks) > BLOCKS_MOST:
        words = gettext_noop("A letter has at most %(most)s blocks; this one has %(has)s.")
        raise LetterWrong(words, most=BLOCKS_MOST, has=len(draft.blocks))
    look = draft.look
    sections = "".join(_section(each, room, at) for at, each in enumerate(draft.blocks, 1))
    return (
        f'<mjml lang="{escape(draft.language)}"><mj-head><mj-title>{room.words(draft.subject)}</mj-title>'
        f"<mj-preview>{room.words(draft.preview)}</mj-preview><mj-attributes>"
        f'<mj-all font-family="{look.font}"/>'
        f'<mj-text color="{look.ink}" font-size="16px" line-height="1.5" padding="8px {PADDING}px"/>'
        f'<mj-button background-color="{look.accent}" color="#ffffff" font-size="16px" border-radius="4px" '
        f'padding="12px {PADDING}px" inner-padding="12px 24px"/>'
        f'<mj-divider border-width="1px" border-color="#d9d9d6"/>'
        f'<mj-section padding="0" background-color="{look.sheet}" css-class="z-sheet"/>'
        f"</mj-attributes><mj-style>{_STYLE.format(accent=look.accent)}</mj-style></mj-head>"
        f'<mj-body width="{WIDTH}px" background-color="{look.ground}" css-class="z-ground">'
        f"{_EDGE}{sections}{_EDGE}</mj-body></mjml>"
    )


def _section(block: Value, room: Room, at: int) -> str:
    """Return one block as a section, within the audience that reads it."""
    kind = block_kind(block)
    value = block.get("value") or {}
    try:
        with room.place(at):
            made = kind.mjml(value, room, WIDTH)
            if made and not kind.is_section:
                made = f"<mj-section><mj-column>{made}</mj-column></mj-section>"
            return _for_some(value, made, room)
    except (LetterWrong, PlaceholderWrong) as wrong:
        words = gettext_noop("Block %(at)s (%(kind)s): %(why)s")
        raise LetterWrong(words, at=at, kind=kind.label, why=wrong) from wrong


def _for_some(value: Value, made: str, room: Room) -> str:
    """Return a section that only some read, if its block says so."""
    only, without = text_of(value, "only"), text_of(value, "without")
    tests = [f"{_quoted(only)} in _holds"] if only else []
    tests += [f"{_quoted(without)} not in _holds"] if without else []
    if not tests or not made:
        return made
    begins = room.statement(f"{{% if {' and '.join(tests)} %}}")
    return f"<mj-raw>{begins}</mj-raw>{made}<mj-raw>{room.statement('{% endif %}')}</mj-raw>"


def _quoted(condition: str) -> str:
    """Return the key of a condition as Jinja reads it."""
    if not re.fullmatch(r"[a-z][a-z0-9_]*:[\w.-]{1,80}", condition):
        words = gettext_noop("%(key)r is no condition; choose one from the list.")
        raise LetterWrong(words, key=condition)
    return f'"{condition}"'


def html_of_mjml(mjml: str) -> str:
    """Return MJML as HTML. Raises LetterWrong, which says where it cannot be read."""
    try:
        made = str(mrml.to_html(mjml, None, _RENDERING).content)
    except OSError as wrong:
        words = gettext_noop("The MJML cannot be read: %(why)s")
        raise LetterWrong(words, why=MARK.sub("…", str(wrong))) from wrong
    made = _TAG.sub(lambda tag: _SHOWN.sub(_meant, tag[0]), made)
    unknown = re.search(r"<(mj-[\w-]+)", made)
    if unknown:
        raise LetterWrong(gettext_noop("MJML has no <%(tag)s>."), tag=unknown[1])
    return made


def _meant(shown: re.Match[str]) -> str:
    if shown[1]:
        return chr(int(shown[1], 16))
    return {"n": "\n", "t": "\t", "r": "", "0": ""}.get(shown[2], shown[2])


def inlined(html: str) -> str:
    """Return HTML with its styles in the tags; what depends on the window stays in style tags."""
    try:
        return _INLINER.inline(html)
    except (ValueError, css_inline.InlineError) as wrong:
        raise LetterWrong(gettext_noop("The styles cannot be read: %(why)s"), why=str(wrong)) from wrong
