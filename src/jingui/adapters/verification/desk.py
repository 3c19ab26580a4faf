"""The parent's side of checking signatures: facts and evidence of one file, and what a certificate says."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from jingui.adapters.examination.confinement import Confinement
from jingui.adapters.examination.process_pool import ProcessLostError, ProcessPool
from jingui.domain.errors import Invalid, PermanentFailure, Problem
from jingui.domain.records.readings import signature_from_dict
from jingui.domain.records.signatures import CertificateFact, Verification
from jingui.formats.signatures.trust import TrustEntry, entry_to_message
from jingui.ports import Signs

MODULE = "jingui.adapters.verification.signature_process"
BOUNDS = Confinement(cpu_seconds=120, wall_seconds=180.0, files_per_process=2_000)
MAX_CERTIFICATE_BYTES = 1 << 20

Message = dict[str, Any]


class ConfinedSignatureDesk:
    """Implements ``ports.SignatureDesk``. Several threads may share one; the process starts with the first question."""

    def __init__(self, *, processes: int = 1, bounds: Confinement = BOUNDS) -> None:
        """Start nothing yet."""
        self._pool = ProcessPool(MODULE, size=processes, bounds=bounds)

    def check(
        self, path: Path, *, name: str, trusted: Sequence[TrustEntry], at: datetime, signs: Signs | None = None
    ) -> Verification:
        """Check the signatures in a file, or with ``signs`` a detached signature; ``at`` is now.

        Raises:
            PermanentFailure: the file cannot be opened, or the process was lost over it.
            TransientFailure: no process could be started.
        """
        item = {"act": "check", "path": _named(path), "name": name, "at": at.isoformat()}
        item["trust"] = [entry_to_message(entry) for entry in trusted]  # type: ignore[assignment]
        if signs:
            item |= {"is_detached": True, "content_name": signs.name}  # type: ignore[dict-item]
        if signs and signs.path:
            item["content"] = _named(signs.path)
        message, data = self._ask(item)
        if "failure" in message:
            raise PermanentFailure("content_not_openable", f"{name}: {message['failure']}")
        facts = tuple(signature_from_dict(values) for values in message["signatures"])
        return Verification(facts, _cut(message["evidence"], data))

    def certificates(self, data: bytes) -> tuple[CertificateFact, ...]:
        """Read certificates in DER or PEM.

        Raises:
            Invalid: ``certificate_unreadable``.
        """
        if len(data) > MAX_CERTIFICATE_BYTES:
            raise _unreadable(f"{len(data)} bytes")
        try:
            message, _ = self._ask({"act": "describe", "data": data.hex()})
        except PermanentFailure as error:
            raise _unreadable(error.detail) from None
        if "refusal" in message or not message["certificates"]:
            raise _unreadable(str(message.get("refusal", "")))
        return tuple(_certificate(values) for values in message["certificates"])

    def close(self) -> None:
        """End the process."""
        self._pool.close()

    def _ask(self, item: Message) -> tuple[Message, bytes]:
        try:
            with self._pool.leased() as process:
                process.send([item])
                return process.receive()
        except ProcessLostError as error:
            raise PermanentFailure(error.code, error.detail) from None


def _unreadable(detail: str) -> Invalid:
    return Invalid((Problem("certificate", "certificate_unreadable", {"detail": detail[:120]}),))


def _cut(names: Sequence[tuple[str, int]], data: bytes) -> dict[str, bytes]:
    files, at = {}, 0
    for name, size in names:
        files[name] = data[at : at + size]
        at += size
    return files


def _certificate(values: Message) -> CertificateFact:
    times = {name: datetime.fromisoformat(values[name]) for name in ("valid_from", "valid_until")}
    return CertificateFact(**{**values, **times, "der": bytes.fromhex(values["der"])})


def _named(path: Path) -> str:
    """Name a file; as hexadecimal, because names are bytes and need not be text."""
    return os.fsencode(path.absolute()).hex()
