"""The default profile ``national-draft`` as a package to hand on: the sealed files, byte for byte, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jingui.domain.packaging.transfer import EVENT_DOCUMENT
from jingui.formats.exchange.described import record_of
from jingui.formats.exchange.forms import CannotHoldError, Form, HeldRecord, Outgoing, Trust
from jingui.formats.exchange.reading import documents_at, found_at
from jingui.formats.exchange.sinks import PackageSink, checked_blocks
from jingui.formats.packages.check import check_source
from jingui.formats.packages.national_draft import SPEC
from jingui.formats.packages.sources import PackageSource

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from jingui.domain.packaging.packages import PackageFinding
    from jingui.formats.exchange.views import PackageView


def contents_of(paths: Iterable[str]) -> frozenset[str]:
    """Return the paths that lie in a folder of content; everything else describes them."""
    folders = tuple(f"{folder}/" for folder in SPEC.content_folders)
    return frozenset(path for path in paths if path.startswith(folders))


def demand(outgoing: Sequence[Outgoing]) -> None:
    """Ask for what only archiving makes: lists, signatures, statement. Raises CannotHoldError."""
    for one in outgoing:
        missing = sorted(SPEC.required_paths - one.record.documents.keys())
        if missing:
            raise CannotHoldError("form_needs_seals", missing[0])


def write(outgoing: Sequence[Outgoing], sink: PackageSink) -> None:
    """Write the sealed package of one record.

    Raises:
        CannotHoldError: the record was never sealed in this profile.
        ContentDamagedError: the bytes of a file are not those that were sealed.
    """
    demand(outgoing)
    (one,) = outgoing
    for path, data in sorted(one.record.documents.items()):
        if path != EVENT_DOCUMENT:  # the journal goes on; what was sealed does not
            sink.put(path, data)
    for file in one.record.files:
        sink.stream(file.path, checked_blocks(file, one.open))


def read(view: PackageView) -> list[HeldRecord]:
    """Read the record. Raises DocumentRefusedError."""
    content = contents_of(view.paths)
    documents = documents_at(view, {path: path for path in sorted(view.paths - content)})
    places = {path: path for path in sorted(content)}
    return [HeldRecord(record_of(documents, found_at(view, places, algorithms=("sha256", "sm3"))), view, places)]


def check(view: PackageView, trust: Trust) -> Iterator[PackageFinding]:
    """Check structure, lists, catalogue, statement and signatures."""
    source = PackageSource(view.tree.sizes, view.tree.open)
    yield from check_source(source, verify=trust.verify, trusted_keys=trust.keys)


FORM = Form("national-draft", demand, write, read, check)
