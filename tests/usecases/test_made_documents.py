"""Documents that the archive makes stand in the package, in the index and in the viewer like those that were sent."""

from __future__ import annotations

import io
import json
from typing import Any
from xml.etree import ElementTree

import pikepdf
import pytest
from tests.builders import now
from tests.personas import Office, new_number, step_message
from tests.usecases.theme_office import (
    AGENCIES,
    CALL,
    PERSON,
    Matter,
    adopt,
    check_stored,
    new_matter,
    newest_package,
    stored_path,
)

from jingui.db.models import Case, FileProvenance, MadeFile
from jingui.db.queries.viewer import find_file
from jingui.domain.access.roles import Actor, Role
from jingui.domain.errors import NotFound
from jingui.domain.lifecycle import CaseState
from jingui.usecases.arrangement import arrange_case
from jingui.usecases.indexing import reindex_everything
from jingui.usecases.inspection import Bench, inspect_case
from jingui.usecases.packaging.packing import PackingTable, object_id, package_case


def reader(*agency_codes: str) -> Actor:
    return Actor("k", "archivist", frozenset({Role.ARCHIVIST}), frozenset(agency_codes))


@pytest.fixture
def matter(office: Office) -> Matter:
    adopt(office, process_page="a-3b")
    return new_matter(office)


def archived(matter: Matter, **provenance: Any) -> Case:
    """Archive a case whose identity proof is an answer of a data-sharing service."""
    query = {"name": "人口信息.json", "provenance": json.dumps({**CALL, **provenance}, ensure_ascii=False)}
    replies = [
        matter.open(0),
        matter.file(0, "form", "A01"),
        matter.source.file(matter.numbers[0], "person", PERSON, material="A02", **query),
        *matter.end(0),
    ]
    assert [reply.status for reply in replies] == [201] * len(replies), [reply.body for reply in replies]
    matter.office.work()
    case = matter.row(0)
    assert case.state == CaseState.PRESERVED
    return case


def made(case: Case, version: int = 1) -> dict[str, MadeFile]:
    return {row.kind: row for row in MadeFile.objects.filter(case=case, version=version)}


def metadata(matter: Matter, case: Case) -> ElementTree.Element:
    return ElementTree.fromstring(stored_path(matter.office, case, "元数据/基本信息元数据.xml").read_bytes())


def test_process_and_data_stand_as_pages_in_the_package_each_in_its_place(matter: Matter) -> None:
    case = archived(matter)

    package, rows = newest_package(case), made(case)

    assert check_stored(matter.office, case) == []
    assert matter.office.findings() == []
    contents = sorted(path for path in package.manifest if path[:2].isdigit())
    assert contents == [
        "01结果材料/0001-C01-许可证.pdf",
        "02过程材料/0002-B0-办理过程信息.pdf",
        "03申请材料/0003-A01-申请表.pdf",
        "03申请材料/0004-A02-身份证明.json",
        "03申请材料/0005-A02-身份证明（数据固化）.pdf",
    ]
    assert rows["process_page"].logical_path == contents[1]
    assert (rows["frozen_page"].logical_path, rows["frozen_page"].beside) == (contents[4], "person")
    assert package.file_count == 3  # what was sent; its source counts the same


def test_the_metadata_tell_what_was_made_from_what_and_where_data_was_called(matter: Matter) -> None:
    case = archived(matter, response_digest="sm3:" + "a" * 64)

    files = {element.findtext("source_key"): element for element in metadata(matter, case).iter("file")}

    process, data, page = files["made.process"], files["person"], files["made.person"]
    assert process.findtext("made/made_kind") == "process_page"
    assert process.findtext("format_information") == "pdfa 3b"
    assert page.findtext("made/made_from") == made(case)["frozen_page"].logical_path.replace("0005", "0004").replace(
        "身份证明（数据固化）.pdf", "身份证明.json"
    )
    assert data.findtext("frozen_as") == made(case)["frozen_page"].logical_path
    assert data.findtext("provenance/interface") == CALL["interface"]
    assert data.findtext("provenance/response_digest") == "sm3:" + "a" * 64
    assert files["form"].find("provenance") is None
    assert metadata(matter, case).findtext("total_number") == "5"


def test_a_later_version_with_new_steps_has_new_pages_and_one_without_the_same(matter: Matter) -> None:
    case = archived(matter)
    matter.source.steps(matter.numbers[0], step_message("s9", "送达", at="2025-03-11T09:00:00+08:00"))
    matter.office.work()
    matter.file(0, "extra", "A03")
    matter.office.work()

    versions = [made(case, number)["process_page"].sha256 for number in (1, 2, 3)]

    assert versions[0] != versions[1] == versions[2]
    case.refresh_from_db()
    assert check_stored(matter.office, case) == []
    page = stored_path(matter.office, case, made(case, 3)["process_page"].logical_path)
    with pikepdf.open(io.BytesIO(page.read_bytes())) as pdf:
        root = ElementTree.fromstring(pdf.attachments["process.xml"].get_file().read_bytes())
    assert [step.findtext("step_name") for step in root.iter("step")] == ["收件", "决定", "送达"]
    assert matter.office.findings() == []


