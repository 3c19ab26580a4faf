"""What a file is, by its bytes and never by its name; and what its name claims it to be."""

from __future__ import annotations

from jingui.formats.identification.extensions import claims, extension_fits
from jingui.formats.identification.identifying import EDGE_BYTES, edges, identify, identify_path, pdfa_claim
from jingui.formats.identification.names import UNKNOWN, Identification, named
from jingui.formats.identification.pronom import Asker, load_pronom
from jingui.formats.identification.zip_families import identify_archive

__all__ = [
    "EDGE_BYTES",
    "UNKNOWN",
    "Asker",
    "Identification",
    "claims",
    "edges",
    "extension_fits",
    "identify",
    "identify_archive",
    "identify_path",
    "load_pronom",
    "named",
    "pdfa_claim",
]
