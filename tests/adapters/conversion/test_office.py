"""The office converter: a command in a folder of its own, bounded, without network; and the real LibreOffice."""

from __future__ import annotations

import ctypes
import io
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pikepdf
import pytest
from PIL import Image
from tests.builders import now
from tests.office_files import docx, odt, pptx, xlsx

from jingui.adapters.conversion.office import OfficeBounds, OfficeConverter
from jingui.domain.errors import PermanentFailure, TransientFailure
from jingui.domain.preservation.migration import ConverterName, Side, compare, shortcomings
from jingui.domain.records.conversions import Comparison
from jingui.formats.reading import read
from jingui.ports import ConversionTask

TASK = ConversionTask(ConverterName.OFFICE, "odt", "pdfa", "信", now())
HEAD = """
import os, pathlib, resource, socket, sys
arguments = dict(zip(sys.argv, sys.argv[1:]))
out = pathlib.Path(arguments["--outdir"])
profile = next(a for a in sys.argv if a.startswith("-env:UserInstallation=file://"))[29:]
document = pathlib.Path(sys.argv[-1])
out.mkdir()
def say(text): (out / "document.pdf").write_text(text)
"""


def stand_in(body: str, *, bounds: OfficeBounds | None = None) -> OfficeConverter:
    """Return a converter whose command is a small program that takes the arguments of LibreOffice."""
    command = [sys.executable, "-I", "-S", "-c", HEAD + body]
    return OfficeConverter(command, bounds=bounds, readable=[Path(sys.base_prefix), Path(sys.prefix)])


@pytest.fixture
def letter(tmp_path: Path) -> Path:
    path = tmp_path / "letter.docx"
    path.write_bytes(b"a letter")
    return path


def said(converter: OfficeConverter, path: Path) -> str:
    return converter.convert(path, TASK).data.decode()


