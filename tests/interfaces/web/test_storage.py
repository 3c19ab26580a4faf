"""The screens of storage roots: how they fare, audits begun by hand, findings settled by a person."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from tests.builders import Built, make_account, now
from tests.interfaces.web.conftest import SignIn, work_off
from tests.personas import open_office
from tests.usecases.preservation.vault import add_folder

from jingui.bootstrap import services
from jingui.db.models import CopyFinding, FixityCycle, StorageRoot
from jingui.domain.access.roles import Role
from jingui.domain.preservation.roots import CycleKind
from jingui.usecases.preservation.cycles import start_cycle
from jingui.usecases.preservation.roots import primary_root


@pytest.fixture
def roots(built: Built, tmp_path: Path) -> Path:
    primary_root(actor="tests", now=now())
    add_folder("second", tmp_path / "second")
    return tmp_path / "second"


def test_roots_show_what_they_hold_and_who_has_none_is_told_how_to_add_one(sign_in: SignIn, roots: Path) -> None:
    page = sign_in(Role.AUDITOR).get("/storage").content.decode()
    assert "主库" in page
    assert "文件夹副本" in page
    assert "正常" in page
    StorageRoot.objects.filter(name="second").update(ended_at=now())
    assert "jingui storage add" in sign_in(Role.ARCHIVIST).get("/storage").content.decode()


def test_a_root_that_is_away_says_so(sign_in: SignIn, roots: Path) -> None:
    roots.rename(roots.with_name("unplugged"))
    auditor = sign_in(Role.AUDITOR)
    assert "连不上" in auditor.get("/storage").content.decode()
    assert "连不上" in auditor.get("/storage/second").content.decode()


def test_an_audit_is_begun_by_hand_once_and_the_worker_ends_it(sign_in: SignIn, roots: Path) -> None:
    auditor = sign_in(Role.AUDITOR)
    assert "抽样巡检已开始" in auditor.post("/storage/second/audit", {"kind": "sample"}, follow=True).content.decode()
    refused = auditor.post("/storage/second/audit", {"kind": "full"}, follow=True).content.decode()
    assert "正在巡检" in refused
    assert auditor.post("/storage/second/audit", {"kind": "x"}).status_code == 422
    work_off()
    assert FixityCycle.objects.get().ended_at
    assert "进行中" not in auditor.get("/storage/second").content.decode()


def test_a_finding_rings_and_is_settled_with_a_reason_by_the_administrator_alone(sign_in: SignIn, roots: Path) -> None:
    (roots / "store" / "stranger.txt").write_text("x", encoding="utf-8")
    start_cycle("second", CycleKind.ROUTINE, actor="tests", now=now() - timedelta(seconds=1))
    work_off()
    finding = CopyFinding.objects.get()
    administrator, auditor = sign_in(Role.ADMINISTRATOR), sign_in(Role.AUDITOR)
    assert "有异常" in auditor.get("/storage").content.decode()
    assert "stranger.txt" in auditor.get("/storage/second").content.decode()
    address = f"/storage/findings/{finding.key}/accept"
    assert auditor.post(address, {"root": "second", "reason": "x"}).status_code == 403
    assert "请写明理由" in administrator.post(address, {"root": "second"}, follow=True).content.decode()
    told = administrator.post(address, {"root": "second", "reason": "误放，已取走"}, follow=True).content.decode()
    assert "人工确认" in told
    assert "已经处置" in administrator.post(address, {"root": "second", "reason": "x"}, follow=True).content.decode()


def test_a_file_called_after_its_applicant_is_found_without_naming_him(db: None, tmp_path: Path, settings: Any) -> None:
    settings.JINGUI = settings.JINGUI  # restored after the test
    office = open_office(tmp_path / "home")
    office.integrator.whole_case("N-1")
    office.work()
    stored = next((office.home / "store").rglob("*申请表.pdf"))
    stored.chmod(0o644)
    stored.write_bytes(b"x")
    root = primary_root(actor="tests", now=now())
    start_cycle(root.name, CycleKind.ROUTINE, actor="tests", now=now() - timedelta(seconds=1))
    office.work()
    path = CopyFinding.objects.get().path.replace(
        "申请表", "巴特尔的说明"
    )  # the name that an unlisted material was sent with
    CopyFinding.objects.update(path=path)
    client = Client(HTTP_HOST="127.0.0.1")
    client.force_login(make_account("zhou", Role.AUDITOR))
    page = client.get(f"/storage/{root.name}").content.decode()
    services.cache_clear()
    assert "的说明.pdf" in page
    assert "巴特尔" not in page


def test_settings_are_changed_with_every_fault_named(sign_in: SignIn, roots: Path) -> None:
    administrator = sign_in(Role.ADMINISTRATOR)
    good = {
        "routine_days": "30", "full_days": "0", "sample_days": "1", "sample_objects": "10",
        "bytes_per_second": "50", "free_alarm_bytes": "100", "is_protected": "on",
    }  # fmt: skip
    bad = administrator.post("/storage/second/keeping", good | {"full_days": "-1", "sample_days": "many"}, follow=True)
    assert "全面巡检" in bad.content.decode()
    assert "抽样巡检" in bad.content.decode()
    assert StorageRoot.objects.get(name="second").routine_days == 0
    administrator.post("/storage/second/keeping", good)
    row = StorageRoot.objects.get(name="second")
    assert (row.routine_days, row.bytes_per_second, row.is_protected) == (30, 50 * 2**20, True)
    assert sign_in(Role.AUDITOR).post("/storage/second/keeping", good).status_code == 403


def test_who_may_not_verify_sees_nothing(sign_in: SignIn, roots: Path) -> None:
    assert sign_in(Role.CLERK).get("/storage").status_code in {403, 404}
    assert sign_in(Role.AUDITOR).get("/storage/nobody").status_code == 404
