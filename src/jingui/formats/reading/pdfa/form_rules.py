"""Forms and their signatures (ISO 19005-1 6.6.2 and 6.9, ISO 19005-2 6.1.12 and 6.4)."""

from __future__ import annotations

from collections.abc import Iterator

import pikepdf

from jingui.formats.reading.pdf_names import keys_of
from jingui.formats.reading.pdfa.claims import Checked, Node, dictionary, name_of
from jingui.formats.signatures.noticing import signers_and_certificates

MAX_FIELDS = 20_000
DIGESTS_OF_REFERENCES = ("/DigestLocation", "/DigestMethod", "/DigestValue")


def check_forms(checked: Checked) -> None:
    """Check the form, its fields and the signatures in them."""
    form = dictionary(checked.pdf.Root.get("/AcroForm"))
    permissions = dictionary(checked.pdf.Root.get("/Perms"))
    if permissions is not None and set(keys_of(permissions)) - {"/UR3", "/DocMDP"}:
        checked.fault("", "6.1.12", "a permission other than UR3 and DocMDP")
    if form is None:
        return
    if bool(form.get("/NeedAppearances", False)):
        checked.fault("6.9", "6.4.1", "NeedAppearances")
    if "/XFA" in form:
        checked.fault("", "6.4.2", "an XFA form")
    has_permission = permissions is not None and "/DocMDP" in permissions
    for field in _fields(form):
        if "/AA" in field:
            checked.fault("6.6.2", "6.4.1", "AA in a field", fourth="")
        value = dictionary(field.get("/V"))
        if name_of(field.get("/FT")) == "Sig" and value is not None:
            _check_signature(checked, value, has_permission=has_permission)


def _fields(form: Node) -> Iterator[Node]:
    fields = form.get("/Fields")
    waiting = list(fields) if isinstance(fields, pikepdf.Array) else []
    for _ in range(MAX_FIELDS):
        if not waiting:
            return
        found = dictionary(waiting.pop())
        if found is None:
            continue
        yield found
        kids = found.get("/Kids")
        waiting += list(kids) if isinstance(kids, pikepdf.Array) else []


def _check_signature(checked: Checked, value: Node, *, has_permission: bool) -> None:
    references = value.get("/Reference")
    for one in references if has_permission and isinstance(references, pikepdf.Array) else ():
        reference = dictionary(one)
        if reference is not None and any(key in reference for key in DIGESTS_OF_REFERENCES):
            checked.fault("", "6.1.12", "a signature reference with a digest of its own", fourth="")
    _check_range(checked, value)
    contents = value.get("/Contents")
    if isinstance(contents, pikepdf.String) and name_of(value.get("/SubFilter")) != "ETSI.RFC3161":
        _check_message(checked, bytes(contents))


def _check_range(checked: Checked, value: Node) -> None:
    """The digest is over a whole revision of the file, the signature value alone left out."""
    told = value.get("/ByteRange")
    if not isinstance(told, pikepdf.Array) or len(told) != 4:  # noqa: PLR2004 - two ranges
        return
    first, before, after, rest = (int(number) for number in told)
    gap = checked.data[before:after] if 0 <= before < after <= len(checked.data) else b""
    end = checked.data[max(0, after + rest - 16) : after + rest + 2]
    is_whole = gap[:1] == b"<" and gap[-1:] == b">" and b"%%EOF" in end
    if first != 0 or not is_whole:
        checked.fault("", "6.4.3", "a signature that does not cover the whole file")


def _check_message(checked: Checked, contents: bytes) -> None:
    found = signers_and_certificates(contents)
    if found is None:
        return
    signers, certificates = found
    if signers != 1:
        checked.fault("", "6.4.3", "a signature value with another number of signers than one")
    if not certificates:
        checked.fault("", "6.4.3", "a signature value without the signer's certificate")
