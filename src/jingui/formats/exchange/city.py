"""The documented city profile: one case as ``<电子文件号>.zip`` with its base, process and management information.

The element names of our base information are those of this profile, so that a sealed record's own document is handed on
as it is; what the profile has no place for (seals, inspection report) stays behind.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from jingui.domain.packaging.transfer import BASE_DOCUMENT, EVENT_DOCUMENT, PROCESS_DOCUMENT, TransferRecord
from jingui.formats.exchange.described import documents_of, record_of
from jingui.formats.exchange.forms import Form, HeldRecord, Outgoing, Trust, demand_number
from jingui.formats.exchange.reading import documents_at, found_at, refusal_findings
from jingui.formats.exchange.sinks import PackageSink, checked_blocks
from jingui.formats.handover import city_profile as profile
from jingui.formats.handover.city_package import METADATA, read_package
from jingui.formats.handover.documents import DocumentRefusedError
from jingui.formats.packages.elements import add_group, add_value, root_element, to_bytes

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from jingui.domain.packaging.packages import PackageFinding
    from jingui.formats.exchange.views import PackageView

_DOCUMENTS = {BASE_DOCUMENT: profile.BASE_INFORMATION, PROCESS_DOCUMENT: profile.PROCESS_INFORMATION}
MANAGEMENT = "元数据/管理过程元数据.xml"


def write(outgoing: Sequence[Outgoing], sink: PackageSink) -> None:
    """Write the package of one record. Raises ContentDamagedError."""
    (one,) = outgoing
    write_case(one, sink)


def write_case(one: Outgoing, sink: PackageSink, *, without: Collection[str] = ()) -> None:
    """Write the package of one record ``without`` some of its files (paths), which lie around it."""
    documents = documents_of(one.record)
    for name, path in _DOCUMENTS.items():
        if name in documents:
            sink.put(path, documents[name])
    sink.put(profile.MANAGEMENT_INFORMATION, documents.get(MANAGEMENT) or management(one.record))
    for file in one.record.files:
        if file.path not in without:
            sink.stream(file.path, checked_blocks(file, one.open))


def management(record: TransferRecord) -> bytes:
    """Write 管理过程元数据.xml: what the archives did with the record, in order."""
    root = root_element("management_info", "管理过程元数据")
    for number, event in enumerate(record.events, start=1):
        element = add_group(root, "event", "管理行为", id=str(number))
        for name, title, value in (
            ("event_identifier", "行为标识", event.identifier),
            ("business_activity", "业务行为", event.kind),
            ("action_time", "行为时间", event.at),
            ("agent_name", "机构人员名称", event.agent),
            ("action_description", "行为描述", event.detail),
            ("outcome", "行为结果", event.outcome),
        ):
            add_value(element, name, title, value)
    return to_bytes(root)


def read(view: PackageView) -> list[HeldRecord]:
    """Read the record. Raises DocumentRefusedError."""
    if view.tree.problems:
        raise DocumentRefusedError(*view.tree.problems)
    named = {name: path for name, path in _DOCUMENTS.items() if path in view.paths}
    if profile.MANAGEMENT_INFORMATION in view.paths:
        named[MANAGEMENT] = profile.MANAGEMENT_INFORMATION
    documents = documents_at(view, named)
    documents.pop(EVENT_DOCUMENT, None)
    places = {path: path for path in sorted(view.paths - METADATA)}
    return [HeldRecord(record_of(documents, found_at(view, places, algorithms=("sha256", "sm3"))), view, places)]


def check(view: PackageView, trust: Trust) -> Iterator[PackageFinding]:
    """Check documents, list and digests of one package; a sheet that names it is checked by itself."""
    del trust
    try:
        read_package(view.tree, entry={})
    except DocumentRefusedError as refused:
        yield from refusal_findings(refused)


FORM = Form("city", demand_number, write, read, check)
