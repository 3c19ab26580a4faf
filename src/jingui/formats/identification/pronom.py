"""Identification by PRONOM (The National Archives) with Siegfried's engine, for what the own rules leave open.

The engine is a Go runtime: after it is loaded a fork of the process hangs for ever. So nothing loads it but ``Pronom``, and
only processes that read files for others and never fork may make one (``adapters.examination``). It takes paths, not bytes.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jingui.formats.identification.names import PRONOM_IDS, Identification, named

MAX_BYTES = 512 * 1024**2
WARNINGS_OF_NAMES = re.compile(r"(?:extension|filename) mismatch;?\s*")
WEAK = re.compile(r"match on (?:extension|filename|text|mime)[\w ]* only")
NAMES: dict[str, tuple[str, str]] = {puid: key for key, puid in reversed(PRONOM_IDS.items())}
"""PRONOM identifier → own format name and version, where there is one."""

Asker = Callable[[Path], "Identification | None"]


@dataclass(frozen=True, slots=True)
class Pronom:
    """An engine that is loaded; ``source`` names the signature file, as ``PRONOM V125``."""

    engine: Any
    source: str

    def __call__(self, path: Path) -> Identification | None:
        """Identify a file by content; ``None`` if PRONOM knows nothing of it but perhaps its name."""
        if path.stat().st_size > MAX_BYTES:
            return None
        try:
            told = self.engine.identify(str(path), detailed=True)
        except (RuntimeError, ValueError, OSError, UnicodeError):
            return None
        return chosen([match for found in told["files"] for match in found["matches"]], self.source)


def load_pronom() -> Pronom:
    """Load the engine with the signatures it brings; takes about half a second. Never to be called before a fork."""
    import pygfried  # noqa: PLC0415 - see above

    return Pronom(pygfried, "PRONOM V125")


def chosen(matches: list[dict[str, str]], source: str) -> Identification | None:
    """Take the first match by content; the others become a warning. What only a name suggests is not taken."""
    sure = [match for match in matches if match["id"] != "UNKNOWN" and not WEAK.search(match["warning"])]
    if not sure:
        return None
    first = sure[0]
    others = [match["id"] for match in sure[1:]]
    said = [WARNINGS_OF_NAMES.sub("", match["warning"]).strip() for match in sure]
    warnings = [*(["also " + ", ".join(others)] if others else []), *filter(None, said)]
    return _named(first, basis=f"{source}: {first['basis']}", warnings=tuple(dict.fromkeys(warnings)))


def _named(match: dict[str, str], *, basis: str, warnings: tuple[str, ...]) -> Identification:
    puid = match["id"]
    if puid in NAMES:
        own = named(*NAMES[puid])
        return Identification(own.format_name, own.version, own.mime, puid, basis, warnings)
    mime = match["mime"].partition(",")[0].strip() or "application/octet-stream"
    title = f"{match['format']} {match['version']}".strip()
    return Identification(puid, match["version"][:20], mime, puid, basis, (*warnings, f"is {title}"))
