"""The command ``migration``: from plan to register, in words and in JSON."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image
from tests.builders import make_account
from tests.interfaces.cli.conftest import Command
from tests.personas import Office, closure_message, needed, new_number, pdf, step_message

from jingui.domain.access.roles import Role

PLAN = (
    "plan", "--by", "chen", "--title", "图像转版式", "--format", "jpeg:pdfa", "--reason", "便于利用",
    "--authorization", "局发 1 号", "--department", "档案室",
)  # fmt: skip


def archive(office: Office) -> str:
    """Archive a case with a good picture and one that PDF/A cannot take as it is."""
    source, number = office.integrator, new_number()
    source.case(number)
    for key, query in needed():
        source.file(number, key, pdf(f"{number} {key}"), **query)
    for mode in ("RGB", "CMYK"):
        made = io.BytesIO()
        Image.effect_noise((40, 30), 60).convert(mode).save(made, "JPEG")
        source.file(number, mode, made.getvalue(), material="A02", name=f"{mode}.jpg")
    source.steps(number, step_message("s1"), step_message("s2", "决定"))
    source.post(f"/api/v1/cases/{number}/closure", closure_message())
    office.work()
    return number


def test_a_migration_from_its_plan_to_its_register(office: Office, jingui: Command, tmp_path: Path) -> None:
    for name in ("chen", "wang"):
        make_account(name, Role.ARCHIVIST)
    number = archive(office)

    planned = jingui("migration", *PLAN, "--json").json
    tried = jingui("migration", "trial", "1", "--by", "chen")
    own = jingui("migration", "approve", "1", "--by", "chen", "--opinion", "同意")
    approved = jingui("migration", "approve", "1", "--by", "wang", "--opinion", "同意")
    ran = jingui("migration", "run", "1", "--by", "chen", "--json")
    office.work()
    status = jingui("migration", "status", "1")

    assert (planned["number"], planned["formats"][0]["files"]) == (1, 2)
    assert (tried.code, own.code, approved.code, ran.code) == (1, 2, 0, 1)
    assert "像素相同" in tried.said
    assert "结果有缺陷" in tried.said
    assert ran.json["outcomes"] == {"converted": 1, "failed": 1}
    (failure,) = ran.json["failures"]
    assert (failure["case"], failure["file"]) == (number, "CMYK")
    assert failure["reason"].startswith("result_faulty: 6.2.4")
    assert "已入新版本 1" in status.said
    assert "图像转版式" in jingui("migration", "status").said
    assert jingui("migration", "form", "1", "--output", str(tmp_path / "a3.pdf")).code == 0
    assert (tmp_path / "a3.pdf").read_bytes()[:5] == b"%PDF-"


def test_who_has_no_account_for_it_does_nothing(office: Office, jingui: Command) -> None:
    make_account("clerk", Role.CLERK)

    assert jingui("migration", *PLAN).code == 2
    assert jingui("migration", *PLAN[:2], "clerk", *PLAN[3:]).code == 2
    assert jingui("migration", "status", "1").code == 2
    assert jingui("migration", "status", "--json").json == []
