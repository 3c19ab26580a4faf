"""Writes an E-ARK information package: the files as one representation, the rest as metadata, documentation and schema.

The package type is told by the caller: ``AIP`` follows CSIP alone; ``SIP`` also the submission profile.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import quote

from lxml import etree

from jingui import __version__
from jingui.domain.packaging.transfer import BASE_DOCUMENT, EVENT_DOCUMENT
from jingui.formats.exchange.described import documents_of
from jingui.formats.exchange.eark.mets_shape import is_moment
from jingui.formats.exchange.eark.names import (
    CSIP,
    CSIP_PROFILE,
    METS,
    METS_NAME,
    SIP,
    SIP_PROFILE,
    XLINK,
    attribute,
    mets,
)
from jingui.formats.exchange.eark.schema import BASE_SCHEMA
from jingui.formats.exchange.forms import CannotHoldError, Outgoing, demand_number
from jingui.formats.exchange.sinks import PackageSink, checked_blocks
from jingui.formats.packages.elements import xml_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from jingui.domain.packaging.transfer import TransferRecord

DESCRIPTIVE, PRESERVATION = "metadata/descriptive/", "metadata/preservation/"
DOCUMENTATION, SCHEMAS, DATA = "documentation/", "schemas/", "representations/rep1/data/"
CONTENT_TYPE = "JINGUI-CASE"
SOFTWARE = "金匮 Jingui"
_NOTHING_KNOWN = "1970-01-01T00:00:00Z"  # where a record tells no time at all
_MEDIA = {
    "pdf": "application/pdf", "ofd": "application/ofd", "xml": "application/xml", "xsd": "application/xml",
    "txt": "text/plain", "json": "application/json", "jpg": "image/jpeg", "jpeg": "image/jpeg", "png": "image/png",
    "tif": "image/tiff", "tiff": "image/tiff", "zip": "application/zip", "html": "text/html", "csv": "text/csv",
}  # fmt: skip
_README = "说明文件.txt"


def demand(outgoing: Sequence[Outgoing]) -> None:
    """Ask for a number and for content, without which there is no representation. Raises CannotHoldError."""
    demand_number(outgoing)
    for one in outgoing:
        if not one.record.files:
            raise CannotHoldError("form_needs_files", one.record.code)


def writer(package_type: str) -> Callable[[Sequence[Outgoing], PackageSink], None]:
    """Return what writes packages of a type (``AIP`` or ``SIP``)."""

    def write(outgoing: Sequence[Outgoing], sink: PackageSink) -> None:
        demand(outgoing)
        (one,) = outgoing
        _Package(one, sink, package_type).write()

    return write


class _Package:
    """One package while it is written: METS grows with the files."""

    def __init__(self, one: Outgoing, sink: PackageSink, package_type: str) -> None:
        self.one, self.sink, self.type = one, sink, package_type
        self.moment = moment_of(one.record)
        self.count = 0

    def write(self) -> None:
        record = self.one.record
        documents = documents_of(record)
        root = self._root()
        described = self._section(root, "dmdSec", DESCRIPTIVE, documents.pop(BASE_DOCUMENT), ("OTHER", "JINGUI"))
        amd = etree.SubElement(root, mets("amdSec"), {"ID": "amdSec"})
        kept = self._section(amd, "digiprovMD", PRESERVATION, documents.pop(EVENT_DOCUMENT), ("PREMIS", ""))
        groups = etree.SubElement(root, mets("fileSec"), {"ID": "fileSec"})
        if not documents:
            documents[_README] = f"{record.code}\n{record.title}\n".encode("utf-8", "replace")
        self._put_group(groups, "Documentation", DOCUMENTATION, documents.items())
        self._put_group(groups, "Schemas", SCHEMAS, [("base_info.xsd", BASE_SCHEMA)])
        self._content(groups)
        self._map(root, described, kept)
        data = etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True)
        self.sink.put(METS_NAME, data)

    def _root(self) -> etree._Element:
        record = self.one.record
        names = {None: METS, "csip": CSIP, "xlink": XLINK} | ({"sip": SIP} if self.type == "SIP" else {})
        told = {
            "OBJID": folder_of(record),
            "LABEL": xml_text(record.title),
            "TYPE": "Mixed",
            "PROFILE": SIP_PROFILE if self.type == "SIP" else CSIP_PROFILE,
            attribute("csip:CONTENTINFORMATIONTYPE"): "OTHER",
            attribute("csip:OTHERCONTENTINFORMATIONTYPE"): CONTENT_TYPE,
        }
        root = etree.Element(mets("mets"), told, nsmap=names)  # type: ignore[arg-type]
        head = etree.SubElement(
            root,
            mets("metsHdr"),
            {"CREATEDATE": self.moment, "LASTMODDATE": self.moment, attribute("csip:OAISPACKAGETYPE"): self.type},
        )
        agent = etree.SubElement(head, mets("agent"), {"ROLE": "CREATOR", "TYPE": "OTHER", "OTHERTYPE": "SOFTWARE"})
        etree.SubElement(agent, mets("name")).text = SOFTWARE
        note = etree.SubElement(agent, mets("note"), {attribute("csip:NOTETYPE"): "SOFTWARE VERSION"})
        note.text = __version__
        unit = record.values.get("department_name") or record.values.get("fonds_name")
        if unit:
            archivist = etree.SubElement(head, mets("agent"), {"ROLE": "ARCHIVIST", "TYPE": "ORGANIZATION"})
            etree.SubElement(archivist, mets("name")).text = xml_text(unit)
        return root

    def _section(self, parent: etree._Element, kind: str, folder: str, data: bytes, of: tuple[str, str]) -> str:
        identifier, (form, other) = self._id(kind), of
        told = {"ID": identifier, "CREATED": self.moment, "STATUS": "CURRENT"}
        section = etree.SubElement(parent, mets(kind), told)
        path = folder + ("基本信息元数据.xml" if kind == "dmdSec" else "premis.xml")
        measured = self._measured("application/xml", len(data), "SHA-512", hashlib.sha512(data).hexdigest())
        more = {"OTHERMDTYPE": other} if other else {}
        etree.SubElement(section, mets("mdRef"), _location(path) | {"MDTYPE": form} | more | measured)
        self.sink.put(path, data)
        return identifier

    def _group(self, parent: etree._Element, use: str) -> etree._Element:
        told = {
            "ID": f"grp-{use.partition('/')[0]}",
            "USE": use,
            attribute("csip:CONTENTINFORMATIONTYPE"): "OTHER",
            attribute("csip:OTHERCONTENTINFORMATIONTYPE"): CONTENT_TYPE,
        }
        return etree.SubElement(parent, mets("fileGrp"), told)

    def _put_group(self, parent: etree._Element, use: str, folder: str, files: Iterable[tuple[str, bytes]]) -> None:
        group = self._group(parent, use)
        for name, data in files:
            digest = hashlib.sha512(data).hexdigest()
            self._file(group, folder + name, self._measured(_media(name), len(data), "SHA-512", digest))
            self.sink.put(folder + name, data)

    def _content(self, parent: etree._Element) -> None:
        group = self._group(parent, "Representations/rep1")
        for file in self.one.record.files:
            kind, digest = ("SHA-512", file.digests.get("sha512", "")) if "sha512" in file.digests else (
                "SHA-256", file.digests["sha256"]
            )  # fmt: skip
            told = self._measured(_media(file.path), file.bytes, kind, digest)
            if self.type == "SIP":
                told |= _format(file.values)
            self._file(group, DATA + file.path, told)
            self.sink.stream(DATA + file.path, checked_blocks(file, self.one.open))

    def _file(self, group: etree._Element, path: str, told: dict[str, str]) -> None:
        element = etree.SubElement(group, mets("file"), {"ID": self._id("file"), **told})
        etree.SubElement(element, mets("FLocat"), _location(path))

    def _map(self, root: etree._Element, described: str, kept: str) -> None:
        told = {"ID": "structMap", "TYPE": "PHYSICAL", "LABEL": "CSIP"}
        top = etree.SubElement(
            etree.SubElement(root, mets("structMap"), told),
            mets("div"),
            {"ID": self._id("div"), "LABEL": folder_of(self.one.record)},
        )
        metadata = {"ID": self._id("div"), "LABEL": "Metadata", "ADMID": kept, "DMDID": described}
        etree.SubElement(top, mets("div"), metadata)
        for label in ("Documentation", "Schemas", "Representations"):
            division = etree.SubElement(top, mets("div"), {"ID": self._id("div"), "LABEL": label})
            etree.SubElement(division, mets("fptr"), {"FILEID": f"grp-{label}"})

    def _measured(self, media: str, size: int, kind: str, digest: str) -> dict[str, str]:
        return {"MIMETYPE": media, "SIZE": str(size), "CREATED": self.moment, "CHECKSUM": digest, "CHECKSUMTYPE": kind}

    def _id(self, kind: str) -> str:
        self.count += 1
        return f"{kind}-{self.count}"


def _location(path: str) -> dict[str, str]:
    return {"LOCTYPE": "URL", attribute("xlink:type"): "simple", attribute("xlink:href"): quote(path)}


def _media(name: str) -> str:
    return _MEDIA.get(PurePosixPath(name).suffix.lstrip(".").lower(), "application/octet-stream")


def _format(values: object) -> dict[str, str]:
    told = dict(values)  # type: ignore[call-overload]
    name, _, version = str(told.get("format_information", "")).partition(" ")
    pairs = (
        ("sip:FILEFORMATNAME", name),
        ("sip:FILEFORMATVERSION", version),
        ("sip:FILEFORMATREGISTRY", "PRONOM" if told.get("format_registry") else ""),
        ("sip:FILEFORMATKEY", str(told.get("format_registry", ""))),
    )
    return {attribute(name): xml_text(value) for name, value in pairs if value}


def folder_of(record: TransferRecord) -> str:
    """Return the name of the package's folder, which is its identifier."""
    return re.sub(r"[\\/:*?\"<>|\x00-\x20]", "_", xml_text(record.code)).strip(".") or "package"


def moment_of(record: TransferRecord) -> str:
    """Return when the record was archived, as far as it tells; the same record gives the same package."""
    last = record.events[-1].at if record.events else ""
    told = (
        record.values.get("archive_time"),
        last,
        record.values.get("transact_time"),
        record.values.get("receive_time"),
    )
    return next((moment for moment in told if moment and is_moment(moment)), _NOTHING_KNOWN)
