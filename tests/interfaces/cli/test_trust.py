"""The command ``trust``: adding, listing, ending, and checking one file with its evidence."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.formats.signatures import authority as made
from tests.formats.signatures.authority import Authority

from jingui.interfaces.cli.main import main

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def root() -> Authority:
    return Authority.create("命令测试根")


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, dict[str, Any]]:
    code = main(["trust", *map(str, arguments), "--json"])
    said = capsys.readouterr()
    return code, json.loads(said.out or said.err or "{}")


def test_a_certificate_is_added_shown_and_ended(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, root: Authority
) -> None:
    place = tmp_path / "root.cer"
    place.write_bytes(root.root.der)
    mark = made.fingerprint(root.root.der)
    assert run(capsys, "add", place, "--purpose", "seal", "--note", "来文")[0] == 0
    assert [row["fingerprint"] for row in run(capsys, "list")[1]["certificates"]] == [mark]
    assert run(capsys, "show", mark[:12])[1]["subject"] == "CN=命令测试根, C=CN"
    assert (
        run(capsys, "remove", mark, "--note", "换发", "--until", "2025-01-01")[1]["until"]
        == "2025-01-01T00:00:00+00:00"
    )
    assert run(capsys, "list")[1]["certificates"] == []
    assert run(capsys, "list", "--version", "1")[1]["certificates"]


def test_a_detached_signature_is_checked_against_the_list_and_its_evidence_written(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, root: Authority
) -> None:
    content, value = tmp_path / "正文.txt", tmp_path / "正文.txt.p7s"
    content.write_bytes("正文".encode())
    value.write_bytes(made.cms(root.issue("签名人"), content.read_bytes()))
    code, said = run(capsys, "check", value, "--content", content, "--evidence", tmp_path / "evidence")
    assert (code, said["signatures"][0]["verdict"]) == (0, "sound_issuer_not_trusted")
    assert (tmp_path / "evidence" / "验证记录.json").is_file()
    content.write_bytes(b"other")
    code, said = run(capsys, "check", value, "--content", content)
    assert (code, said["signatures"][0]["verdict"]) == (1, "content_changed")


def test_what_cannot_be_read_is_refused_and_changes_nothing(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "no.cer").write_bytes(b"no certificate")
    for arguments in (
        ("add", tmp_path / "no.cer"),
        ("add", tmp_path / "gone"),
        ("show", "12"),
        ("check", tmp_path / "gone"),
    ):
        assert run(capsys, *arguments)[0] == 2
