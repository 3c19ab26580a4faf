"""Long acts on catalogue and plans: queued, done by slices, resumed where they were broken off, never twice at once."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from tests.builders import now
from tests.personas import AGENCY, CLOSED, ITEM, Integrator, Office, new_number

from jingui.adapters.queues.database import DatabaseQueue
from jingui.bootstrap import catalogue_bench, plan_profile
from jingui.db import journal
from jingui.db.models import ArchivingPlan, CatalogueImport, CatalogueWork, Job, LevelRun, PlanLayer, ServiceItem
from jingui.db.queries.plan_layers import item_count, local_day
from jingui.domain.catalogue.planning.examination import Verdict
from jingui.domain.catalogue.planning.layers import LayerScope
from jingui.domain.catalogue.works import WorkKind, WorkState
from jingui.domain.errors import Conflict
from jingui.formats.catalogues import parcels
from jingui.interfaces.jobs.pipeline import advance
from jingui.interfaces.jobs.worker import Worker
from jingui.usecases.catalogue import hands, list_acts, working
from jingui.usecases.catalogue.hands import WorkBench
from jingui.usecases.catalogue.list_acts import UPLOAD
from jingui.usecases.catalogue.opening import ImportChoices, open_task
from jingui.usecases.catalogue.plans import Opinion, change_draft, draft_layer, give_opinion
from jingui.usecases.catalogue.previews import known_preview
from jingui.usecases.catalogue.runs import preview_run
from jingui.usecases.catalogue.working import work_on
from jingui.usecases.catalogue.works import Request, abandon, ask, ask_rollout, ask_what_is_due, try_again

ASKER = "account:danganyuan"
AGREED = Opinion(Verdict.APPROVED, "同意", "1 号", "李某")


@pytest.fixture
def bench(office: Office, monkeypatch: pytest.MonkeyPatch) -> WorkBench:
    """A bench whose slices are over after every batch, and lists and layers in small batches."""
    monkeypatch.setattr(parcels, "PARCEL_BYTES", 300)
    monkeypatch.setattr("jingui.db.queries.plan_layers.BATCH", 1)
    monkeypatch.setattr(hands, "_OPENING_SHARE", 0)
    return replace(catalogue_bench(office.services, now), seconds=0.0)


def code(number: int) -> str:
    return f"{AGENCY}2440102{number:06}"


def list_of(folder: Path, count: int, *, bad: int = 0, name: str = "清单.csv") -> Path:
    path = folder / name
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("事项名称", "实施编码", "实施主体编码"))
        writer.writerows((f"事项{n}", code(n), AGENCY) for n in range(count))
        writer.writerows(("", code(10_000 + n), AGENCY) for n in range(bad))
    return path


def asked_import(bench: WorkBench, path: Path) -> CatalogueWork:
    """Hand a list over as the screen does, and ask for its import."""
    _, task = open_task(path, ImportChoices(profile="strict"))
    upload = bench.imports / task.identity / UPLOAD
    upload.mkdir(parents=True, exist_ok=True)
    (upload / "file.csv").write_bytes(path.read_bytes())
    arguments = {"file": "file.csv", "profile": "strict", "complete": "", "constants": []}
    request = Request(WorkKind.IMPORT, task.identity, path.name, arguments)
    return ask(request, queue=DatabaseQueue(), actor=ASKER, now=now())


def slices(work: CatalogueWork, bench: WorkBench, *, most: int = 200) -> int:
    """Do an act to its end and return in how many slices."""
    for count in range(1, most):
        assert work_on(work.pk, bench=bench)
        work.refresh_from_db()
        if work.finished_at:
            return count
    raise AssertionError(work)


def proof_of(layer: PlanLayer) -> Request:
    return Request(WorkKind.PROOF, layer.key.hex, layer.title, total=item_count(layer))


def drafted(content: dict[str, Any] | None = None) -> PlanLayer:
    told = dict(plan_profile().default_layer) if content is None else content
    return draft_layer(LayerScope.DEFAULT, "", actor="a", now=now(), content=told)


def submitted(layer: PlanLayer, bench: WorkBench) -> CatalogueWork:
    told = {"effective_on": local_day(now()).isoformat()}
    request = Request(WorkKind.SUBMISSION, layer.key.hex, layer.title, told)
    work = ask(request, queue=bench.queue, actor=ASKER, now=now())
    slices(work, bench)
    return work


def test_an_import_gives_its_place_up_between_parts_and_ends_with_every_row_once(
    bench: WorkBench, tmp_path: Path
) -> None:
    work = asked_import(bench, list_of(tmp_path, 40, bad=2))

    assert slices(work, bench) > 3
    run = CatalogueImport.objects.get(file_name="清单.csv")
    assert (work.state, work.result["run"], run.actor) == (WorkState.DONE, str(run.key), ASKER)
    assert (work.result["counts"]["added"], work.result["counts"]["refused"]) == (40, 2)
    assert ServiceItem.objects.filter(name__startswith="事项").count() == 40
    assert not (bench.imports / work.subject / UPLOAD).exists()


def test_an_import_killed_in_a_part_goes_on_there(
    bench: WorkBench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, office: Office
) -> None:
    work, calls, real = asked_import(bench, list_of(tmp_path, 40)), [], journal.record

    def dying(entry: Any, **rows: Any) -> Any:
        calls.append(entry.kind.value)
        if calls.count("catalogue.imported") == 7:
            raise KeyboardInterrupt
        return real(entry, **rows)

    monkeypatch.setattr(journal, "record", dying)
    with pytest.raises(KeyboardInterrupt):
        slices(work, replace(bench, seconds=60))
    taken = CatalogueImport.objects.get(file_name="清单.csv").position
    monkeypatch.setattr(journal, "record", real)

    assert taken > 0
    slices(work, bench)
    assert work.result["counts"]["added"] == 40
    assert CatalogueImport.objects.filter(file_name="清单.csv").count() == 1
    assert office.findings() == []


def test_an_import_killed_after_its_last_row_is_not_done_again(
    bench: WorkBench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = asked_import(bench, list_of(tmp_path, 3))
    with monkeypatch.context() as patch:
        patch.setattr(list_acts, "forget_parts", _die)
        with pytest.raises(KeyboardInterrupt):
            slices(work, replace(bench, seconds=60))

    slices(work, bench)

    assert work.result["counts"]["added"] == 3
    assert CatalogueImport.objects.filter(file_name="清单.csv").count() == 1


def _die(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


def asked_preview(bench: WorkBench, path: Path, *, complete: str = "") -> CatalogueWork:
    """Lay a list where uploads lie, and ask what its import would do."""
    folder = bench.uploads / "f00d"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "file.csv").write_bytes(path.read_bytes())
    told = {"token": "f00d", "file": "file.csv", "mapping": False, "profile": "strict", "complete": complete}
    request = Request(WorkKind.PREVIEW, "d1", path.name, {**told, "constants": []})
    return ask(request, queue=bench.queue, actor=ASKER, now=now())


def test_a_preview_by_slices_says_what_a_preview_at_once_says(
    bench: WorkBench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parcels, "_HELD_BYTES", 500)
    path = list_of(tmp_path, 40, bad=3, name="file.csv")
    source, task = open_task(path, ImportChoices(profile="strict", complete=f"agency:{AGENCY}"))
    whole = preview_run(source, task, folder=tmp_path / "whole")

    work = asked_preview(bench, path, complete=f"agency:{AGENCY}")
    assert slices(work, bench) > 5

    sliced = known_preview(bench.uploads / "f00d" / "preview" / "d1")
    assert sliced is not None
    assert sliced.counts == whole.counts
    assert sliced.counts["withdrawn"] > 0
    assert sliced.report.path.read_bytes() == whole.report.path.read_bytes()
    assert not ServiceItem.objects.filter(name__startswith="事项").exists()


def test_a_preview_whose_upload_was_dropped_ends(bench: WorkBench, tmp_path: Path) -> None:
    work = asked_preview(bench, list_of(tmp_path, 40))
    work_on(work.pk, bench=bench)
    shutil.rmtree(bench.uploads / "f00d")

    slices(work, bench)

    assert (work.state, work.result["code"]) == (WorkState.REFUSED, "import_file_gone")


def test_the_same_act_is_not_begun_twice_while_it_is_under_way(bench: WorkBench, tmp_path: Path) -> None:
    work = asked_import(bench, list_of(tmp_path, 3))

    with pytest.raises(Conflict, match="work_under_way"):
        asked_import(bench, list_of(tmp_path, 3))

    slices(work, bench)
    again = asked_import(bench, list_of(tmp_path, 3))
    slices(again, bench)
    assert again.result["counts"]["unchanged"] == 3


def test_lists_are_imported_one_after_the_other(bench: WorkBench, tmp_path: Path) -> None:
    first = asked_import(bench, list_of(tmp_path, 3))
    second = asked_import(bench, list_of(tmp_path, 5, name="第二.csv"))
    queued = set(Job.objects.values_list("case_key", flat=True))

    slices(first, bench)

    assert first.key in queued
    assert second.key not in queued
    assert Job.objects.filter(pk=second.key, state="ready").exists()


def test_an_import_whose_file_is_gone_says_so_and_lets_the_next_begin(bench: WorkBench, tmp_path: Path) -> None:
    work = asked_import(bench, list_of(tmp_path, 3))
    second = asked_import(bench, list_of(tmp_path, 5, name="第二.csv"))
    (bench.imports / work.subject / UPLOAD / "file.csv").unlink()

    slices(work, bench)

    assert (work.state, work.result["code"]) == (WorkState.REFUSED, "import_file_gone")
    assert Job.objects.filter(pk=second.key).exists()


def test_a_proof_by_slices_finds_what_a_proof_at_once_finds(bench: WorkBench) -> None:
    clash = {"name": "网", "priority": 10, "when": [], "retention": "Y", "reason": "试"}
    layer = drafted(
        {**plan_profile().default_layer, "retention_rules": [clash, clash | {"name": "甲", "retention": "D10"}]}
    )
    work = ask(proof_of(layer), queue=bench.queue, actor=ASKER, now=now())

    count = slices(work, bench)
    sliced = PlanLayer.objects.get(pk=layer.pk).report
    again = ask(proof_of(layer), queue=bench.queue, actor=ASKER, now=now())
    slices(again, replace(bench, seconds=60))
    whole = PlanLayer.objects.get(pk=layer.pk).report

    assert count == 3
    assert work.result["errors"] > 0
    assert {**sliced, "at": ""} == {**whole, "at": ""}


def test_a_proof_begins_anew_when_its_draft_was_changed(bench: WorkBench) -> None:
    layer = drafted()
    work = ask(proof_of(layer), queue=bench.queue, actor=ASKER, now=now())
    work_on(work.pk, bench=bench)
    change_draft(layer, {**layer.content, "unit": "XYZ"}, actor="a", now=now())

    slices(work, bench)

    assert work.result["items"] == 2
    assert PlanLayer.objects.get(pk=layer.pk).report["item_count"] == 2


def test_a_draft_with_faults_is_proved_and_not_sent_in(bench: WorkBench) -> None:
    layer = drafted({**plan_profile().default_layer, "retention_rules": [], "package_profile": "nobody"})

    work = submitted(layer, bench)

    layer.refresh_from_db()
    assert (work.state, work.result["code"], layer.state) == (WorkState.REFUSED, "plan_has_errors", "draft")
    assert layer.report["error_count"] > 0


def test_a_submission_killed_after_it_was_written_is_done(bench: WorkBench, monkeypatch: pytest.MonkeyPatch) -> None:
    layer = drafted()
    with monkeypatch.context() as patch:
        patch.setattr(working, "settle", _die)
        with pytest.raises(KeyboardInterrupt):
            submitted(layer, replace(bench, seconds=60))
    work = CatalogueWork.objects.get(kind=WorkKind.SUBMISSION)

    slices(work, bench)

    assert (work.state, PlanLayer.objects.get(pk=layer.pk).state) == (WorkState.DONE, "submitted")


def test_a_rollout_goes_on_by_slices_and_writes_each_plan_once(bench: WorkBench, office: Office) -> None:
    layer = drafted()
    submitted(layer, bench)
    give_opinion(layer, AGREED, actor="account:daju", now=now())
    work = ask_rollout(PlanLayer.objects.get(pk=layer.pk), queue=bench.queue, actor=ASKER, now=now())

    with pytest.raises(Conflict, match="work_under_way"):
        ask_rollout(PlanLayer.objects.get(pk=layer.pk), queue=bench.queue, actor=ASKER, now=now())
    assert slices(work, bench) == 3

    assert work.result == {"items": 2, "written": 2, "failed": 0}
    assert ArchivingPlan.objects.filter(plan_version=2).count() == 2
    assert office.findings() == []


def test_the_worker_asks_for_what_is_due_and_does_it(bench: WorkBench, office: Office) -> None:
    layer = drafted()
    submitted(layer, bench)
    give_opinion(layer, AGREED, actor="account:daju", now=now())

    Worker(office.services).run_until_idle()

    assert PlanLayer.objects.get(pk=layer.pk).state == "in_force"
    assert ArchivingPlan.objects.filter(plan_version=2).count() == 2
    assert CatalogueWork.objects.get(kind=WorkKind.ROLLOUT).asked_by == "system:plans"
    assert CatalogueWork.objects.get(kind=WorkKind.CATCH_UP).result == {"written": 0}
    assert ask_what_is_due(queue=bench.queue, now=now()) == 0


def test_a_trial_by_slices_finds_what_a_trial_at_once_finds(
    bench: WorkBench, office: Office, integrator: Integrator
) -> None:
    for _ in range(2):
        integrator.whole_case(new_number())
    office.work()
    layer = drafted({**plan_profile().default_layer, "category": "XK"})
    request = Request(WorkKind.TRIAL, layer.key.hex, layer.title, {"since": CLOSED})
    found = []
    for seconds in (0.0, 60.0):
        work = ask(request, queue=bench.queue, actor=ASKER, now=now())
        slices(work, replace(bench, seconds=seconds))
        found.append(work.result)

    assert found[0] == found[1]
    assert found[0]["totals"]["changed_count"] == 2


def test_a_comparison_by_slices_goes_on_and_counts_every_item_once(
    bench: WorkBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jingui.usecases.catalogue.levels._BATCH", 1)
    ServiceItem.objects.filter(item_code=ITEM).update(base_code="530102")
    work = ask(Request(WorkKind.COMPARISON), queue=bench.queue, actor=ASKER, now=now())

    assert slices(work, bench) == 3

    run = LevelRun.objects.get()
    assert run.group_count == 2
    assert run.item_count + run.unplaced_count == 2


def test_an_act_that_fails_again_and_again_stops_and_can_be_tried_again_or_given_up(
    bench: WorkBench, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    layer = drafted()
    work = ask(proof_of(layer), queue=bench.queue, actor=ASKER, now=now())
    with pytest.raises(Conflict, match="work_not_stuck"):
        try_again(work, queue=bench.queue, now=now())
    with monkeypatch.context() as patch:
        patch.setattr("jingui.interfaces.jobs.worker.MAX_ATTEMPTS", 1)
        patch.setattr(working, "prove_layer", _broken)
        Worker(office.services).work_once()
    assert Job.objects.get(pk=work.key).state == "failed"

    try_again(work, queue=bench.queue, now=now())
    advance(UUID(work.key.hex), services=office.services, clock=now)
    work.refresh_from_db()
    assert work.state == WorkState.DONE

    again = ask(proof_of(layer), queue=bench.queue, actor=ASKER, now=now())
    Job.objects.filter(pk=again.key).update(state="failed")
    abandon(again, queue=bench.queue, now=now())
    assert (again.state, Job.objects.filter(pk=again.key).exists()) == (WorkState.REFUSED, False)


def _broken(*_: object, **__: object) -> Callable[[], None]:
    raise RuntimeError("a bug")
