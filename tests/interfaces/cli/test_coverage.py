"""``jingui coverage``: a day at a glance, and a certificate checked from files alone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.interfaces.cli.conftest import Command
from tests.personas import Office
from tests.usecases.closing_desk import close, closed_line, put_lines

from jingui.db.models import CoverageCertificate


@pytest.fixture
def files(office: Office, tmp_path: Path) -> tuple[Path, list[str]]:
    """A downloaded certificate and the keys it can be checked with."""
    put_lines(office.integrator, closed_line("N-1"))
    close(office)
    row = CoverageCertificate.objects.get()
    path = tmp_path / "certificate.json"
    document = {"certificate": json.loads(row.body), "signatures": row.signatures}
    path.write_text(json.dumps(document, ensure_ascii=False, indent=1), encoding="utf-8")
    trust: list[str] = []
    for signer in office.services.signers:
        key = tmp_path / f"{signer.key_id}.pem"
        key.write_text(signer.public_key_pem, encoding="ascii")
        trust += ["--trust", str(key)]
    return path, trust


def test_a_day_is_shown_with_what_nobody_accounts_for(
    jingui: Command, office: Office, files: tuple[Path, list[str]]
) -> None:
    ended = jingui("coverage", "show", "--day", "2025-03-10", "--json")

    assert ended.code == 1
    assert ended.json[0]["lists"]["unexplained"]["rows"][0]["case_number"] == "N-1"
    assert "N-1  什么都没有收到" in jingui("coverage", "renew", "--day", "2025-03-10").said


def test_a_sound_certificate_is_told_from_a_changed_one(jingui: Command, files: tuple[Path, list[str]]) -> None:
    path, trust = files
    listed = path.with_suffix(".txt")
    listed.write_bytes(b"unexplained N-1\n")

    sound = jingui("coverage", "verify", str(path), *trust, "--list", str(listed))
    path.write_text(path.read_text(encoding="utf-8").replace("N-1", "N-2"), encoding="utf-8")
    changed = jingui("coverage", "verify", str(path), *trust)

    assert (sound.code, changed.code) == (0, 1)
    assert "签名有效" in sound.said
    assert "签名不对" in changed.said


@pytest.mark.parametrize(
    "arguments",
    [
        ("verify",),
        ("verify", "no-such-file.json"),
        ("send", "ledger.pdf", "--day", "2025-03-10"),
        ("send", "ledger.csv", "--day", "2025-03-10", "--server", "http://127.0.0.1:9", "--source", "nobody"),
    ],
)
def test_what_cannot_be_done_is_refused_in_words(jingui: Command, office: Office, arguments: tuple[str, ...]) -> None:
    ended = jingui("coverage", *arguments)

    assert ended.code == 2
    assert ended.noted
