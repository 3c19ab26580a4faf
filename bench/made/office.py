"""Office documents and PDFs as LibreOffice writes them; nothing where it is not installed."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

PAGE = """<html><head><meta charset="utf-8"><title>决定书</title></head><body><h1>准予许可决定书</h1><p>经审查，<b>符合</b>法定条件，准予许可。</p>
<table border="1"><tr><td>事项</td><td>日期</td></tr><tr><td>食品经营</td><td>2024-01-02</td></tr></table>
<p><a href="https://example.org/">说明</a> Licence No. 7, <i>valid</i>.</p><ol><li>一</li><li>二</li></ol></body></html>"""
TABLE = "编号,名称,日期\n1,许可,2024-01-02\n2,备案,2024-02-03\n"
WRITER = ("odt", "docx", "doc", "rtf", "pdf", "fodt", "html", "txt:Text (encoded):UTF8")
CALC = ("ods", "xlsx", "xls", "pdf", "csv")
LEVELS = {"1b": 1, "2b": 2, "3b": 3, "1a": 1, "2a": 2}


def made() -> Iterator[tuple[str, bytes]]:
    """Yield every form that a page, a table and a drawing can be saved in."""
    program = shutil.which("soffice")
    if program is None:
        return
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        (folder / "page.html").write_text(PAGE, encoding="utf-8")
        (folder / "table.csv").write_text(TABLE, encoding="utf-8")
        for form in WRITER:
            yield from _converted(program, folder, "page.html", form)
        for form in CALC:
            yield from _converted(program, folder, "table.csv", form)
        odt = folder / "out" / "page.odt"
        if odt.is_file():
            shutil.copy(odt, folder / "page.odt")
            for level, part in LEVELS.items():
                tagged = "true" if level.endswith("a") else "false"
                wanted = f'pdf:writer_pdf_Export:{{"SelectPdfVersion":{{"type":"long","value":"{part}"}},"UseTaggedPDF":{{"type":"boolean","value":"{tagged}"}}}}'
                yield from _converted(program, folder, "page.odt", wanted, name=f"{level}.pdf")


def _converted(program: str, folder: Path, source: str, form: str, name: str = "") -> Iterator[tuple[str, bytes]]:
    out = folder / "out"
    profile = f"-env:UserInstallation=file://{folder}/profile"
    command = [program, profile, "--headless", "--convert-to", form, "--outdir", str(out), str(folder / source)]
    subprocess.run(command, check=False, capture_output=True, timeout=180)
    path = out / f"{Path(source).stem}.{form.partition(':')[0]}"
    if path.is_file():
        yield name or f"{Path(source).stem}-{len(form)}{path.suffix}", path.read_bytes()
