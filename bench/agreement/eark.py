"""The E-ARK test corpus: for each requirement and rule, packages that keep it and packages that do not."""

from __future__ import annotations

import json
import lzma
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench.agreement import Pick, Row

from jingui.adapters.signing.verification import verify_signature
from jingui.domain.packaging.packages import PackageFinding
from jingui.formats.exchange.eark.checking import check
from jingui.formats.exchange.forms import Trust
from jingui.formats.exchange.views import opened_view

FOLDER = "eark"
TITLE = "E-ARK CSIP and SIP 2.x"
ARCHIVE = "eark-ip-test-corpus-shared.tar.xz"
# What the six examples beside the corpus are said to fail, by the rule that says so here.
EXAMPLES = {
    "minimal_IP_invmets": "mets_",
    "minimal_IP_nocrtdt": "CSIP7/1",
    "minimal_IP_nomtshdr": "CSIP117/1",
    "minimal_IP_nopcktyp": "CSIP9/1",
    "minimal_IP_noflscid": "CSIP59/1",
}
_PLAIN = "minimal_IP_with_schemas"


def rows(folder: Path, pick: Pick) -> Iterator[Row]:
    """Compare rule by rule: an invalid package must be told by that rule, a valid one must not be refused by it."""
    cases = [case for case in json.loads((folder / "expectations.json").read_text("utf-8"))["cases"] if case["present"]]
    with tempfile.TemporaryDirectory() as place:
        with lzma.open(folder / ARCHIVE) as stream, tarfile.open(fileobj=stream) as archive:
            archive.extractall(place, filter="data")
        for case in cases:
            if pick(case["path"]):
                yield _row(Path(place) / case["path"], case)
    for name in (*EXAMPLES, _PLAIN):
        if pick(name):
            yield _example(folder / "csip-examples" / f"{name}.zip", name)


def _row(package: Path, case: dict[str, str]) -> Row:
    rule = f"{case['requirement']}/{case['rule']}"
    told = [finding for finding in _findings(package) if finding.rule == rule]
    is_refused = any(finding.is_fault for finding in told)
    found = "refused" if is_refused else "warned" if told else "kept"
    expected = "kept" if case["is_valid"] == "TRUE" else "not kept"
    agrees = not is_refused if expected == "kept" else bool(told)
    return Row(f"{case['path'].removeprefix('corpus/')} [{rule}]", expected, found, agrees)


def _example(package: Path, name: str) -> Row:
    faults = [finding for finding in _findings(package) if finding.is_fault]
    told = sorted({finding.rule or finding.code for finding in faults})
    wanted = EXAMPLES.get(name, "")
    agrees = any(each.startswith(wanted) for each in told) if wanted else not told
    return Row(f"csip-examples/{name}", wanted or "no fault", ", ".join(told)[:200] or "no fault", agrees)


def _findings(package: Path) -> list[PackageFinding]:
    with opened_view(package) as view:
        return list(check(view, Trust(verify_signature)))
