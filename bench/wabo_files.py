"""Files for the acceptance replay: sound ones chosen by name from the corpora, broken ones chosen or made.

The choice is by hand and not by the product's own readers, which are what the replay puts to the test.
"""

from __future__ import annotations

import shutil
from pathlib import Path

SOUND = [
    "chinese-docs/fonts_print_to_pdf.pdf",
    "chinese-docs/tender_print_to_pdf.pdf",
    "mixed-formats/pdfjs/PDFJS-7562-reduced.pdf",
    "mixed-formats/pdfjs/SimFang-variant.pdf",
    "mixed-formats/pdfjs/annotation-button-widget.pdf",
    "mixed-formats/pdfjs/annotation-caret-ink.pdf",
    "mixed-formats/pdfjs/annotation-highlight.pdf",
    "mixed-formats/pdfjs/annotation-line.pdf",
    "mixed-formats/pdfjs/annotation-squiggly.pdf",
    "mixed-formats/pdfjs/annotation-stamp.pdf",
    "mixed-formats/pdfjs/annotation-strikeout.pdf",
    "mixed-formats/pdfjs/annotation-text-widget.pdf",
    "mixed-formats/pdfjs/annotation-underline.pdf",
    "mixed-formats/pdfjs/noembed-jis7.pdf",
    "mixed-formats/pdfjs/noembed-sjis.pdf",
    "mixed-formats/pdfjs/xfa_issue14315.pdf",
    "mixed-formats/tika/testEXCEL.xlsx",
    "mixed-formats/tika/testJPEG.jpg",
    "mixed-formats/tika/testJPEG_EXIF.jpg",
    "mixed-formats/tika/testODFwithOOo3.odt",
    "mixed-formats/tika/testPDF.pdf",
    "mixed-formats/tika/testPDF_Version.11.x.PDFA-1b.pdf",
    "mixed-formats/tika/testPDF_incrementalUpdates.pdf",
    "mixed-formats/tika/testPNG.png",
    "mixed-formats/tika/testRTF.rtf",
    "mixed-formats/tika/testTIFF.tif",
    "mixed-formats/tika/testTIFF_multipage.tif",
    "mixed-formats/tika/testWORD.docx",
    "mixed-formats/tika/testWORD_signed.docx",
    "mixed-formats/tika/testXML.xml",
    "ofd/ofdjs/999.ofd",
    "ofd/ofdrw/archive__test-ofda.ofd",
    "ofd/ofdrw/converter__helloworld.ofd",
    "ofd/ofdrw/converter__pattern类型.ofd",
    "ofd/ofdrw/converter__testPathFillOpacity.ofd",
    "ofd/ofdrw/converter__y.ofd",
    "ofd/ofdrw/converter__透明度文字.ofd",
    "ofd/ofdrw/layout__1-1.ofd",
    "ofd/ofdrw/layout__AddAttachment.ofd",
    "ofd/ofdrw/layout__AddWatermarkAnnot.ofd",
    "ofd/ofdrw/layout__Page5.ofd",
    "ofd/ofdrw/layout__SplitParagraph.ofd",
    "ofd/ofdrw/reader__helloworld.ofd",
    "ofd/ofdrw/reader__multiKeywordInTextCode.ofd",
    "ofd/ofdrw/sign__v4signed.ofd",
    "ofd/ofdrw/sign__helloworld.ofd",
    "ofd/ofdrw/tool__hello_watermark.ofd",
    "ofd/ofdrw/tool__page1.ofd",
    "ofd/zc310/helloworld.ofd",
    "scans/blank_black_page.jpg",
    "scans/customs_form_scan.jpg",
    "scans/exif_orientation.jpg",
    "scans/seal_red_round_synthetic.png",
    "scans/table_text.png",
    "scans/traditional_chinese.jpg",
]
ENCRYPTED = [
    "mixed-formats/pdfjs/encrypted-attachment.pdf",
    "mixed-formats/pdfjs/saslprep-r6.pdf",
    "mixed-formats/tika/testODTEncrypted.odt",
    "mixed-formats/tika/testWORD_protected_passtika.docx",
    "mixed-formats/tika/testEXCEL_protected_passtika.xlsx",
]
TRUNCATED = [
    "mixed-formats/tika/testJPEG.jpg",
    "mixed-formats/tika/testPNG.png",
    "mixed-formats/tika/testWORD.docx",
    "ofd/ofdjs/999.ofd",
    "chinese-docs/tender_print_to_pdf.pdf",
    "scans/customs_form_scan.jpg",
]
WRONG_EXTENSION = {
    "mixed-formats/tika/testPNG.png": ".pdf",
    "mixed-formats/tika/testPDF.pdf": ".ofd",
    "ofd/zc310/helloworld.ofd": ".docx",
    "mixed-formats/tika/testJPEG.jpg": ".tif",
}
CHANGED = ["ofd/ofdrw/converter__zsbk.ofd", "ofd/ofdrw/converter__发票示例.ofd"]  # pages changed after they were sealed
# Which finding is the right one for each kind of broken file; a cut file may break its structure in several ways.
RIGHT_FINDINGS = {
    "encrypted": frozenset({"file_encrypted"}),
    "truncated": frozenset({"content_truncated", "structure_damaged", "pages_missing", "file_not_readable"}),
    "extension": frozenset({"extension_not_of_format"}),
    "changed": frozenset({"signature_content_changed"}),
}


def sound_files(data: Path) -> list[Path]:
    """List the sound files; one that is not there is an error of the corpora."""
    paths = [data / name for name in SOUND]
    missing = [str(path) for path in paths if not path.is_file()]
    if missing:
        raise FileNotFoundError(", ".join(missing))
    return paths


def make_broken_files(data: Path, folder: Path) -> Path:
    """Lay the broken files into a folder, their kind in front of their names."""
    folder.mkdir(parents=True)
    for name in ENCRYPTED:
        shutil.copyfile(data / name, folder / f"encrypted-{Path(name).name}")
    for name in TRUNCATED:
        whole = (data / name).read_bytes()
        (folder / f"truncated-{Path(name).name}").write_bytes(whole[: len(whole) * 3 // 5])
    for name, suffix in WRONG_EXTENSION.items():
        shutil.copyfile(data / name, folder / f"extension-{Path(name).stem}{suffix}")
    for name in CHANGED:
        shutil.copyfile(data / name, folder / f"changed-{Path(name).name}")
    return folder


def kind_of(path: Path) -> str:
    """Return the kind of a broken file."""
    return path.name.partition("-")[0]
