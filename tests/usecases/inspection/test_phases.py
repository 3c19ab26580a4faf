"""移交与接收 and 长期保存: stored packages are looked at anew, and so is a package from anywhere."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import transaction
from tests.personas import Integrator, Office
from tests.usecases.theme_office import adopt, new_matter

from jingui.bootstrap import services, signature_verifier
from jingui.db import journal
from jingui.db.models import Case, CopyCheck, FindingTally, MadeFile, PackageVersion, PhaseInspection, StorageRoot
from jingui.domain.audit.events import Event
from jingui.domain.errors import NotFound
from jingui.domain.inspection.indicators import InspectionPhase
from jingui.domain.inspection.report import Report, report_from_dict
from jingui.domain.inspection.rules import RULES_OF
from jingui.usecases.inspection.archiving import Bench
from jingui.usecases.inspection.paths import inspect_path
from jingui.usecases.inspection.phases import PhaseBench, inspect_next_due, inspect_record

NOW = datetime.now(UTC)
CQ, YJ = InspectionPhase.PRESERVATION, InspectionPhase.TRANSFER


def _at_hand() -> PhaseBench:
    ready = services()
    keys = [signer.public_key_pem for signer in ready.signers]
    bench = Bench(ready.examiner, ready.staging, ready.store, ready.receipt_signer, ready.malware)
    return PhaseBench(bench, signature_verifier(), keys)


def _archived(office: Office, integrator: Integrator) -> Case:
    integrator.whole_case("N-1")
    office.work()
    return Case.objects.get()


def _report(row: PhaseInspection) -> Report:
    return report_from_dict(row.report)


def _failed(row: PhaseInspection) -> set[str]:
    return {finding.rule for finding in _report(row).findings if finding.outcome.value == "failed"}


def _object(office: Office) -> Path:
    (declared,) = office.home.glob("store/**/0=ocfl_object_1.1")
    return declared.parent


@pytest.mark.parametrize("phase", [CQ, YJ])
def test_a_sound_record_passes_and_the_report_is_kept_and_proved(
    office: Office, integrator: Integrator, phase: InspectionPhase
) -> None:
    case = _archived(office, integrator)

    row = inspect_record(case.key, phase, at_hand=_at_hand(), actor="account:chen", now=NOW)

    assert (row.is_blocked, _failed(row)) == (False, set())
    assert {finding.rule for finding in _report(row).findings} == {rule.identifier for rule in RULES_OF[phase]}
    assert [finding.code for finding in office.findings()] == []


def test_a_byte_that_changed_in_the_store_fails_authenticity_with_its_file(
    office: Office, integrator: Integrator
) -> None:
    case = _archived(office, integrator)
    path = next(_object(office).glob("v1/content/0*/*.pdf"))
    path.chmod(0o644)
    data = bytearray(path.read_bytes())
    data[-20] ^= 1
    path.write_bytes(data)

    row = inspect_record(case.key, CQ, at_hand=_at_hand(), actor="account:chen", now=NOW)

    assert row.is_blocked
    assert {"CQ-1-1", "CQ-1-14"} <= _failed(row)
    assert set(FindingTally.objects.filter(phase="cq").values_list("code", flat=True)) >= {"stored_digest_mismatch"}


def test_a_document_that_the_archive_made_is_opened_too(office: Office) -> None:
    adopt(office, process_page="a-3b")
    matter = new_matter(office)
    matter.open(0)
    matter.file(0, "form", "A01")
    matter.file(0, "identity", "A02")
    matter.end(0)
    office.work()
    case, made = matter.row(0), MadeFile.objects.get(kind="process_page")
    path = _object(office) / "v1/content" / made.logical_path
    path.chmod(0o644)
    path.write_bytes(path.read_bytes()[:400])

    row = inspect_record(case.key, CQ, at_hand=_at_hand(), actor="account:chen", now=NOW)

    told = [finding for finding in _report(row).findings if finding.params.get("trouble") == "made_unreadable"]
    assert [(finding.rule, finding.params["path"]) for finding in told] == [("CQ-3-8", made.logical_path)]


def test_a_file_that_is_gone_fails_and_nothing_breaks(office: Office, integrator: Integrator) -> None:
    case = _archived(office, integrator)
    next(_object(office).glob("v1/content/0*/*.pdf")).unlink()

    row = inspect_record(case.key, CQ, at_hand=_at_hand(), actor="account:chen", now=NOW)

    assert {"CQ-1-11", "CQ-1-14"} <= _failed(row)


def test_metadata_changed_in_the_database_no_longer_are_those_of_the_package(
    office: Office, integrator: Integrator
) -> None:
    case = _archived(office, integrator)
    Case.objects.update(title="别的题名")

    row = inspect_record(case.key, CQ, at_hand=_at_hand(), actor="account:chen", now=NOW)

    assert "CQ-3-2" in _failed(row)


def test_a_package_of_a_stranger_is_inspected_from_its_own_words(
    office: Office, integrator: Integrator, tmp_path: Path
) -> None:
    _archived(office, integrator)
    shutil.copytree(_object(office), tmp_path / "received")

    [row] = inspect_path(tmp_path / "received", YJ, at_hand=_at_hand(), actor="account:chen", now=NOW)

    assert (row.case_id, _failed(row)) == (None, set())
    assert "not_in_database" in {finding.code for finding in _report(row).findings}


def test_a_stranger_in_a_received_package_is_named(office: Office, integrator: Integrator, tmp_path: Path) -> None:
    _archived(office, integrator)
    content = shutil.copytree(_object(office) / "v1" / "content", tmp_path / "received")
    (content / "Thumbs.db").write_bytes(b"x")

    [row] = inspect_path(content, YJ, at_hand=_at_hand(), actor="account:chen", now=NOW, is_kept=False)

    assert {"YJ-1-13", "YJ-4-3"} <= _failed(row)
    assert PhaseInspection.objects.count() == 0


def test_what_is_no_package_is_refused(office: Office, tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(b"PK\x03\x04 nonsense")

    for path in (tmp_path / "a.zip", tmp_path / "nothing"):
        with pytest.raises(NotFound):
            list(inspect_path(path, YJ, at_hand=_at_hand(), actor="account:chen", now=NOW))


def test_a_record_is_due_once_in_its_period(office: Office, integrator: Integrator) -> None:
    _archived(office, integrator)
    later = NOW + timedelta(days=400)

    assert inspect_next_due(at_hand=_at_hand(), days=365, after=None, now=NOW) is None
    assert inspect_next_due(at_hand=_at_hand(), days=365, after=None, now=later) is not None
    assert inspect_next_due(at_hand=_at_hand(), days=365, after=None, now=later) is None
    assert inspect_next_due(at_hand=_at_hand(), days=0, after=None, now=later) is None


def test_audits_and_drills_of_the_house_are_evidence_of_the_yearly_inspection(
    office: Office, integrator: Integrator
) -> None:
    case = _archived(office, integrator)
    held = PackageVersion.objects.get().object_id
    root = StorageRoot(name="异地", kind="folder", added_at=NOW)
    with transaction.atomic():
        journal.record(journal.Entry(Event.STORAGE_ROOT_ADDED, "account:chen", NOW), new=[root])
    CopyCheck.objects.create(root=root, object_id=held, checked_at=NOW, depth="full", is_sound=True)
    facts = {"backup": "0" * 64, "compared": 40, "different": [], "findings": 0}
    with transaction.atomic():
        journal.record(journal.Entry(Event.BACKUP_DRILLED, "account:chen", NOW, facts=facts))

    row = inspect_record(case.key, CQ, at_hand=_at_hand(), actor="account:chen", now=NOW + timedelta(days=1))

    told = {finding.code: finding for finding in _report(row).findings}
    assert told["drill_held"].rule == "CQ-3-9"
    assert told["copy_audited"].params["root"] == root.name
