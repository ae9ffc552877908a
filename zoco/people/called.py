"""What people are called: in Han, kana and hangul the family name comes first, and no space follows it."""

import re

_SCRIPTS = r"々〇\u3041-\u30ff\u31f0-\u31ff\u3400-\u9fff\uac00-\ud7a3\uf900-\ufaff\U00020000-\U0003ffff"
_FAMILY_FIRST = re.compile(f"[{_SCRIPTS}]+")


def full_name(given: str, family: str) -> str:
    """Return both as they are written together, 林怡君 as well as Ana Ruiz; "" where neither is known."""
    if _FAMILY_FIRST.fullmatch(given) and _FAMILY_FIRST.fullmatch(family):
        return family + given
    return f"{given} {family}".strip()
