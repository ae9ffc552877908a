"""What trees of rules end in: plugs, each with a form that says what such a rule may say.

The same form reads a rule from JSON and from a page, so that both know the same bounds and errors.
"""

from collections.abc import Callable, Hashable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import copy_context
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

from django import forms
from django.utils.translation import gettext_noop
from pyroaring import BitMap

from zoco.kit.plugs import Registry
from zoco.kit.said import Said
from zoco.people.audiences.bitmaps import everybody, merged

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from zoco.ledger.store.base import Store

Json = Mapping[str, Any]


class LeafWrong(Said, ValueError):
    """A leaf says what it cannot say."""


@dataclass(frozen=True, slots=True)
class Found:
    """Whom a rule holds for: these people, or (`is_rest`) everybody but these.

    `is_sure` says that all of these are people who are there: what is found in the ledger may be gone.
    """

    people: BitMap
    is_rest: bool = False
    is_sure: bool = True


@dataclass
class Asked:
    """What leaves are told: the moment, the store of facts, and who was found on the way.

    `within` are the audiences that are being counted, so that none asks for itself.
    """

    now: datetime
    store: "Store | None" = None
    held: dict[int, Found] = field(default_factory=dict)
    within: tuple[int, ...] = ()
    _begun: dict[Hashable, Future[Any]] = field(default_factory=dict)
    _asker: ThreadPoolExecutor | None = None

    @contextmanager
    def ahead(self) -> Iterator[None]:
        """Let questions begin in a thread beside, one after the other, which ends with this."""
        if self._asker is not None:
            yield
            return
        self._asker = ThreadPoolExecutor(1, "zoco-audience")
        try:
            yield
        finally:
            self._asker.shutdown(cancel_futures=True)
            self._asker = None

    def begin(self, key: Hashable, ask: Callable[[], Any]) -> None:
        """Begin to ask what `told` will want under this key; `ask` must not touch the database."""
        if self._asker is not None and key not in self._begun:
            self._begun[key] = self._asker.submit(copy_context().run, ask)

    def told(self, key: Hashable, ask: Callable[[], Any]) -> Any:
        """Return the answer to what was begun, or ask now; meanwhile all people are read."""
        if key not in self._begun:
            return ask()
        _read = self.everybody
        return self._begun[key].result()

    @cached_property
    def ledger(self) -> "Store":
        """The store of facts: the process's own unless another was given."""
        from zoco.ledger.store import opening

        return self.store or opening.store()

    @cached_property
    def everybody(self) -> BitMap:
        """All people but those who were merged into others."""
        return everybody(self.merged)

    @cached_property
    def merged(self) -> BitMap:
        """Those for whom others stand."""
        return merged()


class LeafForm(forms.Form):
    """What a rule says. `rule` writes it as JSON without what is empty; `data_of` is the way back."""

    def rule(self) -> dict[str, Any]:
        """Return what was filled in."""
        return {name: value for name, value in self.cleaned_data.items() if value not in ("", None, False)}

    @classmethod
    def data_of(cls, rule: Json) -> dict[str, Any]:
        """Return what is to be filled in. Raises LeafWrong for what no field takes."""
        for name, value in rule.items():
            if name not in cls.base_fields or not isinstance(value, str | int | float):
                words = gettext_noop("%(name)s is not known; there are: %(known)s.")
                raise LeafWrong(words, name=str(name)[:40], known=", ".join(cls.base_fields))
        return dict(rule)


class Leaf(Protocol):
    """A kind of rule. `form` says what it may say.

    `found` is called once for each such rule of a tree, with what the form wrote; it may raise LeafWrong
    where that holds no more. It must not write, and need not hold back people who were merged. One that asks
    elsewhere than in the database may have `begin(rule, asked)` besides, called before any is asked: it calls
    `asked.begin`, and `found` then `asked.told`.
    """

    @property
    def key(self) -> str:
        """What trees call it."""

    @property
    def label(self) -> "StrOrPromise":
        """What a page calls it."""

    @property
    def form(self) -> type[LeafForm]:
        """What such a rule may say."""

    def read(self, raw: Json) -> dict[str, Any]:
        """Read what a rule says. Raises LeafWrong."""

    def found(self, rule: Json, asked: Asked) -> Found:
        """Return whom it holds for. Raises LeafWrong, QueryFailed, StoreBusy."""

    def said(self, rule: Json) -> str:
        """Return the rule in words that complete "People …"."""


class FormLeaf:
    """What leaves have in common: they read by their form."""

    form: type[LeafForm]

    def read(self, raw: Json) -> dict[str, Any]:
        """Read what a rule says. Raises LeafWrong."""
        form = self.form(self.form.data_of(raw))
        if form.is_valid():
            return form.rule()
        name, errors = next(iter(form.errors.items()))
        words = gettext_noop("%(name)s: %(why)s")
        raise LeafWrong(words, name="" if name == "__all__" else name, why=str(errors[0]))


LEAVES: Registry[Leaf] = Registry("rule of audiences")
