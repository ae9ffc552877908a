"""Placeholders: `{{ person.given_name|default("friend") }}` and `{% if %}` around what only some read.

Jinja reads them, and what it read is held against a short list before anything runs: names, fields, a few
filters and comparisons. There are no calls, no arithmetic and no loops within loops, fields are looked up in
plain mappings only and never on objects: neither time nor size can run away, and nothing of ours is reached.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from html import unescape
from typing import Any

from django.utils.translation import gettext_noop
from jinja2 import ChainableUndefined, TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from zoco.kit.said import Said
from zoco.mail.letters.filters import FILTERS

LONGEST = 300_000
"""Characters of a source."""
VALUE_LONGEST, MARK_LONGEST, ROWS_MOST, NESTED_MOST = 2_000, 4_000, 200, 20
_TRIMS, _ENDS = ("-", "+"), (["variable_end"], ["block_end"])
_OUTSIDE = {"data", "variable_begin", "block_begin", "comment_begin", "raw_begin"}
_OPENS = re.compile(r"\{[{%#]")
_SHUTS = {"{{": "}}", "{%": "%}", "{#": "#}"}
TAGS = re.compile(r"<[^<>]*>")
HOLDS = "_holds"
"""The name under which a template finds the conditions that are true for a person."""


class PlaceholderWrong(Said, ValueError):
    """A placeholder cannot be filled in as it is written."""


class Nothing(ChainableUndefined):
    """What is not known: empty, however deep somebody asks."""


class Sandbox(ImmutableSandboxedEnvironment):
    """Jinja that looks fields up in mappings and nowhere else."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Return a field of a mapping; JSON's null is not known either."""
        is_mapping = type(obj) is dict or isinstance(obj, Mapping)
        found = obj.get(attribute) if is_mapping else None
        return Nothing(name=attribute) if found is None else found

    def getitem(self, obj: Any, argument: Any) -> Any:
        """Return the same."""
        return self.getattr(obj, str(argument))


_ALLOWED = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Getattr, nodes.Const, nodes.Filter,
    nodes.CondExpr, nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not, nodes.If, nodes.For,
)  # fmt: skip


@lru_cache
def sandbox(finalize: Callable[[object], str] | None = None) -> Sandbox:
    """Return the Jinja that reads letters; `finalize` gives each value that goes into one its form."""
    made = Sandbox(
        undefined=Nothing, autoescape=False, finalize=finalize, newline_sequence="\r\n",
        keep_trailing_newline=True, cache_size=0,
    )  # fmt: skip
    made.filters, made.tests, made.globals = dict(FILTERS), {}, {}
    return made


@dataclass(slots=True)
class Asked:
    """What the placeholders of a source ask for, as dotted names."""

    names: set[str] = field(default_factory=set)
    bare: dict[str, int] = field(default_factory=dict)
    """Those that are shown without a default, and where the first is: a line, a block, 0 for the subject."""
    has_loops: bool = False
    has_formats: bool = False
    """Days and numbers are written as the language of the letter does."""

    def add(self, other: "Asked", at: int | None = None) -> None:
        """Add what another part asks for; `at` is where that part is."""
        self.names |= other.names
        self.has_loops = self.has_loops or other.has_loops
        self.has_formats = self.has_formats or other.has_formats
        for name, line in other.bare.items():
            self.bare.setdefault(name, line if at is None else at)


def marks(source: str) -> Iterator[tuple[bool, str]]:
    """Part a source into (is it a placeholder, text). What editors made of quotes in one is taken back."""
    if len(source) > LONGEST:
        words = gettext_noop("A letter has at most %(most)s characters; this one has %(has)s.")
        raise PlaceholderWrong(words, most=LONGEST, has=len(source))
    at = 0
    for start, end in _places(source):
        if start > at:
            yield False, source[at:start]
        if not source.startswith("{#", start):
            yield True, _alone(source, start, end)
        at = end
    if at < len(source):
        yield False, source[at:]


def _places(source: str) -> Iterator[tuple[int, int]]:
    """Yield where placeholders and comments begin and end; what has no end is text. Reads all once."""
    at, endless = 0, set()
    while found := _OPENS.search(source, at):
        shut = _SHUTS[found[0]]
        end = -1 if shut in endless else source.find(shut, found.end())
        if end < 0:
            endless.add(shut)
            at = found.start() + 1
            continue
        at = end + len(shut)
        yield found.start(), at


def _alone(source: str, start: int, end: int) -> str:
    """Return a placeholder that is whole by itself: none begins a text that another one ends.

    Else what stands between them would be read as part of one. Signs that take line breaks away around a
    placeholder are left out, for these ends of lines are those of quoted-printable. Raises PlaceholderWrong.
    """
    mark = unescape(TAGS.sub("", source[start:end])).replace("\xa0", " ")
    inner = mark[2:-2]
    mark = f"{mark[:2]}{inner[inner[:1] in _TRIMS : len(inner) - (inner[-1:] in _TRIMS)]}{mark[-2:]}"
    try:
        kinds = [kind for _line, kind, _text in sandbox().lex(mark)]
        why = "" if kinds[-1:] in _ENDS and not _OUTSIDE.intersection(kinds[1:]) else mark[:80]
    except TemplateSyntaxError as wrong:
        why = wrong.message or mark[:80]
    if why:
        words = gettext_noop("Line %(line)s: a placeholder cannot be read: %(why)s")
        raise PlaceholderWrong(words, line=source.count("\n", 0, start) + 1, why=why)
    return mark


