"""Writing small signed PDF files by hand, with later revisions appended."""

from __future__ import annotations

from collections.abc import Callable

ROOM = 6000
CATALOG = "<</Type/Catalog/Pages 2 0 R/AcroForm<</SigFlags 3/Fields[5 0 R]>>>>"
PAGE = "<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Contents 4 0 R/Resources<<>>/Annots[5 0 R]>>"
FIELD = "<</Type/Annot/Subtype/Widget/FT/Sig/T(seal)/V 6 0 R/Rect[0 0 0 0]/P 3 0 R/F 132>>"


def stream(text: str) -> str:
    return f"<</Length {len(text)}>>stream\n{text}\nendstream"


def signed_pdf(
    sign: Callable[[bytes], bytes],
    *,
    filter_name: str = "adbe.pkcs7.detached",
    says: str = "",
    objects: dict[int, str] | None = None,
) -> bytes:
    """Return a PDF of one page whose signature field is signed by what ``sign`` makes of the covered bytes.

    ``says`` is what the signature dictionary says besides, ``objects`` stand in the place of those of the file.
    """
    pages = "<</Type/Pages/Kids[3 0 R]/Count 1>>"
    made = {1: CATALOG, 2: pages, 3: PAGE, 4: stream("0 0 m 9 9 l S"), 5: FIELD, 6: value_of(filter_name, says)}
    return _signed(written(b"%PDF-1.7\n", made | (objects or {})), sign)


def signed_again(data: bytes, sign: Callable[[bytes], bytes], *, filter_name: str = "adbe.pkcs7.detached") -> bytes:
    """Return the file with a second signature behind the first one."""
    catalogue = CATALOG.replace("[5 0 R]", "[5 0 R 7 0 R]")
    field = FIELD.replace("(seal)", "(second)").replace("/V 6 0 R", "/V 8 0 R")
    return _signed(appended(data, {1: catalogue, 7: field, 8: value_of(filter_name)}), sign)


def value_of(filter_name: str = "adbe.pkcs7.detached", says: str = "") -> str:
    """Write a signature dictionary that is still to be filled in."""
    return (
        f"<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/{filter_name}/M(D:20250601160000+08'00'){says}"
        f"/ByteRange[{'0' * 40}]/Contents<{'0' * ROOM}>>>"
    )


def _signed(data: bytes, sign: Callable[[bytes], bytes]) -> bytes:
    start = data.rindex(b"/Contents<") + len(b"/Contents")
    end = start + ROOM + 2
    ranges = f"0 {start} {end} {len(data) - end}".ljust(40)
    data = data.replace(b"[" + b"0" * 40 + b"]", b"[" + ranges.encode() + b"]")
    made = sign(data[:start] + data[end:]).hex().encode()
    return data[: start + 1] + made.ljust(ROOM, b"0") + data[end - 1 :]


def written(before: bytes, objects: dict[int, str], *, previous: int = 0) -> bytes:
    """Append objects, their cross-reference table and a trailer."""
    out, places = bytearray(before), {}
    for number, body in objects.items():
        places[number] = len(out)
        out += f"{number} 0 obj\n{body}\nendobj\n".encode()
    start = len(out)
    out += b"xref\n" + (b"" if previous else b"0 1\n0000000000 65535 f \n")
    for number, place in places.items():
        out += f"{number} 1\n{place:010} 00000 n \n".encode()
    back = f"/Prev {previous}" if previous else ""
    out += f"trailer\n<</Size 20/Root 1 0 R{back}>>\nstartxref\n{start}\n%%EOF\n".encode()
    return bytes(out)


def appended(data: bytes, objects: dict[int, str]) -> bytes:
    """Return the file with a later revision behind it."""
    previous = int(data.rpartition(b"startxref\n")[2].split()[0])
    return written(data, objects, previous=previous)


def repainted(data: bytes) -> bytes:
    """Return the file with the content of its page changed by a later revision."""
    return appended(data, {4: stream("0 0 m 150 150 l S")})


def with_attachment(data: bytes) -> bytes:
    """Return the file with something added to its catalogue that changes no page."""
    return appended(data, {1: CATALOG.replace("/Pages 2 0 R", "/Pages 2 0 R/PageLabels<</Nums[0<</S/r>>]>>")})
