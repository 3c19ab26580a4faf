"""Signed PDF files: integrity and later changes as the source's tests state them, counts, and pyHanko as a peer."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from bench.agreement import Pick, Row
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature, validate_pdf_timestamp
from pyhanko_certvalidator import ValidationContext

from jingui.adapters.examination import ProcessExaminer
from jingui.domain.records.facts import SignatureFact
from jingui.domain.records.signatures import flaws_in

FOLDER = "pdf-sign"
TITLE = "signatures: count, integrity, later changes"

_NOT_INTACT = frozenset({"unreadable", "value_wrong", "digest_wrong", "algorithm_unknown", "signer_unknown"})
_CHANGED = frozenset({"changed_after", "bytes_uncovered", "digest_wrong"})


def rows(folder: Path, pick: Pick) -> Iterator[Row]:
    """Compare every file of the profile."""
    logging.getLogger("pyhanko").setLevel(logging.CRITICAL)
    profile = json.loads((folder / "profile.json").read_text(encoding="utf-8"))["files"]
    stated = json.loads((folder / "dss" / "expectations.json").read_text(encoding="utf-8"))["files"]
    facts = {f"dss/{entry['file']}": entry for entry in stated}
    names = [name for name in sorted(profile) if pick(name) and profile[name].get("pdf")]
    with ProcessExaminer(processes=1) as examiner:
        readings = examiner.examine((folder / name, name) for name in names)
        for name, (reading, _text) in zip(names, readings, strict=True):
            found = reading.signatures or ()
            yield _count(name, profile[name]["pdf"]["signature_dicts"], found)
            if name in facts:
                yield from _stated(name, facts[name], found)
            if profile[name]["pdf"]["signature_dicts"]:
                yield _peer(folder / name, name, found)


def is_intact(found: Sequence[SignatureFact]) -> bool:
    """Say whether digests and values of all signatures hold, whatever came later and whoever signed."""
    return bool(found) and not any(code in _NOT_INTACT for fact in found for code, _ in flaws_in(fact.detail))


def _count(name: str, expected: int, found: Sequence[SignatureFact]) -> Row:
    places = {fact.place.partition(" #")[0] for fact in found}
    return Row(f"{name} [count]", str(expected), str(len(places)), len(places) == expected)


def _stated(name: str, entry: dict[str, Any], found: Sequence[SignatureFact]) -> Iterator[Row]:
    integrity, facts = entry["integrity"], entry["facts"]
    no = any(fact in facts for fact in ("signature_intact: no", "data_intact: no", "message_imprint_data_intact: no"))
    if no or integrity.endswith("intact") or "signature_intact: yes" in facts:
        expected = "not intact" if no else "intact"
        ours = "intact" if is_intact(found) else "not intact"
        yield Row(f"{name} [integrity]", expected, f"{ours} ({_verdicts(found)})", ours == expected)
    changes = {fact.rpartition(" ")[2] for fact in facts if "modifications_detected" in fact}
    if len(changes) == 1:
        expected = f"changed later: {changes.pop()}"
        is_changed = any(code in _CHANGED for fact in found for code, _ in flaws_in(fact.detail))
        ours = f"changed later: {'yes' if is_changed else 'no'}"
        yield Row(f"{name} [changes]", expected, f"{ours} ({_verdicts(found)})", ours == expected)


def _verdicts(found: Sequence[SignatureFact]) -> str:
    return ", ".join(fact.verdict.value for fact in found) or "none"


def _peer(path: Path, name: str, found: Sequence[SignatureFact]) -> Row:
    """Ask pyHanko, without any certificate it trusts, whether every signature is intact and valid."""
    ours = "intact" if is_intact(found) else "not intact"
    with ThreadPoolExecutor(1) as apart:  # it runs a loop of its own, which a thread may have only one of
        expected = apart.submit(_by_pyhanko, path).result()
    return Row(f"{name} [pyHanko]", expected, f"{ours} ({_verdicts(found)})", ours == expected.partition(":")[0])


def _by_pyhanko(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            signatures = list(PdfFileReader(stream, strict=False).embedded_signatures)
            results = [_validated(signature) for signature in signatures]
    except Exception as error:  # noqa: BLE001 - whatever a peer raises over a file is its answer
        return f"not intact: {type(error).__name__}"
    return "intact" if results and all(results) else "not intact"


def _validated(signature: Any) -> bool:
    context = ValidationContext(trust_roots=[], allow_fetching=False)
    is_stamp = signature.sig_object.get("/SubFilter") == "/ETSI.RFC3161"
    status = (validate_pdf_timestamp if is_stamp else validate_pdf_signature)(signature, context, skip_diff=True)
    return bool(status.intact and status.valid)