def asked_read(source: str, *, roots: frozenset[str]) -> Asked:
    """Read all placeholders of a source. Raises PlaceholderWrong for what may not stand in one."""
    parts = list(marks(source))
    if any(is_mark and len(text) > MARK_LONGEST for is_mark, text in parts):
        raise PlaceholderWrong(gettext_noop("Placeholders are nested too deeply."))
    try:
        tree = sandbox().parse("".join(text if is_mark else _blank(text) for is_mark, text in parts))
    except TemplateSyntaxError as wrong:
        words = gettext_noop("Line %(line)s: a placeholder cannot be read: %(why)s")
        raise PlaceholderWrong(words, line=wrong.lineno, why=wrong.message or "") from wrong
    except RecursionError as wrong:
        raise PlaceholderWrong(gettext_noop("Placeholders are nested too deeply.")) from wrong
    asked = Asked()
    _walk(tree, asked, roots, depth=0, shown=False)
    return asked


def _blank(text: str) -> str:
    """Return what keeps the lines of a text and no brace, which alone would mean something to Jinja."""
    return text.replace("{", "(").replace("}", ")")


def _walk(node: nodes.Node, asked: Asked, roots: frozenset[str], *, depth: int, shown: bool) -> None:
    """Hold a node and all below it against the list; `shown`: its value is shown without a default."""
    if not isinstance(node, _ALLOWED) or depth > NESTED_MOST:
        words = gettext_noop(
            "Line %(line)s: %(what)s may not stand in a letter; use fields, filters and {%% if %%}."
        )
        raise PlaceholderWrong(words, line=node.lineno, what=type(node).__name__)
    below = {"depth": depth + 1}
    match node:
        case nodes.Name() | nodes.Getattr():
            _named(node, asked, roots, shown=shown)
            return
        case nodes.Filter():
            _filter_hold(node)
            asked.has_formats = asked.has_formats or node.name in ("day", "number")
            _walk(node.node, asked, roots, shown=shown and node.name != "default", **below)  # type: ignore[arg-type]
            return
        case nodes.CondExpr():
            _walk(node.test, asked, roots, shown=False, **below)
            _walk(node.expr1, asked, roots, shown=False, **below)
            if node.expr2 is not None:
                _walk(node.expr2, asked, roots, shown=shown, **below)
            return
        case nodes.For():
            _loop(node, asked, roots, depth)
            return
        case nodes.Or():
            _walk(node.left, asked, roots, shown=False, **below)
            _walk(node.right, asked, roots, shown=shown, **below)
            return
    for each in node.iter_child_nodes():
        _walk(each, asked, roots, shown=isinstance(node, nodes.Output), **below)


def _named(node: nodes.Node, asked: Asked, roots: frozenset[str], *, shown: bool) -> None:
    parts: list[str] = []
    at = node
    while isinstance(at, nodes.Getattr):
        parts.insert(0, at.attr)
        at = at.node
    if not isinstance(at, nodes.Name) or parts[NESTED_MOST:] or any(each[0] == "_" for each in parts):
        words = gettext_noop("Line %(line)s: write a field such as person.given_name.")
        raise PlaceholderWrong(words, line=node.lineno)
    parts.insert(0, at.name)
    if at.name not in roots:
        words = gettext_noop("Line %(line)s: there is no %(name)s; there are: %(names)s.")
        raise PlaceholderWrong(
            words, line=node.lineno, name=at.name, names=", ".join(sorted(roots - {HOLDS}))
        )
    name = ".".join(parts)
    asked.names.add(name)
    if shown:
        asked.bare.setdefault(name, node.lineno)


def _filter_hold(node: nodes.Filter) -> None:
    if node.name not in FILTERS:
        words = gettext_noop("Line %(line)s: there is no |%(name)s; there are: %(names)s.")
        raise PlaceholderWrong(words, line=node.lineno, name=node.name, names=", ".join(FILTERS))
    plain = all(isinstance(each, nodes.Const) and _is_short(each.value) for each in node.args)
    counts = {"default": str, "number": int, "shorten": int}
    kind = counts.get(node.name)
    fits = len(node.args) <= (kind is not None) and all(
        kind is str or isinstance(each.value, int) for each in node.args if isinstance(each, nodes.Const)
    )
    if not plain or not fits or node.kwargs or node.dyn_args or node.dyn_kwargs or node.node is None:
        words = gettext_noop('Line %(line)s: |%(name)s is written as |default("friend") or |number(2).')
        raise PlaceholderWrong(words, line=node.lineno, name=node.name)


def _is_short(value: object) -> bool:
    return not isinstance(value, str) or len(value) <= VALUE_LONGEST


def _loop(node: nodes.For, asked: Asked, roots: frozenset[str], depth: int) -> None:
    """Hold a loop: over a field, not within another one."""
    is_plain = isinstance(node.target, nodes.Name) and isinstance(node.iter, nodes.Getattr)
    if not is_plain or node.recursive or node.test is not None:
        raise PlaceholderWrong(
            gettext_noop("Line %(line)s: write a loop as {%% for row in data.rows %%}."), line=node.lineno
        )
    if next(node.find_all(nodes.For), None) is not None:
        raise PlaceholderWrong(gettext_noop("Line %(line)s: no loop within a loop."), line=node.lineno)
    asked.has_loops = True
    _walk(node.iter, asked, roots, depth=depth + 1, shown=False)
    inner = Asked()
    for each in (*node.body, *node.else_):
        _walk(each, inner, roots | {node.target.name, "loop"}, depth=depth + 1, shown=False)  # type: ignore[attr-defined]
    asked.has_formats = asked.has_formats or inner.has_formats
    asked.names |= {name for name in inner.names if name.split(".")[0] in roots}
    asked.bare = {**{k: v for k, v in inner.bare.items() if k.split(".")[0] in roots}, **asked.bare}
