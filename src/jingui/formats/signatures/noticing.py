"""Looking cheaply whether a file is signed, and loading what checks signatures only for one that is.

Most files are not signed, and loading ASN.1, X.509 and pyHanko costs more than reading a document.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from jingui.formats.signatures.trust import TrustEntry

if TYPE_CHECKING:
    import mmap
    from collections.abc import Sequence

    import pikepdf
    from lxml import etree

    from jingui.domain.records.facts import SignatureFact
    from jingui.formats.signatures.ofd import Package

MARK = b"/ByteRange"
"""A PDF's signature has its byte range in the clear: it could not be written otherwise."""

XML_MARK = b"/xmldsig#"
"""A part of the namespace that every XML signature has, in any encoding that keeps ASCII."""

_TRUSTED: list[TrustEntry] = []


def trust(entries: Sequence[TrustEntry]) -> None:
    """Trust these certificates, and no others, in this process from now on."""
    _TRUSTED[:] = entries


def pdf_signatures(data: mmap.mmap | bytes, pdf: pikepdf.Pdf | None) -> tuple[SignatureFact, ...]:
    """Check the signatures of a PDF; ``pdf`` is ``None`` where it cannot be opened."""
    if data.find(MARK) < 0:
        return ()
    return tuple(row.fact() for row in _checking().pdf_rows(data, pdf, tuple(_TRUSTED)))


def ofd_signatures(package: Package) -> tuple[SignatureFact, ...]:
    """Check the signatures and seals of an OFD package that names a list of them."""
    return tuple(row.fact() for row in _checking().ofd_rows(package, tuple(_TRUSTED)))


def xml_signatures(data: bytes, root: etree._Element) -> tuple[SignatureFact, ...]:
    """Check the XML signatures of a parsed document."""
    if data.find(XML_MARK) < 0:
        return ()
    return tuple(row.fact() for row in _checking().xml_rows(root, tuple(_TRUSTED)))


def stated_by(data: bytes) -> tuple[int, tuple[tuple[str, str], ...]] | None:
    """Return the number of signers of a CMS value and the digests it states; ``None`` for what is no such value."""
    found: tuple[int, tuple[tuple[str, str], ...]] | None = _asked("stated_digests", data)
    return found


def signers_and_certificates(data: bytes) -> tuple[int, int] | None:
    """Return how many signers and certificates a CMS value has; ``None`` for what is no such value."""
    found: tuple[int, int] | None = _asked("counted", data)
    return found


def _asked(question: str, data: bytes) -> Any:  # noqa: ANN401 - what the question returns
    module: Any = import_module("jingui.formats.signatures.detached")
    try:
        return getattr(module, question)(data)
    except module.MalformedError:
        return None


def _checking() -> Any:  # noqa: ANN401 - a module
    return import_module("jingui.formats.signatures.checking")
