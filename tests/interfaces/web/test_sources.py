"""The screens of connections to sources: health, messages not taken, and trying out a mapping."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.builders import Built, now
from tests.interfaces.web.conftest import SignIn

from jingui.bootstrap.sources import collecting, connection_problems
from jingui.db.models import Agency, Source, SourceConnection, SourceProblem, SourceProgress
from jingui.domain.access.roles import Role
from jingui.domain.capture.incoming import Unreadable
from jingui.domain.errors import Invalid, Problem
from jingui.usecases.administration import register_source
from jingui.usecases.capture.collecting import collect_slice
from jingui.usecases.capture.connecting import ConnectionChoices, keep_connection
from jingui.usecases.capture.refused import Refusal, keep_refusals

MAPPING: dict[str, Any] = {
    "language": "jmespath",
    "messages": [
        {"kind": "step", "fields": {"case_number": "no", "step_key": "id", "name": "name", "started_at": "at"}}
    ],
}
SAMPLE = {"no": "A-1", "id": "s1", "name": "收件", "at": "2025-03-03T09:00:00+08:00"}


def connect(source: str) -> SourceConnection:
    given = {
        "url": "sqlite:////nowhere/business.sqlite3",
        "queries": [{"name": "steps", "view": "steps", "watermark": "updated", "key": "id"}],
    }
    choices = ConnectionChoices("业务库", source, "database", given, MAPPING)
    return keep_connection(choices, check=connection_problems, actor="tests", now=now())


@pytest.fixture
def connection(built: Built) -> SourceConnection:
    return connect(Source.objects.order_by("key")[0].name)


@pytest.fixture
def problem(connection: SourceConnection) -> SourceProblem:
    fault = Problem("title", "required")
    item = Unreadable("cases id=7", (fault,), '{"applicant": "张三丰"}', "A-7", "mapping_incomplete")
    keep_refusals([Refusal(item, Invalid((fault,), "mapping_incomplete"))], connection=connection, now=now())
    return SourceProblem.objects.get()


def test_a_source_that_is_away_shows_with_its_reason_and_rings_on_the_home_page(
    sign_in: SignIn, connection: SourceConnection
) -> None:
    collect_slice(connection.key, using=collecting(clock=now, is_over=lambda: False))
    page = sign_in(Role.ADMINISTRATOR).get("/sources").content.decode()
    assert "故障" in page
    assert "连不上来源" in page
    home = sign_in(Role.ADMINISTRATOR, username="again").get("/").content.decode()
    assert "来源采集故障：业务库" in home


def test_a_message_not_taken_is_listed_with_its_reason_and_counted(sign_in: SignIn, problem: SourceProblem) -> None:
    client = sign_in(Role.ARCHIVIST)
    listed = client.get("/sources/problems").content.decode()
    assert "title：没有填写" in listed
    assert "1 条消息没有收入" in client.get("/").content.decode()


def test_the_message_itself_is_for_those_who_may_see_personal_data(sign_in: SignIn, problem: SourceProblem) -> None:
    address = f"/sources/problems/{problem.key}"
    assert "张三丰" in sign_in(Role.ARCHIVIST).get(address).content.decode()
    assert "张三丰" not in sign_in(Role.ADMINISTRATOR).get(address).content.decode()
    assert "张三丰" not in sign_in(Role.INTEGRATOR).get(address).content.decode()


def test_putting_aside_needs_a_reason_and_keeps_the_message(sign_in: SignIn, problem: SourceProblem) -> None:
    client = sign_in(Role.ARCHIVIST)
    client.post(f"/sources/problems/{problem.key}/dismiss", {"note": " "})
    assert SourceProblem.objects.get().settled_at is None
    client.post(f"/sources/problems/{problem.key}/dismiss", {"note": "测试数据"})
    kept = SourceProblem.objects.get()
    assert (kept.settlement, kept.note, kept.settled_by) == ("dismissed", "测试数据", "account:archivist")
    assert "没有未收的消息" in client.get("/sources/problems").content.decode()


def test_chosen_messages_are_asked_for_again_once_and_say_so(sign_in: SignIn, problem: SourceProblem) -> None:
    client = sign_in(Role.ARCHIVIST)
    assert "还没有选消息" in client.post("/sources/problems/retry", {}, follow=True).content.decode()
    chosen = {"problem": [str(problem.key)]}
    page = client.post("/sources/problems/retry", chosen, follow=True).content.decode()
    assert "已安排重收 1 条" in page
    assert 'name="problem"' not in page
    assert "已经安排过" in client.post("/sources/problems/retry", chosen, follow=True).content.decode()
    assert SourceProgress.objects.get().retries == [problem.key.hex]


def test_all_messages_of_a_connection_are_asked_for_again(
    sign_in: SignIn, problem: SourceProblem, connection: SourceConnection
) -> None:
    client = sign_in(Role.ADMINISTRATOR)
    listed = client.get(f"/sources/problems?connection={connection.key}").content.decode()
    assert "重收全部 1 条" in listed
    asked = client.post("/sources/problems/retry", {"connection": str(connection.key), "all": "1"})
    assert (asked.status_code, SourceProgress.objects.get().retries) == (302, [problem.key.hex])
    assert "已安排重收" in client.get(f"/sources/problems/{problem.key}").content.decode()


def test_an_integrator_may_look_but_neither_settle_nor_stop(
    sign_in: SignIn, problem: SourceProblem, connection: SourceConnection
) -> None:
    client = sign_in(Role.INTEGRATOR)
    assert client.get("/sources/problems").status_code == 200
    assert client.post(f"/sources/problems/{problem.key}/dismiss", {"note": "x"}).status_code == 403
    assert client.post("/sources/problems/retry", {"problem": str(problem.key)}).status_code == 403
    assert client.post(f"/sources/{connection.key}/switch", {"to": "stop"}).status_code == 403


def test_who_is_bound_to_an_agency_sees_only_sources_of_it(
    sign_in: SignIn, built: Built, problem: SourceProblem
) -> None:
    code = str(Agency.objects.order_by("code").values_list("code", flat=True)[0])
    client = sign_in(Role.CLERK, agency_code=code)
    assert "业务库" not in client.get("/sources").content.decode()
    assert client.get(f"/sources/problems/{problem.key}").status_code == 404
    register_source(name="本局系统", agency_codes=(code,), now=now())
    connection = connect_named("本局库", "本局系统")
    assert connection.name in client.get("/sources").content.decode()


def connect_named(name: str, source: str) -> SourceConnection:
    first = SourceConnection.objects.get()
    choices = ConnectionChoices(name, source, "database", first.configuration, MAPPING)
    return keep_connection(choices, check=connection_problems, actor="tests", now=now())


def test_stopping_and_starting_a_connection(sign_in: SignIn, connection: SourceConnection) -> None:
    client = sign_in(Role.ADMINISTRATOR)
    client.post(f"/sources/{connection.key}/switch", {"to": "stop"})
    assert "已停用" in client.get("/sources").content.decode()
    client.post(f"/sources/{connection.key}/switch", {"to": "start"})
    assert SourceConnection.objects.get().is_active


def tried(client: Client, mapping: Any, sample: str, **more: Any) -> str:
    told = {"mapping": json.dumps(mapping), "sample": sample, "act": "try", **more}
    return str(client.post("/sources/try", told).content.decode())


def test_a_sample_shows_the_message_it_gives(sign_in: SignIn, built: Built) -> None:
    page = tried(sign_in(Role.INTEGRATOR), MAPPING, json.dumps(SAMPLE))
    assert "可收" in page
    assert "2025-03-03T09:00:00+08:00" in page


def test_what_a_sample_lacks_is_marked_in_its_field(sign_in: SignIn, built: Built) -> None:
    page = tried(sign_in(Role.INTEGRATOR), MAPPING, json.dumps({**SAMPLE, "at": "三月三日", "name": None}))
    assert "缺 2 项" in page
    assert "没有填写" in page
    assert "“三月三日”不符合时间格式" in page


def test_a_sample_can_be_uploaded(sign_in: SignIn, built: Built) -> None:
    file = SimpleUploadedFile("sample.json", json.dumps(SAMPLE).encode())
    assert "可收" in tried(sign_in(Role.INTEGRATOR), MAPPING, "", file=file)


@pytest.mark.parametrize(
    "mapping", ["{", "[]", '{"language": "jmespath", "messages": [{"kind": "step", "fields": {}}]}']
)
def test_a_mapping_that_is_wrong_is_told_with_its_places(sign_in: SignIn, built: Built, mapping: str) -> None:
    answer = sign_in(Role.INTEGRATOR).post("/sources/try", {"mapping": mapping, "sample": "{}", "act": "try"})
    assert answer.status_code == 200
    assert answer.context["faults"]


@pytest.mark.parametrize("sample", ["", "{", "<a/>", "[[[", "\x01"])
def test_a_sample_that_cannot_be_read_is_told(sign_in: SignIn, built: Built, sample: str) -> None:
    assert "样例读不懂" in tried(sign_in(Role.INTEGRATOR), MAPPING, sample)


def test_a_mapping_is_saved_by_the_administrator_only(sign_in: SignIn, connection: SourceConnection) -> None:
    changed = {**MAPPING, "zone": "Asia/Shanghai"}
    told = {"connection": str(connection.key), "mapping": json.dumps(changed), "sample": "{}", "act": "save"}
    assert sign_in(Role.INTEGRATOR).post("/sources/try", told).status_code == 403
    assert sign_in(Role.ADMINISTRATOR).post("/sources/try", told).status_code == 302
    assert SourceConnection.objects.get().mapping == changed
    assert SourceProgress.objects.get().revision == 0
