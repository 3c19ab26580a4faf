"""A process that checks signatures for its parent: ``python -m jingui.adapters.verification.signature_process BOUNDS``."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from asn1crypto import pem

from jingui.adapters.examination.frames import Message
from jingui.adapters.examination.serving import serve
from jingui.domain.records.readings import signature_to_dict
from jingui.formats.signatures.certificates import read_certificate
from jingui.formats.signatures.der import MalformedError
from jingui.formats.signatures.evidence import SignedFile, described, evidence_files
from jingui.formats.signatures.trust import entry_from_message
from jingui.formats.signed_files import detached_rows, file_rows

BLOCK = 1 << 20
Answer = tuple[Message, bytes]


def check(item: Message) -> Answer:
    """Check a file, or a detached signature over another one; the evidence travels as bytes behind the facts."""
    trusted = [entry_from_message(entry) for entry in item["trust"]]
    path = _path(item["path"])
    content = _path(item["content"]) if item.get("content") else None
    is_detached = bool(content or item.get("is_detached"))
    rows = detached_rows(path, content, trusted, name=item["name"]) if is_detached else file_rows(path, trusted)
    signed = SignedFile(item["content_name"] if content else item["name"], _sha256(content or path))
    value = SignedFile(item["name"], _sha256(path)) if content else None
    files = evidence_files(rows, signed=signed, value=value, at=datetime.fromisoformat(item["at"]))
    names = [[name, len(data)] for name, data in files.items()]
    facts = [signature_to_dict(row.fact()) for row in rows]
    return {"signatures": facts, "evidence": names}, b"".join(files.values())


def describe(item: Message) -> Answer:
    """Read certificates: one in DER, or any number in PEM."""
    data = bytes.fromhex(item["data"])
    try:
        ders = [der for _, _, der in pem.unarmor(data, multiple=True)] if pem.detect(data) else [data]
        return {"certificates": [dict(described(read_certificate(der))) for der in ders[:20]]}, b""
    except (MalformedError, ValueError, TypeError) as error:
        return {"refusal": str(error)[:160]}, b""


ACTS: dict[str, Callable[[Message], Answer]] = {"check": check, "describe": describe}


def answer(item: Message) -> Answer:
    """Do what is asked."""
    try:
        return ACTS[item["act"]](item)
    except OSError as error:
        return {"failure": type(error).__name__}, b""


def _path(text: str) -> Path:
    return Path(os.fsdecode(bytes.fromhex(text)))


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()


if __name__ == "__main__":
    serve(answer)
