"""The nested package of a theme case (一件事): materials that its cases share once, and a package for each case.

Each body's fonds receives its own case (``子包/<电子文件号>.zip``); a case lists every one of its files, and those that
lie with the theme are known by their digest.
"""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import PurePosixPath
from typing import IO, TYPE_CHECKING

from jingui.domain.packaging.packages import PackageFinding
from jingui.domain.packaging.transfer import BASE_DOCUMENT
from jingui.formats.exchange import city
from jingui.formats.exchange.described import Found, record_of
from jingui.formats.exchange.forms import Form, HeldRecord, Outgoing, Trust, demand_number
from jingui.formats.exchange.reading import measured, refusal_findings
from jingui.formats.exchange.sinks import BLOCK_BYTES, PackageSink, ZipSink, checked_blocks
from jingui.formats.handover.base_information import read_base_information
from jingui.formats.handover.city_package import read_package
from jingui.formats.handover.documents import DocumentRefusedError, parse_xml, read_document
from jingui.formats.handover.problems import problem
from jingui.formats.handover.trees import Tree
from jingui.formats.packages.elements import add_group, add_value, read_value, root_element, to_bytes

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Sequence

    from lxml import etree

    from jingui.domain.packaging.transfer import TransferFile
    from jingui.formats.exchange.views import PackageView

THEME_INFORMATION = "主题信息元数据.xml"
_SHARED, _PARTS = "共享材料", "子包"


def write(outgoing: Sequence[Outgoing], sink: PackageSink) -> None:
    """Write the theme of some records. Raises ContentDamagedError, CannotHoldError where two have the same number."""
    demand_number(outgoing)
    shared = _shared_files(outgoing)
    root = root_element("theme_info", "主题信息元数据")
    for digest, (one, file) in shared.items():
        path = f"{_SHARED}/{digest[:16]}-{PurePosixPath(file.path).name}"
        sink.stream(path, checked_blocks(file, one.open))
        facts = (("path", "存放路径", path), ("bytes", "字节数", str(file.bytes)), ("sha256", "SHA-256摘要", digest))
        _add(root, "shared_file", "共享材料", facts)
    for one in outgoing:
        _write_part(one, sink, root, shared)
    sink.put(THEME_INFORMATION, to_bytes(root))


def _add(root: etree._Element, name: str, title: str, facts: Iterable[tuple[str, str, str]]) -> None:
    group = add_group(root, name, title)
    for fact in facts:
        add_value(group, *fact)


def _shared_files(outgoing: Sequence[Outgoing]) -> dict[str, tuple[Outgoing, TransferFile]]:
    """Name the files that more than one case has, by SHA-256."""
    first: dict[str, tuple[Outgoing, TransferFile]] = {}
    shared: dict[str, tuple[Outgoing, TransferFile]] = {}
    for one in outgoing:
        for digest, file in {file.digests["sha256"]: file for file in one.record.files}.items():
            if digest in first:
                shared[digest] = first[digest]
            first.setdefault(digest, (one, file))
    return shared


def _write_part(one: Outgoing, sink: PackageSink, root: etree._Element, shared: Container[str]) -> None:
    path, values = f"{_PARTS}/{one.record.code}.zip", one.record.values
    without = {file.path for file in one.record.files if file.digests["sha256"] in shared}
    digest = hashlib.sha256()
    with tempfile.TemporaryFile() as spool:
        with ZipSink(spool) as archive:
            city.write_case(one, archive, without=without)
        size = spool.tell()
        sink.stream(path, _digested(spool, digest))
    facts = (
        ("path", "存放路径", path),
        ("electronic_record_code", "电子文件号", one.record.code),
        ("project_id", "业务流水号", values.get("project_id", "")),
        ("department_name", "立档单位名称", values.get("department_name", "")),
        ("bytes", "字节数", str(size)),
        ("sha256", "SHA-256摘要", digest.hexdigest()),
    )
    _add(root, "sub_package", "子包", facts)


def _digested(spool: IO[bytes], digest: hashlib._Hash) -> Iterator[bytes]:
    spool.seek(0)
    while block := spool.read(BLOCK_BYTES):
        digest.update(block)
        yield block


