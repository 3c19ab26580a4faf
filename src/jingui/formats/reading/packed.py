"""ZIP archives: listed and tested in memory."""

from __future__ import annotations

from jingui.formats.reading.nested_archives import note_nested
from jingui.formats.reading.source import Outcome, Source
from jingui.formats.reading.zip_checks import opened_archive

READER = "jingui zip"


def read_zip(source: Source) -> Outcome:
    """List an archive and test every entry; nothing is written to disk and of archives inside only the lists are read."""
    outcome = Outcome(READER)
    with opened_archive(source, outcome) as archive:
        if archive is not None:
            outcome.note("entries", str(len(archive.infolist())))
            note_nested(archive, source, outcome)
            outcome.is_readable = not outcome.has("zip_bomb")
    return outcome
