"""Planning what a business system would send."""

from __future__ import annotations

import json
from random import Random

import pytest
from tests.cli.replay_inputs import ITEM, write_files, write_items, write_log

from jingui.interfaces.cli.replay.feed import order
from jingui.interfaces.cli.replay.items import ItemsError, read_items
from jingui.interfaces.cli.replay.plan import Kind
from jingui.interfaces.cli.replay.replay import ReplayOptions, SupplyError, list_files, plan_log


@pytest.fixture
def inputs(tmp_path):
    return {
        "log": write_log(tmp_path / "log.csv"),
        "items": write_items(tmp_path / "items.json"),
        "files": [write_files(tmp_path / "files")],
        "broken": write_files(tmp_path / "broken", 2, "broken"),
    }


def planned(inputs, **options):
    return plan_log(inputs["log"], items=inputs["items"], files=inputs["files"], options=ReplayOptions(**options))


def of_kind(plan, kind):
    return [message for message in plan.messages if message.kind is kind]


def test_a_case_has_one_message_a_file_per_needed_material_a_step_per_event_and_a_closure(inputs) -> None:
    plan = planned(inputs)[1]
    assert [len(of_kind(plan, kind)) for kind in Kind] == [1, 3, 3, 1]
    assert [message.file.material for message in of_kind(plan, Kind.FILE)] == ["A01", "A02", "C01"]


def test_an_open_case_has_no_closure(inputs) -> None:
    plan = planned(inputs)[3]
    assert not plan.is_closed
    assert not of_kind(plan, Kind.CLOSURE)


def test_the_closure_declares_the_files_their_bytes_and_the_steps_until_the_end(inputs) -> None:
    plan = planned(inputs)[5]
    closure = of_kind(plan, Kind.CLOSURE)[0].document
    sizes = sum(message.path.stat().st_size for message in of_kind(plan, Kind.FILE))
    assert (closure["declared_files"], closure["declared_steps"], closure["declared_bytes"]) == (3, 2, sizes)


def test_messages_are_in_the_order_of_time(inputs) -> None:
    times = [message.at for message in planned(inputs)[5].messages]
    assert times == sorted(times)


def test_the_files_of_a_case_are_all_different_as_long_as_there_are_enough(inputs) -> None:
    for plan in planned(inputs):
        paths = [message.path for message in of_kind(plan, Kind.FILE)]
        assert len(set(paths)) == len(paths)


def test_fewer_files_than_materials_are_used_more_than_once(inputs, tmp_path) -> None:
    one = tmp_path / "one.pdf"
    one.write_bytes(b"1")
    plans = plan_log(inputs["log"], items=inputs["items"], files=[one], options=ReplayOptions())
    assert {message.path for message in of_kind(plans[0], Kind.FILE)} == {one}


@pytest.mark.parametrize(("number", "channel"), list(enumerate(["online", "counter", "post", "email", "internal"])))
def test_channels_are_translated(inputs, number: int, channel: str) -> None:
    assert of_kind(planned(inputs)[number], Kind.CASE)[0].document["channel"] == channel


def test_the_item_and_its_version_and_region_come_from_the_items_file(inputs) -> None:
    document = of_kind(planned(inputs)[0], Kind.CASE)[0].document
    assert [document[name] for name in ("item_code", "item_version", "region_code")] == [ITEM, 2, "440000"]


def test_the_same_seed_plans_the_same_and_another_seed_does_not(inputs) -> None:
    assert planned(inputs, seed=5) == planned(inputs, seed=5)
    assert planned(inputs, seed=5) != planned(inputs, seed=6)


def test_a_limit_changes_nothing_in_the_cases_that_stay(inputs) -> None:
    assert planned(inputs, limit=4) == planned(inputs)[:4]


def test_the_broken_share_changes_no_other_choice(inputs) -> None:
    sound, mixed = planned(inputs), planned(inputs, broken_share=0.3, broken_files=(inputs["broken"],))
    assert 0 < sum(len(plan.broken) for plan in mixed) < 36
    for one, other in zip(sound, mixed, strict=True):
        keys = {broken.file_key for broken in other.broken}
        for a, b in zip(of_kind(one, Kind.FILE), of_kind(other, Kind.FILE), strict=True):
            assert (a == b) == (a.key not in keys)


def test_a_broken_file_is_mended_by_the_sound_one_it_stood_in_for(inputs) -> None:
    sound, mixed = planned(inputs), planned(inputs, broken_share=1.0, broken_files=(inputs["broken"],))
    broken, meant = mixed[0].broken[0], of_kind(sound[0], Kind.FILE)[0]
    assert broken.path.name.startswith("broken")
    assert broken.mend.path == meant.path
    assert (broken.mend.key, broken.mend.file.replaces) == ("f01-mended", "f01")


def test_without_shuffling_messages_go_out_by_time_over_all_cases(inputs) -> None:
    messages = [message for plan in planned(inputs) for message in plan.messages]
    times = [message.at for message in order(messages, rng=Random(1), repeat=3, is_shuffled=False)]
    assert times == sorted(times)


def test_each_message_is_sent_one_to_n_times(inputs) -> None:
    messages = [message for plan in planned(inputs) for message in plan.messages]
    sendings = order(messages, rng=Random(1), repeat=3, is_shuffled=True)
    counts = {id(message): 0 for message in messages}
    for message in sendings:
        counts[id(message)] += 1
    assert set(counts.values()) == {1, 2, 3}


def test_shuffling_mixes_cases_and_kinds_and_hangs_on_the_seed(inputs) -> None:
    messages = [message for plan in planned(inputs) for message in plan.messages]
    one, same, other = (
        [id(m) for m in order(messages, rng=Random(seed), repeat=1, is_shuffled=True)] for seed in (1, 1, 2)
    )
    assert one == same
    assert one != other
    assert sorted(one) == sorted(id(message) for message in messages)


def test_a_published_list_is_read_as_the_importer_reads_it_and_what_it_refuses_is_not_used(tmp_path) -> None:
    good = {
        "task_code": "11440000006940116U2440102002003",
        "name": "审查",
        "department": "教育厅",
        "area_code": "440000",
        "dept_uscc": "11440000006940116U",
        "materials": ["登记表", "清样"],
    }
    code = "11440000006940116U244010200200"
    rows = [good, good | {"task_code": "1"}, good | {"task_code": code + "4", "materials": ["无"]}]
    path = tmp_path / "items.json"
    path.write_text(json.dumps({"source": "x", "items": rows}))
    items = read_items(path)
    assert [(item.code, item.version, item.region_code) for item in items] == [(code + "3", 1, "440000")]
    assert [material.code for material in items[0].materials] == ["A01", "A02"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"items": 3}',
        '{"items": [1]}',
        '{"items": []}',
        '{"format": "jingui-catalogue/1", "items": [{}]}',
    ],
)
def test_a_file_that_is_no_items_file_is_refused(tmp_path, text: str) -> None:
    path = tmp_path / "items.json"
    path.write_text(text)
    with pytest.raises(ItemsError):
        read_items(path)


def test_files_are_listed_below_folders_and_one_by_one_in_a_fixed_order(tmp_path) -> None:
    folder = write_files(tmp_path / "f", 3)
    assert [path.name for path in list_files([folder, folder / "sound0.pdf"])] == [
        "sound1.pdf",
        "sound0.pdf",
        "sound2.pdf",
    ]


@pytest.mark.parametrize("name", ["nowhere", "empty"])
def test_no_files_to_send_is_refused(tmp_path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(SupplyError):
        list_files([tmp_path / name])
