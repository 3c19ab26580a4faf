"""The tag files of a bag: declaration, manifests and bag-info (RFC 8493 §2.1 to §2.2, and its drafts 0.93 to 0.97)."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from jingui.formats.handover.problems import problem
from jingui.formats.packages.zip_source import is_safe_name

if TYPE_CHECKING:
    from jingui.domain.errors import Problem

DECLARATION = "bagit.txt"
FETCH = "fetch.txt"
PAYLOAD = "data/"
VERSIONS = frozenset({"0.93", "0.94", "0.95", "0.96", "0.97", "1.0"})
# Only encodings whose decoders are plain tables; others are for a person to look at.
ENCODINGS = frozenset({"utf-8", "utf-16", "utf-16-le", "utf-16-be", "iso8859-1", "ascii", "gb18030"})
INFO_NAMES = ("bag-info.txt", "package-info.txt")  # the second up to 0.95

_VERSION = re.compile(r"BagIt-Version: (\d+\.\d+)")
_ENCODING = re.compile(r"Tag-File-Character-Encoding: (\S+)")
_MANIFEST_NAME = re.compile(r"(tag)?manifest-([A-Za-z0-9][A-Za-z0-9_-]{0,63})\.txt", re.ASCII)
_MANIFEST_LINE = re.compile(r"([0-9A-Fa-f]{8,128})[ \t]+(\*?)(.+)")
_ESCAPES = re.compile(r"%(0[AaDd]|25)")
_LINES = re.compile(r"\r\n|\n|\r")
_OUTSIDE_WINDOWS = re.compile(r"^[A-Za-z]:|\\|^%[A-Za-z_]+%")


@dataclass(frozen=True, slots=True)
class Declaration:
    """What ``bagit.txt`` says; ``encoding`` is the name of a Python codec."""

    version: str
    encoding: str

    @property
    def is_final(self) -> bool:
        """Whether the bag follows the RFC and not one of its drafts."""
        return self.version == "1.0"


@dataclass(slots=True)
class Manifest:
    """One manifest: digests by path, as listed. ``is_tag`` for a tag manifest."""

    name: str
    algorithm: str
    is_tag: bool
    digests: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)


def read_declaration(data: bytes) -> Declaration | Problem:
    """Read ``bagit.txt``: exactly two lines in UTF-8 without a byte order mark."""
    if data.startswith(codecs.BOM_UTF8):
        return problem("bag_declaration_malformed", DECLARATION, detail="BOM")
    try:
        lines = _LINES.split(data.decode("utf-8"))
    except UnicodeDecodeError:
        return problem("bag_tag_file_undecodable", DECLARATION, encoding="UTF-8")
    lines = [line.rstrip(" \t") for line in lines]
    version = _VERSION.fullmatch(lines[0])
    encoding = _ENCODING.fullmatch(lines[1]) if len(lines) > 1 else None
    if not version or not encoding or any(lines[2:]):
        return problem("bag_declaration_malformed", DECLARATION, detail=" / ".join(lines)[:200])
    return _declared(version[1], encoding[1])


def _declared(version: str, encoding: str) -> Declaration | Problem:
    if version not in VERSIONS:
        return problem("bag_version_unknown", DECLARATION, version=version)
    try:
        codec = codecs.lookup(encoding).name
    except (LookupError, ValueError):
        codec = ""
    if codec not in ENCODINGS:
        return problem("bag_encoding_unknown", DECLARATION, encoding=encoding)
    return Declaration(version, codec)


def manifest_of_name(name: str) -> Manifest | None:
    """Return an empty manifest if this file at the top of a bag is one by its name.

    The name of the algorithm is letters and digits in lower case (RFC 8493 §2.4), however tools write it.
    """
    found = _MANIFEST_NAME.fullmatch(name)
    if found is None:
        return None
    return Manifest(name, re.sub(r"[^a-z0-9]", "", found[2].lower()), is_tag=bool(found[1]))


def read_manifest(manifest: Manifest, text: str, *, is_final: bool) -> None:
    """Fill in a manifest line by line. ``is_final``: ``%25`` stands for a percent sign (RFC 8493 only)."""
    for number, line in enumerate(_LINES.split(text), start=1):
        if not line.strip():
            continue
        found = _MANIFEST_LINE.fullmatch(line)
        if found is None:
            manifest.problems.append(problem("bag_manifest_line_malformed", manifest.name, line=number))
            continue
        if found[2]:
            manifest.warnings.append(problem("bag_path_with_asterisk", manifest.name, path=found[3]))
        _list(manifest, _unescaped(found[3], is_final=is_final), found[1].lower(), is_final=is_final)


def leads_outside(path: str) -> bool:
    """Say whether a listed path could lead out of the bag on some system."""
    return not is_safe_name(path) or bool(_OUTSIDE_WINDOWS.search(path))


def unescaped(path: str) -> str:
    """Return a path as it is meant, whichever version escaped it."""
    return _unescaped(path, is_final=True)


def _unescaped(path: str, *, is_final: bool) -> str:
    meant = {"0a": "\n", "0d": "\r", "25": "%" if is_final else "%25"}
    return _ESCAPES.sub(lambda found: meant[found[1].lower()], path)


def _list(manifest: Manifest, path: str, digest: str, *, is_final: bool) -> None:
    if path.startswith("./"):
        manifest.warnings.append(problem("bag_path_with_dot", manifest.name, path=path))
        path = path.removeprefix("./")
    if leads_outside(path):
        manifest.problems.append(problem("bag_manifest_path_unsafe", manifest.name, path=path))
    elif path.startswith(PAYLOAD) is manifest.is_tag:
        manifest.problems.append(problem("bag_manifest_path_wrong_place", manifest.name, path=path))
    elif path in manifest.digests:
        # The drafts were silent about a path that comes twice and is told the same (RFC 8493 §2.1.3 is not).
        is_harmless = not is_final and manifest.digests[path] == digest
        told = manifest.warnings if is_harmless else manifest.problems
        told.append(problem("bag_path_listed_twice", manifest.name, path=path))
    else:
        manifest.digests[path] = digest


def read_info(text: str, name: str) -> tuple[list[tuple[str, str]], list[Problem]]:
    """Read bag-info: labels with values in their order; an indented line goes on with the value before."""
    pairs: list[tuple[str, list[str]]] = []
    faults: list[Problem] = []
    for number, line in enumerate(_LINES.split(text), start=1):
        label, colon, value = line.partition(":")
        if not line.strip():
            continue
        if line[0] in " \t" and pairs:
            pairs[-1][1].append(line.strip())
        elif colon and label.strip():
            pairs.append((label.strip(), [value.strip()]))
        else:
            faults.append(problem("bag_info_malformed", name, line=number))
    return [(label, " ".join(lines).strip()) for label, lines in pairs], faults
