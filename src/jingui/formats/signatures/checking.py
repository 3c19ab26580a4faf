"""Checking all signatures of one file. Whatever its bytes are, an answer comes back."""

from __future__ import annotations

import mmap
import zipfile
from collections.abc import Callable, Sequence
from functools import lru_cache

import pikepdf
from lxml import etree

from jingui.domain.records.signatures import Flaw
from jingui.formats.signatures.assessment import Assessment, Context
from jingui.formats.signatures.certificates import read_certificate
from jingui.formats.signatures.chains import Anchor
from jingui.formats.signatures.containers import check_container
from jingui.formats.signatures.der import MalformedError
from jingui.formats.signatures.ofd import Package, check_ofd
from jingui.formats.signatures.pdf import check_pdf
from jingui.formats.signatures.trust import TrustEntry
from jingui.formats.signatures.xml_signatures import check_xml


@lru_cache(maxsize=4)
def anchors_of(entries: tuple[TrustEntry, ...]) -> tuple[Anchor, ...]:
    """Read the certificates of a trust list; one that cannot be read trusts nobody."""
    anchors = []
    for entry in entries:
        try:
            certificate = read_certificate(entry.der)
        except MalformedError:
            continue
        anchors.append(Anchor(certificate, frozenset(entry.purposes), entry.since, entry.until))
    return tuple(anchors)


def pdf_rows(data: mmap.mmap | bytes, pdf: pikepdf.Pdf | None, entries: Sequence[TrustEntry]) -> list[Assessment]:
    """Check the signatures of a PDF."""
    return guarded("pdf_signature", lambda: check_pdf(data, pdf, context=context_of(entries)))


def ofd_rows(package: Package, entries: Sequence[TrustEntry]) -> list[Assessment]:
    """Check the signatures and seals of an OFD package."""
    return guarded("ofd_seal", lambda: check_ofd(package, context=context_of(entries)))


def xml_rows(root: etree._Element, entries: Sequence[TrustEntry]) -> list[Assessment]:
    """Check the XML signatures of a parsed document."""
    return guarded("xmldsig", lambda: check_xml(root, context=context_of(entries)))


def container_rows(archive: zipfile.ZipFile, entries: Sequence[TrustEntry]) -> list[Assessment]:
    """Check the signatures in a ZIP container that is no OFD package."""
    return guarded("xmldsig", lambda: check_container(archive, context=context_of(entries)))


def context_of(entries: Sequence[TrustEntry]) -> Context:
    """Return what a check goes by, with nobody but these trusted."""
    return Context(anchors_of(tuple(entries)))


def guarded(kind: str, check: Callable[[], list[Assessment]]) -> list[Assessment]:
    """Run a check; whatever it raises is a verdict on the file."""
    try:
        return check()
    except MemoryError:
        return [_broken(kind, "out of memory")]
    except Exception as error:  # noqa: BLE001 - hostile bytes may raise anything; it is a verdict on this file
        return [_broken(kind, f"{type(error).__name__}: {error}")]


def _broken(kind: str, text: str) -> Assessment:
    row = Assessment(kind, "")
    row.flaw(Flaw.UNREADABLE, text[:160])
    return row