def _listed(view: PackageView, name: str) -> list[dict[str, str]]:
    """List the shared files or sub-packages as the theme tells them. Raises DocumentRefusedError."""
    root = parse_xml(read_document(view.tree, THEME_INFORMATION), THEME_INFORMATION)
    if root.tag != "theme_info":
        raise DocumentRefusedError(problem("document_root_unknown", THEME_INFORMATION, found=root.tag))
    try:
        return [{str(e.tag): read_value(e) for e in entry.iterchildren("*")} for entry in root.iterfind(name)]
    except ValueError:
        malformed = problem("document_value_malformed", THEME_INFORMATION, element=name, value="")
        raise DocumentRefusedError(malformed) from None


def _checked_paths(view: PackageView, name: str) -> Iterator[tuple[str, str]]:
    """Yield path and SHA-256 of listed files whose bytes are as listed.

    Raises:
        DocumentRefusedError: naming the first that is not.
    """
    for listed in _listed(view, name):
        path, expected = listed.get("path", ""), listed.get("sha256", "")
        if path not in view.paths:
            raise DocumentRefusedError(problem("package_file_missing", path))
        try:
            _, digests = measured(view.tree, path, ("sha256",))
        except (OSError, ValueError) as error:
            raise DocumentRefusedError(problem("package_unreadable", path, detail=error)) from error
        if digests["sha256"] != expected:
            wrong = {"algorithm": "sha256", "expected": expected, "found": digests["sha256"]}
            raise DocumentRefusedError(problem("package_file_digest_wrong", path, **wrong))
        yield path, expected


def read(view: PackageView) -> list[HeldRecord]:
    """Read every case; its shared files are taken from the theme. Raises DocumentRefusedError."""
    shared = {digest: path for path, digest in _checked_paths(view, "shared_file")}
    return [_held(view, path, shared) for path, _ in _checked_paths(view, "sub_package")]


def _held(view: PackageView, path: str, shared: dict[str, str]) -> HeldRecord:
    inner = _opened_part(view, path)
    (own,) = city.read(inner)
    places = dict(own.places)
    tree = Tree(inner.tree.sizes | view.tree.sizes, lambda p: (inner if p in inner.tree.sizes else view).tree.open(p))
    base = read_base_information(parse_xml(own.record.documents[BASE_DOCUMENT], path), required=())
    found = [Found(file.path, file.bytes, file.digests) for file in own.record.files]
    names = {PurePosixPath(place).name for place in places}
    for listed in base.files:
        name, digest = listed.values.get("computer_file_name", ""), listed.values.get("sha256", "")
        if digest in shared and PurePosixPath(name).name not in names:
            places[name] = shared[digest]
            found.append(Found(name, view.tree.sizes[shared[digest]], {"sha256": digest}))
    return HeldRecord(record_of(own.record.documents, found), view.with_tree(tree), places)


def _opened_part(view: PackageView, path: str) -> PackageView:
    try:
        return view.inner_zip(path)
    except (OSError, ValueError) as error:
        raise DocumentRefusedError(problem("package_unreadable", path, detail=error)) from error


def check(view: PackageView, trust: Trust) -> Iterator[PackageFinding]:
    """Check the theme's list, the shared files and every case."""
    del trust
    try:
        shared = {digest: path for path, digest in _checked_paths(view, "shared_file")}
        parts = [path for path, _ in _checked_paths(view, "sub_package")]
    except DocumentRefusedError as refused:
        yield from refusal_findings(refused)
        return
    for path in sorted(view.paths - {THEME_INFORMATION, *shared.values(), *parts}):
        yield PackageFinding("not_listed", path)
    for path in parts:
        try:
            read_package(_opened_part(view, path).tree, entry={}, shared=shared)
        except DocumentRefusedError as refused:
            for finding in refusal_findings(refused):
                yield PackageFinding(finding.code, f"{path}!/{finding.path}", finding.detail)


FORM = Form("city-theme", demand_number, write, read, check, holds_many=True)