def test_building_again_keeps_one_row_for_each_document(matter: Matter) -> None:
    matter.open(0)
    matter.file(0, "form", "A01")
    matter.file(0, "identity", "A02")
    matter.end(0)
    ready = matter.office.services
    table = PackingTable(ready.store, ready.staging, ready.signers, ready.instance.name)
    matter.office.work()
    case = matter.row(0)
    matter.file(0, "extra", "A03")
    bench = Bench(ready.examiner, ready.staging, ready.store, ready.receipt_signer)
    inspect_case(case.key, bench=bench, now=now())
    arrange_case(case.key, now=now())
    package_case(case.key, table=table, now=now())
    ready.store.discard_build(object_id(case.key))
    package_case(case.key, table=table, now=now())
    matter.office.work()

    assert [row.kind for row in MadeFile.objects.filter(case=case, version=2)] == ["process_page"]
    assert matter.office.findings() == []


def test_what_made_documents_say_is_found(matter: Matter) -> None:
    archived(matter)
    search = matter.office.services.search

    assert search.query("巴特尔 GetPersonByIdNumber", agency_keys=None).total == 1
    ready = matter.office.services
    reindex_everything(
        search=search, store=ready.store, staging=ready.staging, examiner=None, now=now(), progress=lambda _count: None
    )

    assert search.query("办理过程信息 GetPersonByIdNumber", agency_keys=None).total == 1


def test_made_documents_are_found_by_who_may_see_the_content_and_by_nobody_else(matter: Matter) -> None:
    case = archived(matter)

    place = find_file(reader(AGENCIES[0]), case.key, "made.process")

    assert place.file.name == "办理过程信息.pdf"
    assert matter.office.services.store.content_location(place.object_id, place.content_path).is_file()
    for who, key in ((reader(AGENCIES[1]), "made.process"), (reader(AGENCIES[0]), "made.nothing")):
        with pytest.raises(NotFound):
            find_file(who, case.key, key)


def test_a_plan_without_the_switch_makes_no_process_pages(office: Office) -> None:
    adopt(office)
    case = archived(new_matter(office))

    assert list(made(case)) == ["frozen_page"]
    assert made(case)["frozen_page"].format_version == "2b"


def test_a_row_of_a_made_document_or_a_provenance_changed_by_hand_is_found(matter: Matter) -> None:
    case = archived(matter)
    MadeFile.objects.filter(case=case, kind="process_page").update(title="另一个")
    FileProvenance.objects.filter(case=case).update(content="{}")

    assert sorted(finding.code for finding in matter.office.findings()) == ["row_altered", "row_altered"]


def test_a_provenance_that_cannot_be_is_refused_and_nothing_kept(matter: Matter) -> None:
    matter.open(0)
    number, told = matter.numbers[0], {"material": "A02", "name": "p.json"}
    future = json.dumps({**CALL, "called_at": "2099-01-01T00:00:00+08:00"})

    replies = {
        text: matter.source.file(number, "person", PERSON, provenance=text, **told)
        for text in ("{", "[1]", '"x"', '{"a":1,"a":2}', "NaN", json.dumps({**CALL, "origin": "elsewhere"}), future)
    }

    assert {reply.status for reply in replies.values()} == {422}
    assert replies["{"].problems == {"provenance": "not_json"}
    assert replies["[1]"].problems["provenance"] == "wrong_type"
    assert replies[future].problems == {"provenance.called_at": "called_in_future"}
    assert matter.row(0).files.count() == 0
    assert matter.office.staged() == set()


def test_a_file_sent_again_with_another_provenance_is_a_conflict(matter: Matter) -> None:
    matter.open(0)
    number = matter.numbers[0]
    told = {"material": "A02", "name": "p.json"}
    first = matter.source.file(number, "person", PERSON, provenance=json.dumps(CALL), **told)

    again = matter.source.file(number, "person", PERSON, provenance=json.dumps(CALL), **told)
    other = matter.source.file(number, "person", PERSON, provenance=json.dumps({**CALL, "system": "别处"}), **told)

    assert (first.status, again.is_replayed) == (201, True)
    assert other.code == "message_conflict"
    assert matter.source.get(number, "inventory").json["origins"]["person"]["provenance"]["system"] == CALL["system"]


def test_a_case_number_of_no_theme_is_as_before(office: Office) -> None:
    adopt(office)
    number = new_number()
    office.integrator.case(number, item_code=f"{AGENCIES[0]}3000123077001")

    assert office.integrator.get(number).json["theme"] is None
