"""Translations without gettext's programs: `python -m tools.messages update|check|compile [app …]`.

A catalogue belongs to the package under zoco/ in which its sentences stand. `compile` needs polib
alone, so that it works in an environment without the development tools.
"""

import re
import sys
from argparse import ArgumentParser
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import NamedTemporaryFile

import polib

ROOT = Path(__file__).resolve().parent.parent
ZOCO = ROOT / "zoco"
SKIPPED = {"tests", "migrations", "locale", "__pycache__", "static"}

# Plural forms that each language must fill, as Django's own catalogues count them for whole numbers.
LANGUAGES = {
    "es": ("es", "nplurals=2; plural=(n != 1);"),
    "ru": (
        "ru",
        "nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 :"
        " n%10>=2 && n%10<=4 && (n%100<12 || n%100>14) ? 1 : 2);",
    ),
    "zh_Hans": ("zh-Hans", "nplurals=1; plural=0;"),
}
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...]] = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop"), (1,)),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), ((1, "c"), 2, 3)),
}
PLACE = re.compile(r"%\([\w.]+\)[#0 +-]*\d*(?:\.\d+)?[a-zA-Z]|%[sdrf]|\{[\w.]*(?:![rsa])?(?::[^{}]*)?\}")
TAG = re.compile(r"</?[a-zA-Z][^>]*>")


@dataclass(slots=True)
class Message:
    """One sentence of the source; `files` are where it stands, relative to the repository."""

    msgid: str
    plural: str | None = None
    context: str | None = None
    files: set[str] = field(default_factory=set)
    comments: set[str] = field(default_factory=set)

    @property
    def key(self) -> tuple[str | None, str]:
        return self.context, self.msgid


def apps(chosen: Iterable[str] = ()) -> list[Path]:
    """Return the packages directly under zoco/, or the chosen ones ("seo", "zoco.seo", "zoco/seo")."""
    names = [re.split(r"[./]", name.rstrip("/"))[-1] for name in chosen]
    if not names:
        return sorted(path.parent for path in ZOCO.glob("*/__init__.py"))
    missing = [name for name in names if not (ZOCO / name).is_dir()]
    if missing:
        raise SystemExit(f"There is no package zoco/{missing[0]}; name the folder under zoco/.")
    return [ZOCO / name for name in names]


def messages(app: Path) -> dict[tuple[str | None, str], Message]:
    """Read all marked sentences off an app's Python files and templates."""
    found: dict[tuple[str | None, str], Message] = {}
    for path in _sources(app):
        where = path.relative_to(ROOT).as_posix()
        for text, comments, context in _marked(path):
            singular, plural = (text, None) if isinstance(text, str) else (text[0], text[1])
            if not singular:
                continue
            message = found.setdefault((context, singular), Message(singular, None, context))
            if plural and message.plural not in (None, plural):
                raise SystemExit(f"{where}: {singular!r} has two different plurals; make them one.")
            message.plural = message.plural or plural
            message.files.add(where)
            message.comments.update(comments)
    return found


def _sources(app: Path) -> Iterator[Path]:
    for path in sorted(app.rglob("*")):
        parts = set(path.relative_to(app).parts)
        is_source = path.suffix == ".py" or (path.suffix in {".html", ".txt"} and "templates" in parts)
        if is_source and path.is_file() and not parts & SKIPPED:
            yield path


def _marked(path: Path) -> Iterator[tuple[str | tuple[str, ...], list[str], str | None]]:
    from io import BytesIO

    from babel.messages.extract import extract

    source = path.read_text("utf-8")
    if path.suffix != ".py":
        source = _templatized(source, path)
    raw = BytesIO(b"# -*- coding: utf-8 -*-\n" + source.encode())
    for _line, text, comments, context in extract("python", raw, KEYWORDS, ("Translators:",)):
        yield text, comments, context


def _templatized(source: str, path: Path) -> str:
    from django.conf import settings
    from django.utils.translation.template import templatize

    if not settings.configured:
        settings.configure()
    # Indentation means nothing in a template, but Python's tokenizer would stumble over it.
    return "\n".join(line.strip() for line in templatize(source, origin=str(path)).splitlines())


def catalogue_path(app: Path, language: str) -> Path:
    return app / "locale" / language / "LC_MESSAGES" / "django.po"


def update(app: Path) -> int:
    """Bring an app's catalogues up to its source; return how many files changed.

    Translations that still have their sentence are kept, new sentences come untranslated, what
    the source no longer says is dropped. No times and no line numbers, so that a diff is a change.
    """
    found = messages(app)
    changed = 0
    for language in LANGUAGES:
        path = catalogue_path(app, language)
        if not found:
            changed += path.exists()
            path.unlink(missing_ok=True)
            continue
        text = str(_merged(found, path, language))
        if not path.exists() or path.read_text("utf-8") != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            _replace(path, text.encode())
            changed += 1
    return changed


def _merged(found: dict[tuple[str | None, str], Message], path: Path, language: str) -> polib.POFile:
    held: dict[tuple[str | None, str], polib.POEntry] = {}
    if path.exists():
        held = {(entry.msgctxt, entry.msgid): entry for entry in _catalogue(path)}
    code, plurals = LANGUAGES[language]
    catalogue = polib.POFile(wrapwidth=100)
    catalogue.metadata = {
        "Project-Id-Version": "zoco",
        "Language": code.replace("-", "_"),
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": plurals,
    }
    for message in sorted(found.values(), key=lambda one: (min(one.files), one.msgid, one.context or "")):
        catalogue.append(_entry(message, held.get(message.key), _forms(language)))
    return catalogue


