"""Fetching over TLS from a real server: whose certificate is believed, what stays refused, what is left lying."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.adapters.sources.authority import Authority
from tests.usecases.sources.file_server import FileServer, file_server

from jingui.adapters.sources.opening import Opening
from jingui.adapters.sources.pull import PullReader, check_pull, open_pull
from jingui.adapters.sources.web import LEFT_SECONDS, PART
from jingui.domain.capture.incoming import ContentLocation
from jingui.domain.errors import PermanentFailure, Refused, TransientFailure

HERE = "127.0.0.1"
CONTENT = b"%PDF-1.7 " + bytes(range(256)) * 2000


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority("Yunze Test CA")


@pytest.fixture
def files(authority: Authority, tmp_path: Path) -> Iterator[FileServer]:
    with file_server(authority.server(HERE, tmp_path)) as server:
        yield server


@pytest.fixture
def trusted(authority: Authority, tmp_path: Path) -> str:
    return str(authority.write(tmp_path / "ca.pem"))


def reader(files: FileServer, folder: Path, **more: Any) -> PullReader:
    given = {"hosts": [files.host], "private_networks": ["127.0.0.0/8"], **more}
    assert check_pull(given, {}) == ()
    return open_pull(Opening(given, {}, folder / "own", lambda _name: ""))


def fetched(opened: PullReader, told: dict[str, str]) -> bytes:
    return b"".join(opened.open(ContentLocation(told["url"], told["sha256"])))


def test_a_certificate_of_the_configured_authority_is_believed(files: FileServer, trusted: str, tmp_path: Path) -> None:
    assert fetched(reader(files, tmp_path, ca_file=trusted), files.put("/f1", CONTENT)) == CONTENT


def test_a_certificate_of_an_unknown_authority_is_refused_and_nothing_is_asked(
    files: FileServer, tmp_path: Path
) -> None:
    with pytest.raises(TransientFailure, match="certificate_refused"):
        fetched(reader(files, tmp_path), files.put("/f1", CONTENT))
    assert not files.asked


def test_a_certificate_of_another_authority_is_refused_where_one_is_configured(
    files: FileServer, tmp_path: Path
) -> None:
    other = str(Authority("Yunze Test CA").write(tmp_path / "other.pem"))
    with pytest.raises(TransientFailure, match="certificate_refused"):
        fetched(reader(files, tmp_path, ca_file=other), files.put("/f1", CONTENT))


def test_a_certificate_for_another_address_is_refused(authority: Authority, trusted: str, tmp_path: Path) -> None:
    with (
        file_server(authority.server("127.0.0.2", tmp_path)) as files,
        pytest.raises(TransientFailure, match="certificate_refused"),
    ):
        fetched(reader(files, tmp_path, ca_file=trusted), files.put("/f1", CONTENT))


def test_a_transfer_over_tls_that_breaks_goes_on_where_it_broke(
    files: FileServer, trusted: str, tmp_path: Path
) -> None:
    told = files.put("/f1", CONTENT)
    files.breaks_after["/f1"] = [1000]
    assert fetched(reader(files, tmp_path, ca_file=trusted), told) == CONTENT
    assert [asked for _, asked in files.asked] == ["", "bytes=1000-"]


def test_a_redirect_over_tls_is_not_followed(files: FileServer, trusted: str, tmp_path: Path) -> None:
    told = files.put("/f1", CONTENT)
    files.answers["/f1"] = (301, {"Location": f"https://{files.host}/f2"})
    with pytest.raises(Refused, match="redirected"):
        fetched(reader(files, tmp_path, ca_file=trusted), told)
    assert [path for path, _ in files.asked] == ["/f1"]


@pytest.mark.parametrize(("networks", "scheme"), [([], "https"), (["127.0.0.0/8"], "http")])
def test_a_private_network_and_plain_http_stay_refused_unless_allowed(
    files: FileServer, trusted: str, tmp_path: Path, networks: list[str], scheme: str
) -> None:
    told = files.put("/f1", CONTENT)
    told["url"] = told["url"].replace("https", scheme, 1)
    with pytest.raises(Refused, match="address_not_allowed"):
        fetched(reader(files, tmp_path, ca_file=trusted, private_networks=networks), told)
    assert not files.asked


def test_a_file_without_certificates_is_a_problem_of_the_configuration(files: FileServer, tmp_path: Path) -> None:
    empty = tmp_path / "empty.pem"
    empty.write_text("no certificate", encoding="ascii")
    for path in (empty, tmp_path / "missing.pem"):
        (problem,) = check_pull({"hosts": [files.host], "ca_file": str(path)}, {})
        assert (problem.location, problem.code) == ("ca_file", "ca_file_unusable")


def test_an_authority_that_has_gone_stops_the_reading_with_its_reason(
    files: FileServer, trusted: str, tmp_path: Path
) -> None:
    given = {"hosts": [files.host], "ca_file": trusted}
    Path(trusted).unlink()
    with pytest.raises(PermanentFailure, match="ca_file_unusable"):
        open_pull(Opening(given, {}, tmp_path, lambda _name: ""))


def test_parts_that_nobody_came_back_for_in_a_week_are_let_go(files: FileServer, trusted: str, tmp_path: Path) -> None:
    opened = reader(files, tmp_path, ca_file=trusted)
    own = opened.fetcher.folder
    own.mkdir()
    old, young = own / f"old{PART}", own / f"young{PART}"
    for path in (old, young):
        path.write_bytes(b"half")
    left = young.stat().st_mtime - LEFT_SECONDS - 60
    os.utime(old, (left, left))
    opened.close()
    assert [path.name for path in own.iterdir()] == [young.name]
