"""Shorten a script as it is served: no comments, no spaces, short names for what it declares.

Declarations that follow each other become one, and a block ends without a semicolon. One name is one short
name wherever it stands, so scopes need no knowing. A name that is also a key of an object anywhere stays as
it is. The script must end its statements with semicolons and have no template literals; anything else is
passed on as it stands.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise, product
from string import ascii_lowercase
from typing import NamedTuple

_TOKEN = re.compile(
    r"""(?P<gap>\s+|/\*.*?\*/)
    |(?P<text>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')
    |(?P<word>[A-Za-z_$][\w$]*)
    |(?P<number>\d[\w.]*)
    |(?P<sign>=>|\?\.|\.\.\.|&&=|\|\|=|\?\?=|\*\*|&&|\|\||\?\?|\+\+|--|[!=]==?|.)""",
    re.DOTALL | re.VERBOSE,
)
_PATTERN = re.compile(r"/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\[\n])+/[a-z]*")
_BEFORE_PATTERN = frozenset(("(", ",", "=", ":", "[", "!", "&&", "||", "?", "{", "}", ";", "=>", "return"))
_BEFORE_OBJECT = frozenset(("(", ",", "=", ":", "[", "?", "&&", "||", "??", "return", "const", "let", "of"))
OBJECT = "{}"
_HEADS, _ALONE = frozenset(("if", "for", "while", "with")), frozenset(("else", "do"))
_PAIRS = {")": "(", "]": "[", "}": "{"}
_KEPT = frozenset((
    "break", "case", "catch", "class", "const", "continue", "debugger", "default", "delete", "do",
    "else", "export", "extends", "false", "finally", "for", "function", "if", "import", "in",
    "instanceof", "let", "new", "null", "of", "return", "static", "super", "switch", "this", "throw",
    "true", "try", "typeof", "undefined", "var", "void", "while", "with", "yield", "async", "await",
    "arguments", "as", "is",
))  # fmt: skip


class TemplateFound(ValueError):
    """The script has a template literal, which cannot be shortened."""


class Unreadable(ValueError):
    """The script has something that is no token."""


class Token(NamedTuple):
    """A piece of a script; `inside` is the bracket in which it stands, OBJECT for those of no block."""

    kind: str
    text: str
    inside: str


def shortened(script: str) -> str:
    """Return the script shortened. Raises TemplateFound."""
    tokens = list(_tokens(script))
    names = _names(tokens)
    named = []
    for at, token in enumerate(tokens):
        text = token.text
        if token.kind == "word" and text in names and (not at or tokens[at - 1].text not in (".", "?.")):
            text = names[text]
        named.append(text)
    said, before = [], ""
    for text in _joined(named):
        if before and (_runs_on(before[-1], text[0])):
            said.append(" ")
        said.append(text)
        before = text
    return "".join(said)


def _joined(texts: list[str]) -> Iterator[str]:
    """Return `const a=1;const b=2;}` as `const a=1,b=2}`; an empty body keeps its end: `while(a);}`."""
    begun, heads, before = [""], [], ""  # the first word of each open statement; which brackets are heads
    is_new, is_head, is_left_out = True, False, False
    for text, following in pairwise([*texts, ""]):
        if is_left_out:
            is_left_out = False
            continue
        if is_new:
            begun[-1] = text
        is_new = text in (";", "{")
        if text in _PAIRS.values():
            heads.append(before in _HEADS)
            begun.append("")
        elif text in _PAIRS:
            is_head = heads.pop()
            begun.pop()
        before, last = text, before
        if text == ";" and following == "}" and not (last == ")" and is_head) and last not in _ALONE:
            continue
        if text == ";" and following == begun[-1] and following in ("const", "let"):
            is_new, is_left_out = False, True
            yield ","
        else:
            yield text


def _runs_on(one: str, other: str) -> bool:
    is_word = (one.isalnum() or one in "_$") and (other.isalnum() or other in "_$")
    return is_word or (one == other and one in "+-")


def _tokens(script: str) -> Iterator[Token]:
    at, before, brackets = 0, ";", [""]
    while at < len(script):
        found = None
        if script[at] == "/" and script[at + 1 : at + 2] != "*" and before in _BEFORE_PATTERN:
            found = _PATTERN.match(script, at)
        kind = "text"
        if found is None:
            found = _TOKEN.match(script, at)
            kind = str(found.lastgroup) if found else kind
        if found is None:
            raise Unreadable(f"The script cannot be read at {at}.")
        at, text = found.end(), found.group()
        if kind == "gap":
            continue
        if text == "`":
            raise TemplateFound("A script that is shortened may have no template literals.")
        if text in _PAIRS:
            brackets.pop()
        yield Token(kind, text, brackets[-1])
        if text in _PAIRS.values():
            brackets.append(OBJECT if text == "{" and before in _BEFORE_OBJECT else text)
        before = text


def _names(tokens: list[Token]) -> dict[str, str]:
    """Return short names of what is declared, the most frequent first."""
    declared, fixed = _declared(tokens), set(_KEPT)
    counts: Counter[str] = Counter()
    for at, token in enumerate(tokens):
        if token.kind != "word":
            continue
        before, after = tokens[at - 1].text if at else ";", tokens[at + 1].text
        if before in (".", "?."):
            continue
        is_first = token.inside == OBJECT and before in ("{", ",")
        if (is_first and after in (":", ",", "}", "=")) or token.text not in declared:
            fixed.add(token.text)
        counts[token.text] += 1
    wanted = [name for name, _ in counts.most_common() if name in declared - fixed]
    return dict(zip(wanted, (name for name in _short() if name not in fixed), strict=False))


def _short() -> Iterator[str]:
    for length in (1, 2):
        for letters in product(ascii_lowercase, repeat=length):
            yield "".join(letters)


def _declared(tokens: list[Token]) -> set[str]:
    """Return what const, let, function and the parameters of arrows declare, at the least."""
    found, opened = set(), []
    for at, token in enumerate(tokens[:-1]):
        following = tokens[at + 1]
        if token.text in ("const", "let", "function") and following.kind == "word":
            found |= set(_listed(tokens, at))
        elif token.kind == "word" and following.text == "=>":
            found.add(token.text)
        if token.text == "(":
            opened.append(at)
        elif token.text == ")":
            start = opened.pop()
            if following.text == "=>":
                found |= _within(tokens, start)
    return found


def _listed(tokens: list[Token], start: int) -> Iterator[str]:
    """Return the names of `let a = 1, b, c = f(x, y);`."""
    depth = 0
    for at in range(start, len(tokens) - 1):
        text = tokens[at].text
        depth += (text in _PAIRS.values()) - (text in _PAIRS)
        if depth < 0 or (not depth and text in (";", "of", "in")):
            return
        if not depth and text in ("const", "let", "function", ","):
            yield tokens[at + 1].text


def _within(tokens: list[Token], start: int) -> set[str]:
    """Return the names in a list of parameters, those in braces and brackets too."""
    found, depth = set(), 0
    for at in range(start, len(tokens)):
        text = tokens[at].text
        depth += (text in _PAIRS.values()) - (text in _PAIRS)
        if not depth:
            break
        following = tokens[at + 1]
        if following.kind == "word" and text in ("(", "[", "{", ",", ":", "..."):
            found.add(following.text)
    return found
