"""Handing a log over by other ways than push: what the connection needs is written, and fits what reads it."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import pytest

from jingui.bootstrap.sources import connection_problems
from jingui.interfaces.cli.replay import add_arguments, run

PLACES = {
    "batch": ("{folder}/in", "folder"),
    "bags": ("{folder}/in", "bagit"),
    "amqp": ("amqp://me:secret@mq.example:5673/v", "amqp"),
    "database": ("postgresql+psycopg://me:secret@db.example/cases", "database"),
    "pull": ("", "pull"),
}


def replay(tmp_path: Path, *arguments: str) -> int:
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    told = ["log.csv", "--server", "http://127.0.0.1:1", "--source", "s", "--secret", "k:s", "--items", "items.json"]
    return run(parser.parse_args([*told, "--files", str(tmp_path), *arguments]))


@pytest.mark.parametrize("way", sorted(PLACES))
def test_the_connection_that_reads_a_delivery_is_written_without_secrets_and_has_no_fault(
    way: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    into, kind = PLACES[way]
    given = ["--into", into.format(folder=tmp_path)] if into else []
    assert replay(tmp_path, "--deliver", way, *given, "--connection", str(tmp_path / "conf")) == 0
    paths = [tmp_path / "conf" / f"{name}.json" for name in ("configuration", "mapping")]
    configuration, mapping = (json.loads(path.read_bytes()) for path in paths)
    assert f"--kind {kind} " in capsys.readouterr().out
    assert connection_problems(kind, configuration, mapping) == ()
    assert "secret@" not in paths[0].read_text(encoding="utf-8")


def test_a_delivery_without_a_place_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert replay(tmp_path, "--deliver", "batch") == 2
    assert "--into" in capsys.readouterr().err
