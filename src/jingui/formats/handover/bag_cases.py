"""What a bag says of a case.

Two forms are read:

* ``metadata/case.json``, a tag file that a tag manifest lists: ``{"case_number": …, "case": …, "files": {"data/<path>":
  …}, "steps": […], "closure": …}``, each part as the capture interface takes it; every part may be left out;
* without it, the labels of ``bag-info.txt`` by ``LABELS``; each payload file ``data/<material code>/<name>`` is a file.
"""

from __future__ import annotations

import hashlib
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from jingui.domain.errors import Problem
from jingui.formats.handover.bag_tags import PAYLOAD
from jingui.formats.handover.cases import Document, HandedCase, HandedFile
from jingui.formats.handover.documents import DocumentRefusedError, parse_json, read_document
from jingui.formats.handover.problems import problem

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jingui.formats.handover.bagit import Bag
    from jingui.formats.handover.trees import Tree

CASE_DOCUMENT = "metadata/case.json"
PARTS = frozenset({"case_number", "case", "files", "steps", "closure"})

LABELS: dict[str, tuple[str, str]] = {
    "external-identifier": ("case", "case_number"),
    "external-description": ("case", "title"),
    "case-item-code": ("case", "item_code"),
    "case-item-version": ("case", "item_version"),
    "case-received-at": ("case", "received_at"),
    "case-accepted-at": ("case", "accepted_at"),
    "case-promised-at": ("case", "promised_at"),
    "case-channel": ("case", "channel"),
    "case-region-code": ("case", "region_code"),
    "case-department": ("case", "department"),
    "case-applicant-name": ("applicant", "name"),
    "case-applicant-kind": ("applicant", "kind"),
    "case-applicant-id-type": ("applicant", "id_type"),
    "case-applicant-id-number": ("applicant", "id_number"),
    "case-closed-at": ("closure", "closed_at"),
    "case-closure-kind": ("closure", "kind"),
    "case-result": ("closure", "result"),
    "case-result-number": ("closure", "result_number"),
}
"""Labels of bag-info in lower case: the part of the case they are of, and the field in it."""

REQUIRED_LABELS = (
    "External-Identifier",
    "External-Description",
    "Case-Item-Code",
    "Case-Received-At",
    "Case-Applicant-Name",
)
# What speaks of the bag and not of the case; everything else that is unknown is kept as metadata of the case.
OF_THE_BAG = frozenset({
    "payload-oxum", "bag-size", "bagging-date", "bag-software-agent", "bag-count", "bag-group-identifier",
    "bagit-profile-identifier",
})  # fmt: skip


_UNSURE = {False: "bag_file_in_no_manifest", True: "package_changed_while_read"}


def read_bag_case(tree: Tree, bag: Bag) -> HandedCase:
    """Read the case of a valid bag.

    Raises:
        DocumentRefusedError: with everything that keeps it from being one.
    """
    if CASE_DOCUMENT in tree.sizes:
        return _of_document(tree, bag)
    return _of_labels(tree, bag)


def _of_document(tree: Tree, bag: Bag) -> HandedCase:
    data = read_document(tree, CASE_DOCUMENT)
    if bag.tags.get(CASE_DOCUMENT) != hashlib.sha256(data).hexdigest():
        is_listed = CASE_DOCUMENT in bag.tags
        raise DocumentRefusedError(problem(_UNSURE[is_listed], CASE_DOCUMENT))
    told = parse_json(data, CASE_DOCUMENT)
    faults = [problem("document_shape", CASE_DOCUMENT, detail=name) for name in sorted(set(told) - PARTS)]
    case, closure = _part(told, "case", faults), _part(told, "closure", faults)
    files, steps = _part(told, "files", faults) or {}, told.get("steps", [])
    number = told.get("case_number") or (case or {}).get("case_number")
    if not isinstance(number, str):
        faults.append(problem("bag_case_unknown", CASE_DOCUMENT))
    if not isinstance(steps, list) or not all(isinstance(step, dict) for step in steps):
        faults.append(problem("document_shape", CASE_DOCUMENT, detail="steps"))
    faults += _payload_faults(files, bag)
    if faults:
        raise DocumentRefusedError(*faults)
    handed = tuple(_file(tree, bag, path, said) for path, said in files.items())
    return HandedCase(str(number), case, handed, tuple(steps), closure)


def _part(told: Document, name: str, faults: list[Problem]) -> Document | None:
    value = told.get(name)
    if value is not None and not isinstance(value, dict):
        faults.append(problem("document_shape", CASE_DOCUMENT, detail=name))
        return None
    return value


def _payload_faults(files: dict[str, Any], bag: Bag) -> Iterable[Problem]:
    """Every payload file is told of and every file told of is payload: nothing in a bag is passed over."""
    for path, said in files.items():
        if path not in bag.payload:
            yield problem("package_file_missing", path)
        if not isinstance(said, dict) or not all(isinstance(value, str) for value in said.values()):
            yield problem("document_shape", CASE_DOCUMENT, detail=path)
    for path in sorted(set(bag.payload) - set(files)):
        yield problem("package_file_unlisted", path)


def _file(tree: Tree, bag: Bag, path: str, said: Document) -> HandedFile:
    return HandedFile(path, tree.sizes[path], bag.payload[path], said)


def _of_labels(tree: Tree, bag: Bag) -> HandedCase:
    given = [label.lower() for label, _ in bag.info]
    faults = [
        problem("bag_label_missing", label, label=label) for label in REQUIRED_LABELS if label.lower() not in given
    ]
    faults += [problem("bag_label_twice", label, label=label) for label in LABELS if given.count(label) > 1]
    if faults:
        raise DocumentRefusedError(*faults)
    parts: dict[str, Document] = {"case": {}, "applicant": {}, "closure": {}}
    metadata: dict[str, str] = {}
    for label, value in bag.info:
        if label.lower() in LABELS:
            part, name = LABELS[label.lower()]
            parts[part][name] = _value(name, value)
        elif label.lower() not in OF_THE_BAG:
            metadata[label] = f"{metadata[label]}\n{value}" if label in metadata else value
    case = {**parts["case"], "applicant": parts["applicant"], "metadata": metadata}
    files = tuple(_payload_file(tree, bag, path, number) for number, path in enumerate(sorted(bag.payload), start=1))
    return HandedCase(str(case["case_number"]), case, files, (), parts["closure"] or None)


def _value(name: str, value: str) -> object:
    return int(value) if name == "item_version" and value.isascii() and value.isdigit() else value


def _payload_file(tree: Tree, bag: Bag, path: str, number: int) -> HandedFile:
    parts = PurePosixPath(path.removeprefix(PAYLOAD)).parts
    said = {"file_key": f"f{number:04d}", "name": parts[-1], "material": parts[0] if len(parts) > 1 else ""}
    return _file(tree, bag, path, said)
