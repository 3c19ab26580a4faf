"""The office converter: a command in a folder of its own, bounded, without network; and the real LibreOffice if it is here."""

from __future__ import annotations

import sys
import time
import zipfile
from pathlib import Path

import pikepdf
import pytest
from tests.builders import now

from jingui.adapters.conversion.office import OfficeBounds, OfficeConverter
from jingui.domain.errors import PermanentFailure, TransientFailure
from jingui.domain.preservation.migration import ConverterName
from jingui.ports import ConversionTask

TASK = ConversionTask(ConverterName.OFFICE, "docx", "pdfa", "信", now())
HEAD = """
import os, pathlib, resource, socket, sys
arguments = dict(zip(sys.argv, sys.argv[1:]))
out = pathlib.Path(arguments["--outdir"])
profile = next(a for a in sys.argv if a.startswith("-env:UserInstallation=file://"))[29:]
document = pathlib.Path(sys.argv[-1])
out.mkdir()
def say(text): (out / "document.pdf").write_text(text)
"""


def stand_in(folder: Path, body: str, *, bounds: OfficeBounds | None = None) -> OfficeConverter:
    """Return a converter whose command is a small program that takes the arguments of LibreOffice."""
    program = folder / "stand_in.py"
    program.write_text(HEAD + body, encoding="utf-8")
    return OfficeConverter([sys.executable, "-I", "-S", str(program)], bounds=bounds)


@pytest.fixture
def letter(tmp_path: Path) -> Path:
    path = tmp_path / "letter.docx"
    path.write_bytes(b"a letter")
    return path


def said(converter: OfficeConverter, path: Path) -> str:
    return converter.convert(path, TASK).data.decode()


def test_the_command_gets_a_copy_in_a_folder_that_is_gone_afterwards(letter: Path, tmp_path: Path) -> None:
    converter = stand_in(tmp_path, "say(f'{document.read_text()}|{document}|{os.getcwd()}|{os.environ[\"HOME\"]}')")

    content, document, folder, home = said(converter, letter).split("|")

    assert content == "a letter"
    assert document.startswith(folder + "/")
    assert home == folder
    assert not Path(folder).exists()


def test_macros_are_off_and_links_never_followed_in_a_profile_of_its_own(letter: Path, tmp_path: Path) -> None:
    converter = stand_in(tmp_path, "say(pathlib.Path(profile, 'user', 'registrymodifications.xcu').read_text())")

    settings = said(converter, letter)

    assert '"DisableMacrosExecution" oor:op="fuse"><value>true<' in settings
    assert '"MacroSecurityLevel" oor:op="fuse"><value>3<' in settings


def test_the_command_inherits_no_secret_and_is_limited(
    letter: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_OF_OURS", "secret")
    bounds = OfficeBounds(memory_bytes=700 * 2**20, file_bytes=2**20)
    body = (
        "say(f'{sorted(os.environ)}|{[resource.getrlimit(k)[0] for k in (resource.RLIMIT_AS, resource.RLIMIT_FSIZE)]}')"
    )

    names, limits = said(stand_in(tmp_path, body, bounds=bounds), letter).split("|")

    assert "SECRET_OF_OURS" not in names
    assert "PYTHONPATH" not in names
    assert limits == str([700 * 2**20, 2**20])


def test_the_command_sees_no_network_where_the_kernel_lets_us(letter: Path, tmp_path: Path) -> None:
    body = "say(','.join(name for _, name in socket.if_nameindex()) + '|' + os.readlink('/proc/self/ns/net'))"

    names, space = said(stand_in(tmp_path, body.replace("socket.", "__import__('socket').")), letter).split("|")

    if space == str(Path("/proc/self/ns/net").readlink()):
        pytest.skip("this kernel gives an unprivileged process no network of its own")
    assert names == "lo"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("while True: pass", "conversion_timeout"),
        ("__import__('time').sleep(60)", "conversion_timeout"),
        ("bytearray(4 << 30); say('x')", "conversion_failed"),
        ("(out / 'document.pdf').write_bytes(b'x' * (3 << 20))", "conversion_failed"),
        ("(out / 'document.pdf').symlink_to('/etc/hostname')", "conversion_failed"),
        ("sys.exit(3)", "conversion_failed"),
        ("", "conversion_failed"),
    ],
    ids=["spins", "hangs", "eats memory", "writes too much", "links elsewhere", "fails", "gives nothing"],
)
def test_what_goes_wrong_with_the_command_is_said_of_the_file(
    letter: Path, tmp_path: Path, body: str, code: str
) -> None:
    bounds = OfficeBounds(
        memory_bytes=2**30, file_bytes=2**20, cpu_seconds=1, wall_seconds=2.0 if "time" in code else 30.0
    )

    with pytest.raises(PermanentFailure, match=code):
        stand_in(tmp_path, body, bounds=bounds).convert(letter, TASK)


def test_what_the_command_started_ends_with_it(letter: Path, tmp_path: Path) -> None:
    body = "pid = os.fork()\nif pid == 0:\n    import time; time.sleep(60)\nsay(str(pid))"

    pid = int(said(stand_in(tmp_path, body), letter))

    assert any(has_ended(pid) for _ in range(500))


def has_ended(pid: int) -> bool:
    """Say whether a process is gone or only waits to be collected; if not, let it be killed for a moment."""
    state = Path(f"/proc/{pid}/stat")
    try:
        is_over = state.read_text().rpartition(")")[2].split()[0] in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return True
    time.sleep(0 if is_over else 0.02)
    return is_over


def test_without_the_program_the_converter_says_so(letter: Path) -> None:
    converter = OfficeConverter([])

    assert not converter.is_available
    assert converter.version(ConverterName.OFFICE) == ""
    with pytest.raises(PermanentFailure, match="converter_missing"):
        converter.convert(letter, TASK)


def test_a_command_that_cannot_be_started_may_be_tried_again(letter: Path, tmp_path: Path) -> None:
    with pytest.raises(TransientFailure, match="converter_not_started"):
        OfficeConverter([str(tmp_path / "nothing")]).convert(letter, TASK)


def test_libreoffice_makes_a_pdf_of_a_document(tmp_path: Path) -> None:
    converter = OfficeConverter()
    if not converter.is_available:
        pytest.skip("LibreOffice is not on this machine: the Office converter was tried with a stand-in only")
    path = tmp_path / "letter.odt"
    content = (
        '<?xml version="1.0"?><office:document-content office:version="1.2"'
        ' xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
        ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:text>'
        "<text:p>A letter</text:p></office:text></office:body></office:document-content>"
    )
    manifest = (
        '<?xml version="1.0"?><m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        '<m:file-entry m:full-path="/" m:media-type="application/vnd.oasis.opendocument.text"/>'
        '<m:file-entry m:full-path="content.xml" m:media-type="text/xml"/></m:manifest>'
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", manifest)

    made = converter.convert(path, ConversionTask(ConverterName.OFFICE, "odt", "pdfa", "letter", now()))

    result = tmp_path / "letter.pdf"
    result.write_bytes(made.data)
    with pikepdf.open(result) as document, document.open_metadata() as metadata:
        assert metadata["pdfaid:part"] == "2"
