"""Commands tell when nobody does what waits, and start nothing on tables of an older version."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db.migrations.recorder import MigrationRecorder
from tests.builders import now
from tests.interfaces.cli.conftest import Command
from tests.personas import Office

from jingui.db.models import Job
from jingui.usecases.workers import beat


@pytest.mark.parametrize("command", [["serve", "--bind", "127.0.0.1:0"], ["worker", "--until-idle"]])
def test_nothing_starts_on_tables_of_an_older_version(office: Office, jingui: Command, command: list[str]) -> None:
    newest = MigrationRecorder.Migration.objects.filter(app="jingui").order_by("name").last()
    assert newest
    newest.delete()
    done = jingui(*command, "--json")
    assert (done.code, done.json["error"]) == (2, "tables_outdated")
    looked = {each["name"]: each["is_well"] for each in jingui("doctor", "--json").json}
    assert looked["数据库"] is False
    assert "任务" not in looked


def test_the_doctor_tells_that_work_waits_and_nobody_is_there(office: Office, jingui: Command) -> None:
    Job.objects.create(case_key=uuid4(), run_after=now() - timedelta(minutes=3), state="ready")
    told = {each["name"]: each for each in jingui("doctor", "--json").json}["任务"]
    assert not told["is_well"]
    assert "没有后台进程在工作" in told["text"]
    beat("somebody")
    told = {each["name"]: each for each in jingui("doctor", "--json").json}["任务"]
    assert (told["is_well"], told["text"]) == (True, "等待 1，失败 0；后台进程 1 个")
