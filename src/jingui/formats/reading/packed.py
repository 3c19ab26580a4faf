"""ZIP archives: listed and tested in memory."""

from __future__ import annotations

from jingui.formats.reading.nested_archives import note_nested
from jingui.formats.reading.source import Outcome, Source
from jingui.formats.reading.zip_checks import opened_archive

READER = "jingui zip"
MACROS = "/vbaProject.bin"  # of packages that are no Word, Excel or PowerPoint document known here


def read_zip(source: Source) -> Outcome:
    """List an archive and test every entry; nothing is written to disk and of archives inside only the lists are read."""
    outcome = Outcome(READER)
    with opened_archive(source, outcome) as archive:
        if archive is not None:
            outcome.note("entries", str(len(archive.infolist())))
            note_nested(archive, source, outcome)
            if any(name.endswith(MACROS) for name in archive.namelist()):
                outcome.note("macros")
            is_followed = any(note.startswith("structure_only") for note in outcome.notes)
            outcome.is_readable = False if outcome.has("zip_bomb") else None if is_followed else True
    return outcome
