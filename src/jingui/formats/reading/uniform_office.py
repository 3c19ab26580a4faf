"""UOF (GB/T 20916): one XML document, or since version 2 a ZIP with ``uof.xml`` in it."""

from __future__ import annotations

from jingui.formats.reading.markup import gathered_text, read_xml
from jingui.formats.reading.source import Outcome, Source
from jingui.formats.reading.xml_safety import parse
from jingui.formats.reading.zip_checks import entry_bytes, opened_archive

READER = "jingui uof"
ROOT = "uof.xml"


def read_uniform_office(source: Source) -> Outcome:
    """Parse the parts and take their text; nothing of the layout is followed."""
    if not source.head.startswith(b"PK"):
        return read_xml(source)
    outcome = Outcome(READER)
    with opened_archive(source, outcome) as archive:
        if archive is None:
            return outcome
        parts = [name for name in archive.namelist() if name.endswith(".xml")]
        roots = (parse(entry_bytes(archive, name, source), where=name) for name in parts)
        outcome.text = "\n".join(gathered_text(root, source.limits.text_characters) for root in roots)
    outcome.note("structure_only")
    outcome.is_readable = True
    return outcome
