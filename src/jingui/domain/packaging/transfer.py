"""What every form of package carries of a record: the model that export and import share.

A form that has no place of its own for something keeps it as a document, byte for byte, so that nothing that came in is
lost when the record goes out again.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

BASE_DOCUMENT = "元数据/基本信息元数据.xml"
PROCESS_DOCUMENT = "元数据/过程信息元数据.xml"
EVENT_DOCUMENT = "元数据/保存管理事件.xml"
"""PREMIS 3: the objects, and what the archives did with them according to the journal."""


@dataclass(frozen=True, slots=True)
class TransferFile:
    """One archived file: its place among the files of the record, size in bytes, digests by algorithm, what is said of it.

    ``digests`` has at least ``sha256``; ``values`` are elements of the base information's file list, by identifier.
    """

    path: str
    bytes: int
    digests: Mapping[str, str]
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TransferEvent:
    """One event of preservation (PREMIS): stable identifier, kind, moment in ISO 8601, who, what came of it."""

    identifier: str
    kind: str
    at: str
    agent: str
    detail: str = ""
    outcome: str = ""


@dataclass(frozen=True, slots=True)
class TransferRecord:
    """A record as it is handed on.

    ``values`` are base information elements by identifier, ``titles`` how people call those of them that have a name;
    ``documents`` are describing files by their path, verbatim; ``kept`` are parts of the form it was read from that no
    element stands for, as (place, XML), to be put back when the same form is written again.
    """

    values: Mapping[str, str]
    files: tuple[TransferFile, ...]
    documents: Mapping[str, bytes] = field(default_factory=dict)
    steps: tuple[Mapping[str, str], ...] = ()
    events: tuple[TransferEvent, ...] = ()
    extension: Mapping[str, str] = field(default_factory=dict)
    titles: Mapping[str, str] = field(default_factory=dict)
    kept: tuple[tuple[str, str], ...] = ()

    @property
    def code(self) -> str:
        """The electronic record number (电子文件号), else the archival code, else the case number; ``""`` if none is told."""
        named = ("electronic_record_code", "archival_code", "project_id")
        return next((self.values[name] for name in named if self.values.get(name)), "")

    @property
    def title(self) -> str:
        """The title of the record."""
        return self.values.get("project_name") or self.values.get("title") or self.code

    @property
    def bytes(self) -> int:
        """The size of all files."""
        return sum(file.bytes for file in self.files)
