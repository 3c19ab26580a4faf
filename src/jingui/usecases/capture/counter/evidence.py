"""The one evidence object of a confirmation: a PDF that people read, with the strokes and digests inside it."""

from __future__ import annotations

from datetime import UTC, datetime

from jingui.db.models import Confirmation
from jingui.domain.capture.confirmation import (
    STATEMENTS,
    Circumstances,
    ShownMaterial,
    evidence,
    materials_from_plain,
)
from jingui.domain.capture.handwriting import Handwriting
from jingui.formats.confirmations import confirmation_pdf, signature_png, signature_svg
from jingui.formats.confirmations.document import ConfirmationSheet, SheetMaterial
from jingui.formats.digests import digest_bytes

TITLE = "窗口材料确认单"


def evidence_pdf(row: Confirmation, written: Handwriting, *, archives_name: str, signed_at: datetime) -> bytes:
    """Return the evidence of a confirmation that is being signed; ``signed_at`` bears the zone that people read."""
    told = _circumstances(row, signed_at)
    materials = materials_from_plain(row.materials)
    svg, png = signature_svg(written), signature_png(written)
    pictures = {"svg": _digests(svg.encode()), "png": _digests(png)}
    data = evidence(told, materials=materials, confirmed=row.confirmed, written=written, pictures=pictures)
    sheet = _sheet(row, told, materials, data=data, archives_name=archives_name, signed_at=signed_at)
    return confirmation_pdf(sheet, evidence=data, svg=svg, png=png)


def _digests(data: bytes) -> dict[str, str]:
    found = digest_bytes(data)
    return {"sha256": found.sha256, "sm3": found.sm3}


def _circumstances(row: Confirmation, signed_at: datetime) -> Circumstances:
    session = row.session
    case, operator = session.case, row.issued_by
    return Circumstances(
        case_number=case.case_number,
        item_code=case.item_code,
        item_name=case.item_name,
        applicant=case.applicant_name,
        agency=case.agency.name if case.agency else "",
        session=session.key.hex,
        confirmation=row.key.hex,
        operator=operator.display_name,
        operator_account=operator.username,
        station=session.station,
        device=row.device,
        issued_at=row.issued_at.astimezone(UTC),
        opened_at=(row.opened_at or signed_at).astimezone(UTC),
        signed_at=signed_at.astimezone(UTC),
    )


def _sheet(
    row: Confirmation,
    told: Circumstances,
    materials: tuple[ShownMaterial, ...],
    *,
    data: bytes,
    archives_name: str,
    signed_at: datetime,
) -> ConfirmationSheet:
    found = digest_bytes(data)
    facts = (
        ("办件编号", told.case_number),
        ("收件机构", told.agency),
        ("事项", told.item_name),
        ("申请人", told.applicant),
        ("窗口人员", f"{told.operator}（{told.operator_account}）"),
        ("窗口", told.station or "—"),
        ("确认设备", told.device.get("screen", "") or "—"),
        ("档案保管", archives_name),
    )
    return ConfirmationSheet(
        title=TITLE,
        facts=facts,
        statements=STATEMENTS,
        materials=[_line(material, row.confirmed[material.code], signed_at) for material in materials],
        signed_at=signed_at,
        signer=told.applicant,
        evidence_sha256=found.sha256,
        evidence_sm3=found.sm3,
    )


def _line(material: ShownMaterial, confirmed_at: str, signed_at: datetime) -> SheetMaterial:
    local = datetime.fromisoformat(confirmed_at).astimezone(signed_at.tzinfo)
    name = f"{material.code} {material.name}"
    return SheetMaterial(name, len(material.pages), local.strftime("%Y-%m-%d %H:%M:%S"), material.sha256, material.sm3)
