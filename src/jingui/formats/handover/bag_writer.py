"""Writes a case as a BagIt 1.0 bag, for tests and the simulator."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from jingui.formats.handover.bag_cases import CASE_DOCUMENT
from jingui.formats.handover.bag_tags import DECLARATION
from jingui.formats.handover.writing import copy_into

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from jingui.formats.handover.cases import Document, HandedCase

ALGORITHM = "sha256"
_DECLARED = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"


def write_bag(folder: Path, case: HandedCase, *, sources: Mapping[str, Path], info: Mapping[str, str]) -> None:
    """Write a bag as a folder, which must not exist; the last act is to give it its name.

    ``sources`` has the local file of each ``HandedFile.path``; the paths begin with ``data/``.

    Raises:
        OSError: it cannot be written.
    """
    building = folder.with_name(f".{folder.name}.part")
    building.mkdir(parents=True)
    payload = {file.path: copy_into(building / file.path, sources[file.path]) for file in case.files}
    (building / "data").mkdir(exist_ok=True)
    oxum = f"{sum(file.bytes for file in case.files)}.{len(case.files)}"
    tags = {
        DECLARATION: _DECLARED,
        "bag-info.txt": _info({**info, "Payload-Oxum": oxum}),
        CASE_DOCUMENT: _case_document(case),
        f"manifest-{ALGORITHM}.txt": _manifest(payload),
    }
    digests = {name: hashlib.sha256(data).hexdigest() for name, data in tags.items()}
    for name, data in {**tags, f"tagmanifest-{ALGORITHM}.txt": _manifest(digests)}.items():
        (building / name).parent.mkdir(exist_ok=True)
        (building / name).write_bytes(data)
    building.rename(folder)


def _info(info: Mapping[str, str]) -> bytes:
    return "".join(f"{label}: {value}\n" for label, value in info.items()).encode()


def _manifest(digests: Mapping[str, str]) -> bytes:
    return "".join(f"{digest}  {_escaped(path)}\n" for path, digest in digests.items()).encode()


def _escaped(path: str) -> str:
    return path.replace("%", "%25").replace("\n", "%0A").replace("\r", "%0D")


def _case_document(case: HandedCase) -> bytes:
    document: Document = {"case_number": case.case_number, "files": {file.path: file.said for file in case.files}}
    document |= {"case": case.case} if case.case else {}
    document |= {"steps": list(case.steps)} if case.steps else {}
    document |= {"closure": case.closure} if case.closure else {}
    return json.dumps(document, ensure_ascii=False, indent=1).encode()
