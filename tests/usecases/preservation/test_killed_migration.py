"""A format migration and its worker, real processes killed by SIGKILL: begun again they end as if nothing had happened."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pikepdf
import pytest
from PIL import Image
from tests.usecases.preservation.test_killed import ROOT, Mortals, is_visibly_whole

pytestmark = pytest.mark.one_database

CASES = 2


@pytest.fixture(scope="module")
def mortals(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mortals]:
    """Give an instance with archived pictures and an approved plan for them."""
    home = tmp_path_factory.mktemp("mortal") / "home"
    ours = {"JINGUI_HOME": str(home), "JINGUI_DATABASE_URL": "", "PYTHONPATH": str(ROOT / "src")}
    program = [sys.executable, str(Path(__file__).with_name("mortal_migration.py"))]
    with subprocess.Popen(
        program, env=os.environ | ours, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        made = Mortals(home, process)
        assert made.ask(make=CASES) == 0
        yield made


def killed_until_done(mortals: Mortals, *, first: int, step: int, **asked: Any) -> int:
    """Have something begun again and again, killed a little later each time, until it ends; return how often."""
    for killed in range(12):
        code = mortals.ask(**asked, dies_at=first + killed * step, below=str(mortals.home))
        if code != -signal.SIGKILL:
            assert code == 0
            return killed
        assert is_visibly_whole(mortals.home / "store")
    pytest.fail("never ended")


def facts(mortals: Mortals, kind: str) -> list[dict[str, Any]]:
    rows = mortals.rows("SELECT payload FROM jingui_journal_event WHERE kind = ? ORDER BY id", kind)
    return [json.loads(payload)["facts"] for (payload,) in rows]


def test_a_killed_migration_begun_again_ends_with_each_picture_once_beside_its_original(mortals: Mortals) -> None:
    before = {path: path.read_bytes() for path in (mortals.home / "store").rglob("v1/content/**/*.jpg")}
    assert len(before) == CASES

    converting = killed_until_done(mortals, first=2, step=3, words=("migration", "run", "1", "--by", "chen"))
    packing = killed_until_done(mortals, first=3, step=25, work=True)

    assert min(converting, packing) > 2
    assert mortals.rows("SELECT state FROM jingui_format_migration") == [("done",)]
    assert mortals.rows("SELECT state, version FROM jingui_case") == [("preserved", 2)] * CASES
    assert mortals.rows("SELECT outcome, reason FROM jingui_file_conversion") == [("converted", "")] * CASES
    assert [len(facts(mortals, f"migration.{kind}")) for kind in ("started", "ended")] == [1, 1]
    told = facts(mortals, "files.converted")
    assert len({each["case_number"] for each in told}) == len(told) == CASES
    assert all(path.read_bytes() == data for path, data in before.items())
    tokens = {token for (token,) in mortals.rows("SELECT staged_token FROM jingui_file_conversion")}
    assert not tokens & {path.name for path in (mortals.home / "staging").iterdir()}
    assert mortals.run("verify", "--no-seal") == 0
    check_links(mortals, before)


def check_links(mortals: Mortals, before: dict[Path, bytes]) -> None:
    """Look into each second version for the converted picture, its link to the original and the link back."""
    for path, data in before.items():
        folder = next(each for each in path.parents if each.name == "v1").parent
        manifest = json.loads((folder / "inventory.json").read_bytes())
        paths = {logical: place for digest in manifest["manifest"].values() for place in digest for logical in [place]}
        (described,) = (folder / place for place in paths if place.endswith("v2/content/元数据/基本信息元数据.xml"))
        files = {one.findtext("source_key"): one for one in ElementTree.fromstring(described.read_bytes()).iter("file")}
        made = files["converted.photo"]
        result = folder / "v2" / "content" / str(files["photo"].findtext("converted_as"))
        assert (folder / "v1" / "content" / str(made.findtext("made/made_from"))) == path
        with pikepdf.open(result) as document:
            (image,) = document.pages[0].get_images().values()
            assert image.read_raw_bytes() == data
        assert Image.open(io.BytesIO(data)).format == "JPEG"
