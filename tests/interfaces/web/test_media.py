"""The screen of backups and offline media: the archivist keeps it, the auditor sees it, what is due rings."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from tests.builders import Built, now
from tests.interfaces.web.conftest import SignIn
from tests.usecases.preservation.spare import backup_table

from jingui.bootstrap import backups, services
from jingui.db.models import OfflineMedium
from jingui.domain.access.roles import Role
from jingui.usecases.preservation.backing_up import back_up
from jingui.usecases.preservation.drill import Compared, note_drill

ENTRY = {
    "label": "盘-01", "carrier": "hard_disk", "place": "甲库 3 架", "content": "2025 年备份", "written_at": "2025-01-02",
    "check_days": "30", "coldest": "14", "hottest": "24", "driest": "", "dampest": "60",
}  # fmt: skip


def test_backups_are_listed_with_the_last_drill_and_without_any_the_first_step_is_told(
    sign_in: SignIn, built: Built, tmp_path: Path
) -> None:
    auditor = sign_in(Role.AUDITOR)
    empty = auditor.get("/media").content.decode()
    assert "还没有备份" in empty
    assert "jingui backup make" in empty
    ready = services()
    for name in ("first", "second"):
        with backups.backup_writer(ready.instance, tmp_path, name) as writer:
            back_up(writer, table=backup_table(ready), actor="tests", now=now())
    wrong = [Compared("jingui_case", "1", "0")]
    note_drill(backups.backup_reader(tmp_path / "first"), wrong, findings=0, actor="tests", now=now())
    note_drill(backups.backup_reader(tmp_path / "second"), [], findings=0, actor="tests", now=now())
    page = auditor.get("/media").content.decode()
    assert "最近 2 次" in page
    assert page.index("通过") < page.index("没有通过")
    assert "还没有备份" not in page


def test_a_medium_is_entered_due_and_looked_at(sign_in: SignIn) -> None:
    archivist = sign_in(Role.ARCHIVIST)
    assert "还没有登记介质" in archivist.get("/media").content.decode()
    entered = archivist.post("/media", ENTRY, follow=True).content.decode()
    assert "已登记并记入日志" in entered
    row = OfflineMedium.objects.get()
    assert (row.coldest, row.driest) == (14, None)
    assert "该检查了" in archivist.get("/media").content.decode()
    assert "1 件离线介质到了检查日期" in archivist.get("/").content.decode()
    look = {"result": "sound", "temperature": "20", "humidity": "50", "note": "抽读十份"}
    looked = archivist.post(f"/media/{row.key}/check", look, follow=True).content.decode()
    assert "检查结果已记入" in looked
    assert "抽读十份" in looked
    assert "超出要求" not in looked
    hot = archivist.post(f"/media/{row.key}/check", {**look, "temperature": "25"}, follow=True).content.decode()
    assert "超出要求" in hot
    assert "件离线介质到了检查日期" not in archivist.get("/").content.decode()
    assert "已停用" in archivist.post(f"/media/{row.key}/end", {"reason": "转存"}, follow=True).content.decode()


def test_faults_are_told_by_field_and_what_was_typed_stays(sign_in: SignIn) -> None:
    archivist = sign_in(Role.ARCHIVIST)
    for wrong in ({"coldest": "warm"}, {"check_days": "9" * 9}, {"written_at": "x"}, {"hottest": "1"}, {"label": ""}):
        answer = archivist.post("/media", {**ENTRY, **wrong})
        assert answer.status_code == 422, wrong
        assert 'value="甲库 3 架"' in answer.content.decode()
    later = (now() + timedelta(days=9)).date().isoformat()
    assert archivist.post("/media", {**ENTRY, "written_at": later}).status_code == 422
    archivist.post("/media", ENTRY)
    assert "已有编号为" in archivist.post("/media", ENTRY).content.decode()
    row = OfflineMedium.objects.get()
    refused = archivist.post(f"/media/{row.key}/check", {"result": "damaged", "humidity": "x"}, follow=True)
    assert "没有数据变化" in refused.content.decode()


def test_the_auditor_sees_and_changes_nothing_and_others_see_nothing(sign_in: SignIn) -> None:
    sign_in(Role.ARCHIVIST).post("/media", ENTRY)
    row, auditor = OfflineMedium.objects.get(), sign_in(Role.AUDITOR)
    page = auditor.get(f"/media/{row.key}").content.decode()
    assert "甲库 3 架" in page
    assert "记一次检查" not in page
    assert auditor.post("/media", ENTRY).status_code in {403, 404}
    assert auditor.post(f"/media/{row.key}/check", {"result": "sound"}).status_code in {403, 404}
    assert sign_in(Role.CLERK).get("/media").status_code in {403, 404}