def _entry(message: Message, held: polib.POEntry | None, forms: int) -> polib.POEntry:
    entry = polib.POEntry(
        msgid=message.msgid,
        msgctxt=message.context,
        comment="\n".join(sorted(message.comments)),
        tcomment=held.tcomment if held else "",
        occurrences=[(name, "") for name in sorted(message.files)],
    )
    if held and "fuzzy" in held.flags:
        entry.flags.append("fuzzy")
    places = "".join(PLACE.findall(message.msgid + (message.plural or "")))
    if "%" in places:
        entry.flags.append("python-format")
    if "{" in places:
        entry.flags.append("python-brace-format")
    if message.plural is None:
        entry.msgstr = (held.msgstr or held.msgstr_plural.get(0, "")) if held else ""
        return entry
    entry.msgid_plural = message.plural
    kept = held.msgstr_plural if held else {}
    entry.msgstr_plural = {form: kept.get(form, "") for form in range(forms)}
    return entry


def _forms(language: str) -> int:
    return int(LANGUAGES[language][1].removeprefix("nplurals=").partition(";")[0])


def _catalogue(path: Path) -> polib.POFile:
    try:
        return polib.pofile(str(path), encoding="utf-8")
    except (OSError, ValueError) as error:
        raise SystemExit(f"{path.relative_to(ROOT)} cannot be read: {error}") from None


def _replace(path: Path, content: bytes) -> None:
    with NamedTemporaryFile(dir=path.parent, delete=False) as file:
        file.write(content)
    Path(file.name).chmod(0o644)
    Path(file.name).replace(path)


def check(app: Path) -> list[str]:
    """Return one line for everything that is wrong in an app's catalogues."""
    found = messages(app)
    wrong = []
    for language in LANGUAGES:
        path = catalogue_path(app, language)
        if not path.exists():
            wrong += [f"{path.relative_to(ROOT)}: not there; run make messages"] if found else []
            continue
        where, forms, seen = path.relative_to(ROOT), _forms(language), set()
        for entry in _catalogue(path):
            key = (entry.msgctxt, entry.msgid)
            message = found.get(key)
            seen.add(key)
            if message is None:
                faults = ["the source no longer says this"]
            else:
                faults = list(_faults(entry, message, forms))
            wrong += [f"{where}: {entry.msgid[:60]!r}: {fault}" for fault in faults]
        wrong += [f"{where}: {key[1][:60]!r}: missing" for key in found if key not in seen]
    return wrong


def _faults(entry: polib.POEntry, message: Message, forms: int) -> Iterator[str]:
    if entry.fuzzy:
        yield "fuzzy"
    if (entry.msgid_plural or None) != message.plural:
        yield "its plural differs from the source"
        return
    texts = entry.msgstr_plural if message.plural else {0: entry.msgstr}
    if sorted(texts) != list(range(forms if message.plural else 1)):
        yield f"{len(texts)} plural forms, {forms} are needed"
    for form, text in sorted(texts.items()):
        # A language with two forms may write its singular out: "one page" needs no number.
        is_singular = bool(message.plural) and forms == 2 and form == 0
        yield from _differences(text, message, is_singular)


def _differences(text: str, message: Message, is_singular: bool) -> Iterator[str]:
    source = message.plural or message.msgid
    if not text.strip():
        yield "not translated"
        return
    places, wanted = _places(text), _places(source)
    if places != wanted and not (is_singular and set(places) < set(wanted)):
        yield f"placeholders {places or 'none'} instead of {wanted or 'none'}"
    if sorted(TAG.findall(text)) != sorted(TAG.findall(source)):
        yield "its HTML tags differ from the source"
    if text.startswith("\n") != source.startswith("\n") or text.endswith("\n") != source.endswith("\n"):
        yield "begins or ends with a line break where the source does not, or the other way round"


def _places(text: str) -> list[str]:
    return sorted(PLACE.findall(text.replace("%%", "")))


def compile_all(chosen: Iterable[Path]) -> int:
    """Write the .mo file beside each .po file that is newer; return how many."""
    written = 0
    for app in chosen:
        for path in sorted(app.glob("locale/*/LC_MESSAGES/*.po")):
            target = path.with_suffix(".mo")
            if not target.exists() or target.stat().st_mtime < path.stat().st_mtime:
                _replace(target, _catalogue(path).to_binary())
                written += 1
    return written


def main(arguments: list[str] | None = None) -> int:
    parser = ArgumentParser(prog="python -m tools.messages", description=__doc__.splitlines()[0])
    parser.add_argument("action", choices=("update", "check", "compile"))
    parser.add_argument("app", nargs="*", help="packages under zoco/; all of them when none is named")
    options = parser.parse_args(arguments)
    chosen = apps(options.app)
    if options.action == "update":
        changed = sum(update(app) for app in chosen)
        print(f"{changed} catalogues changed, {compile_all(chosen)} compiled.")
        return 0
    if options.action == "compile":
        print(f"{compile_all(chosen)} catalogues compiled.")
        return 0
    wrong = [line for app in chosen for line in check(app)]
    print("\n".join(wrong) if wrong else "Translations are complete.")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
