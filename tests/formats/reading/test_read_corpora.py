"""Real files of the public corpora: all give a reading, and what is known of them is found."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from jingui.formats.reading import blocking_defects, read

pytestmark = pytest.mark.corpora

FOLDERS = ("mixed-formats", "ofd", "scans", "chinese-docs", "format-corpus", "verapdf")
BROKEN = {
    "pdfjs/bug1782186.pdf": "encrypted",
    "pdfjs/encrypted-attachment.pdf": "encrypted",
    "pdfjs/saslprep-r6.pdf": "encrypted",
    "pdfjs/poppler-742-0-fuzzed.pdf": "damaged_structure",
    "pdfjs/poppler-937-0-fuzzed.pdf": "damaged_structure",
    "tika/testPDF_protected.pdf": "encrypted",
    "tika/testODTEncrypted.odt": "encrypted",
    "tika/testZipEncrypted.zip": "encrypted",
    "tika/full_encrypted.7z": "encrypted",
    "tika/testWORD_protected_passtika.doc": "encrypted",
    "tika/testWORD_protected_passtika.docx": "encrypted",
    "tika/testEXCEL_protected_passtika.xlsx": "encrypted",
    "tika/testWORD_truncated.docx": "truncated",
    "tika/testMP4_truncated.m4a": "truncated",
    "tika/testODTnotaZipFile.odt": "extension_mismatch",
}


@pytest.mark.parametrize("folder", FOLDERS)
def test_no_real_file_confounds_the_readers(corpora: Path, folder: str) -> None:
    for path in sorted((corpora / "data" / folder).rglob("*")):
        if path.is_file():
            reading, _ = read(path, path.name)
            assert "reader_failed" not in {code for code, _ in reading.defects}, path


@pytest.mark.parametrize(("name", "code"), BROKEN.items())
def test_known_broken_files_are_found(corpora: Path, name: str, code: str) -> None:
    path = corpora / "data/mixed-formats" / name

    reading, _ = read(path, path.name)

    assert not reading.is_readable or code == "extension_mismatch"
    assert code in {found for found, _ in blocking_defects(reading)}


def test_page_counts_and_encryption_of_pdf_agree_with_an_independent_tool(corpora: Path) -> None:
    folder = corpora / "data/mixed-formats"
    for name, facts in json.loads((folder / "profile.json").read_text())["files"].items():
        known = facts.get("pdf", {})
        reading, _ = read(folder / name, Path(name).name)
        if "pages" in known:
            assert reading.page_count == known["pages"], name
        if "encrypted" in known:
            assert reading.is_encrypted == known["encrypted"], name


def test_every_real_ofd_opens_with_the_pages_and_version_it_has(corpora: Path) -> None:
    folder = corpora / "data/ofd"
    for facts in json.loads((folder / "expectations.json").read_text())["files"]:
        path = folder / facts["file"].partition("ofd/")[2]
        if path.suffix != ".ofd":
            continue
        reading, _ = read(path, path.name)
        assert (reading.is_readable, blocking_defects(reading)) == (True, ()), path
        assert reading.page_count == sum(document["pages"] for document in facts["docs"]), path
        assert reading.format_version == facts["ofd_version"]


def test_the_claimed_part_of_every_pdfa_is_read(corpora: Path) -> None:
    folder = corpora / "data/verapdf"
    for part in ("1a", "1b", "2b", "2u", "3b"):
        passing = list((folder / f"PDF_A-{part}").rglob("*pass*.pdf"))
        assert passing
        for path in passing:
            assert read(path, path.name)[0].format_name in {"pdfa", "pdf"}
    sample = next((folder / "PDF_A-2u").rglob("*pass*.pdf"))
    assert read(sample, sample.name)[0].format_version == "2u"


def test_text_of_a_real_licence_is_found(corpora: Path) -> None:
    _, text = read(corpora / "data/ofd/ofdrw/converter__zsbk.ofd", "zsbk.ofd")

    assert "某某省住房和城乡建设厅" in text