def test_the_command_gets_a_copy_in_a_folder_that_is_gone_afterwards(
    letter: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    converter = stand_in("say(f'{document.read_text()}|{document}|{os.getcwd()}|{os.environ[\"HOME\"]}')")

    content, document, folder, home = said(converter, letter).split("|")

    assert content == "a letter"
    assert document.startswith(folder + "/")
    assert home == folder
    assert list(tmp_path.iterdir()) == [letter]


def test_macros_are_off_and_links_never_followed_in_a_profile_of_its_own(letter: Path, tmp_path: Path) -> None:
    converter = stand_in("say(pathlib.Path(profile, 'user', 'registrymodifications.xcu').read_text())")

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

    names, limits = said(stand_in(body, bounds=bounds), letter).split("|")

    assert "SECRET_OF_OURS" not in names
    assert "PYTHONPATH" not in names
    assert limits == str([700 * 2**20, 2**20])


def test_the_command_sees_no_network_where_the_kernel_lets_us(letter: Path, tmp_path: Path) -> None:
    body = "say(','.join(name for _, name in socket.if_nameindex()) + '|' + os.readlink('/proc/self/ns/net'))"

    names, space = said(stand_in(body.replace("socket.", "__import__('socket').")), letter).split("|")

    if space == str(Path("/proc/self/ns/net").readlink()):
        assert not may_have_namespaces()
    else:
        assert names == "lo"


def may_have_namespaces() -> bool:
    """Say whether this kernel gives a process like ours a network and a /tmp of its own."""
    return subprocess.run(["unshare", "-Unm", "true"], capture_output=True, check=False).returncode == 0


def test_the_command_reads_and_writes_no_file_of_ours_where_the_kernel_can_see_to_it(
    letter: Path, tmp_path: Path
) -> None:
    body = f"""
def tried(act):
    try:
        return act()
    except OSError:
        return "refused"
say("|".join([
    tried(lambda: pathlib.Path({str(letter)!r}).read_text()),
    tried(lambda: pathlib.Path({__file__!r}).read_text()[:3]),
    tried(lambda: str(pathlib.Path({str(tmp_path / "made")!r}).write_text("x"))),
    tried(lambda: pathlib.Path("/proc/{os.getpid()}/environ").read_text()[:1]),
]))
"""
    has_landlock = ctypes.CDLL(None).syscall(444, None, 0, 1) > 0

    found = said(stand_in(body), letter)

    assert has_landlock is (found == "refused|refused|refused|refused")
    assert not has_landlock or not (tmp_path / "made").exists()


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
        stand_in(body, bounds=bounds).convert(letter, TASK)


def test_what_the_command_started_ends_with_it(letter: Path, tmp_path: Path) -> None:
    body = "pid = os.fork()\nif pid == 0:\n    import time; time.sleep(60)\nsay(str(pid))"

    pid = int(said(stand_in(body), letter))

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


DECISION = "关于准予巴特尔行政许可的决定"


def picture() -> bytes:
    made = io.BytesIO()
    Image.effect_noise((300, 200), 60).convert("RGB").save(made, "PNG")
    return made.getvalue()


@pytest.fixture(scope="module")
def office() -> Iterator[OfficeConverter]:
    made = OfficeConverter()
    yield made
    made.close()


def converted(office: OfficeConverter, path: Path, format_name: str) -> tuple[Comparison, Path]:
    """Convert a file, hold the result against it, and return both."""
    made = office.convert(path, ConversionTask(ConverterName.OFFICE, format_name, "pdfa", "一个文件", now()))
    result = path.with_suffix(".result.pdf")
    result.write_bytes(made.data)
    sides = [Side(*read(each, each.name)) for each in (path, result)]
    return compare(*sides, target="pdfa", are_pixels_same=None, remarks=made.remarks), result


@pytest.mark.office
@pytest.mark.parametrize(
    ("name", "content", "pages"),
    [
        ("docx", docx(DECISION, "第一条 GB/T 42727—2023"), 1),
        ("xlsx", xlsx(("序号", "申请人"), ("1", "乌兰"), ("2", "巴特尔")), 1),
        ("pptx", pptx("第一页", DECISION), 2),
    ],
    ids=["docx", "xlsx", "pptx"],
)
def test_libreoffice_makes_pdfa_with_all_words_of_a_document(
    office: OfficeConverter, tmp_path: Path, name: str, content: bytes, pages: int
) -> None:
    path = tmp_path / f"document.{name}"
    path.write_bytes(content)

    found, result = converted(office, path, name)

    assert shortcomings(found) == ()
    assert (found.pages[1], found.text_kept) == (pages, 10_000)
    with pikepdf.open(result) as document, document.open_metadata() as metadata:
        assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("2", "B")
        assert any("CJK" in str(each.get("/BaseFont", "")) for each in fonts(document))


def fonts(document: pikepdf.Pdf) -> list[pikepdf.Object]:
    return [each for each in document.objects if isinstance(each, pikepdf.Dictionary) and "/BaseFont" in each]


@pytest.mark.office
def test_libreoffice_keeps_pixels_and_fetches_nothing_that_a_document_names(
    office: OfficeConverter, tmp_path: Path
) -> None:
    inside, secret = picture(), tmp_path / "secret.png"
    secret.write_bytes(picture())
    (tmp_path / "secret.txt").write_text("SECRET")
    frames = "".join(
        f'<text:p><draw:frame svg:width="2cm" svg:height="1.5cm"><draw:image xlink:href="{address}"/></draw:frame></text:p>'
        for address in ("Pictures/a.png", secret.as_uri(), "http://127.0.0.1:9/a.png")
    )
    section = (
        f'<text:section text:name="s"><text:section-source xlink:href="{(tmp_path / "secret.txt").as_uri()}"'
        ' text:filter-name="Text"/><text:p>旧</text:p></text:section>'
    )
    path = tmp_path / "hostile.odt"
    path.write_bytes(odt(frames + section, {"Pictures/a.png": inside}))

    found, result = converted(office, path, "odt")

    assert "external_links" in found.remarks
    with pikepdf.open(result) as document:
        images = [
            each for each in document.objects if isinstance(each, pikepdf.Stream) and each.get("/Subtype") == "/Image"
        ]
        assert [pikepdf.PdfImage(each).as_pil_image().convert("RGB").tobytes() for each in images] == [
            Image.open(io.BytesIO(inside)).tobytes()
        ]
    assert "SECRET" not in read(result, result.name)[1]


@pytest.mark.office
@pytest.mark.parametrize("name", ["testWORD.doc", "testEXCEL.xls"])
def test_libreoffice_makes_pdfa_of_old_files_whose_words_only_a_person_can_compare(
    office: OfficeConverter, tmp_path: Path, corpora: Path, name: str
) -> None:
    path = tmp_path / name
    path.write_bytes((corpora / "data/mixed-formats/tika" / name).read_bytes())

    found, _ = converted(office, path, path.suffix[1:])

    assert shortcomings(found) == ()
    assert found.remarks[-1] == "text_not_compared"
    assert ("values_not_compared" in found.remarks) is (path.suffix == ".xls")


@pytest.mark.office
def test_a_document_that_libreoffice_cannot_open_says_so(office: OfficeConverter, tmp_path: Path) -> None:
    path = tmp_path / "broken.docx"
    path.write_bytes(docx(DECISION)[:-60])

    with pytest.raises(PermanentFailure, match="source_not_loaded"):
        converted(office, path, "docx")


@pytest.mark.office
def test_libreoffice_says_its_version_and_leaves_nothing_behind(office: OfficeConverter) -> None:
    assert office.version(ConverterName.OFFICE).startswith("LibreOffice ")
    assert not may_have_namespaces() or not list(Path("/tmp").glob(f"OSL_PIPE_{os.getuid()}_*"))
