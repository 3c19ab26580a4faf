"""Three departments that handle one matter together (一件事): their catalogue, their cases, and what they share."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.personas import (
    AGENCY,
    OTHER_AGENCY,
    PREFIX,
    Integrator,
    Office,
    Reply,
    as_json,
    encoded,
    new_number,
    pdf,
    small_catalogue,
    step_message,
)

from jingui.adapters.signing.verification import verify_signature
from jingui.db.models import Case, PackageVersion
from jingui.domain.packaging.packages import PackageFinding
from jingui.formats.catalogues import read_catalogue
from jingui.formats.digests import digest_bytes
from jingui.formats.packages.check import check_package
from jingui.interfaces.cli.samplegen.codes import credit_code
from jingui.usecases.catalogue.importing import import_catalogue

THIRD_AGENCY = credit_code("11", "MB006312")
AGENCIES = (AGENCY, OTHER_AGENCY, THIRD_AGENCY)
CALLED = "2025-03-03T09:05:00+08:00"
PERSON = json.dumps({"data": {"name": "巴特尔", "idNumber": "11010519491231002X", "valid": True}}).encode()
CALL = {
    "origin": "data_sharing",
    "system": "国家人口基础信息库",
    "interface": "GetPersonByIdNumber",
    "called_at": CALLED,
    "requester": "鲁艳萍",
}


def theme_catalogue(**plan: Any) -> dict[str, Any]:
    """Return a catalogue of three agencies whose items want a form, an identity proof and a result."""
    base = small_catalogue()
    materials = [
        {"code": "A01", "name": "申请表", "class": "application", "obligation": "required", "min_count": 1},
        {"code": "A02", "name": "身份证明", "class": "application", "obligation": "required", "min_count": 1},
        {"code": "A03", "name": "其他附件", "class": "application", "obligation": "optional", "min_count": 0},
        {"code": "C01", "name": "许可证", "class": "result", "obligation": "required", "min_count": 1},
    ]
    content = {"retention": "D30", "retention_reason": "测试", "materials": materials, **plan}
    base["agencies"].append(
        {"code": THIRD_AGENCY, "name": "税务局", "region_code": "539900", "fonds": "0103", "fonds_name": "税务局"}
    )
    base["items"] = [
        {"item_code": item_of(code), "item_version": 1, "item_name": f"合办事项{at}", "agency": code, "plan": content}
        for at, code in enumerate(AGENCIES)
    ]
    return base


def item_of(agency: str) -> str:
    """Return the code of the item of an agency."""
    return f"{agency}3000123077001"


def adopt(office: Office, **plan: Any) -> None:
    """Import the catalogue of the three departments."""
    found = read_catalogue(as_json(theme_catalogue(**plan)))
    import_catalogue(found, actor="system:tests", now=datetime.now(UTC))


@dataclass(frozen=True, slots=True)
class Matter:
    """A theme case of three departments; ``numbers`` are those of its cases, the main one first."""

    office: Office
    number: str
    numbers: tuple[str, str, str]

    @property
    def source(self) -> Integrator:
        """The platform that sends for all three."""
        return self.office.integrator

    def theme(self, at: int) -> dict[str, Any]:
        """Return what the case message of the ``at``-th department says of the theme."""
        return {"number": self.number, "name": "开办餐馆“一件事”", "role": "co" if at else "main", "count": 3}

    def open(self, at: int, **more: Any) -> Reply:
        """Send the case's own message."""
        return self.source.case(self.numbers[at], item_code=item_of(AGENCIES[at]), theme=self.theme(at), **more)

    def file(self, at: int, key: str, material: str, **query: str) -> Reply:
        """Send a file of the ``at``-th case."""
        return self.source.file(self.numbers[at], key, pdf(f"{self.number} {at} {key}"), material=material, **query)

    def share(self, at: int, key: str, material: str, *, sha256: str = "", **more: Any) -> Reply:
        """Say that a file is the one that the main case has under the same key."""
        meant = sha256 or digest_bytes(pdf(f"{self.number} 0 {key}")).sha256
        told: dict[str, Any] = {"file_key": key, "name": f"{key}.pdf", "material": material, "sha256": meant}
        told["shared_from"] = {"case_number": self.numbers[0], "file_key": key}
        return share(self.source, self.numbers[at], {**told, **more})

    def end(self, at: int, **more: Any) -> list[Reply]:
        """Send the result, the steps and the closure of the ``at``-th case."""
        number = self.numbers[at]
        steps = (step_message("s1"), step_message("s2", "决定", opinion="同意"))
        return [
            self.file(at, "result", "C01"),
            self.source.steps(number, *steps),
            self.source.closure(number, **more),
        ]

    def row(self, at: int) -> Case:
        """Read the ``at``-th case."""
        return self.office.case_row(self.numbers[at])

    def check(self, at: int) -> list[PackageFinding]:
        """Check the stored package of the ``at``-th case as ``jingui package check`` does."""
        return check_stored(self.office, self.row(at))


def new_matter(office: Office) -> Matter:
    """Begin a matter with numbers that nobody has used."""
    numbers = (new_number(), new_number(), new_number())
    return Matter(office, f"YJS-{numbers[0]}", numbers)


def share(source: Integrator, number: str, told: Any) -> Reply:
    """Send the word that a file is shared."""
    return source.post(f"{PREFIX}/cases/{encoded(number)}/shared-files", told)


def newest_package(case: Case) -> PackageVersion:
    """Read the newest stored version."""
    found = PackageVersion.objects.filter(case=case, stored_at__isnull=False).order_by("-number").first()
    assert found is not None
    return found


def stored_path(office: Office, case: Case, logical_path: str) -> Path:
    """Return where a file of the newest version lies on the disk."""
    package = newest_package(case)
    return office.services.store.content_location(package.object_id, package.manifest[logical_path][0])


def check_stored(office: Office, case: Case) -> list[PackageFinding]:
    """Check the object of a case by itself."""
    statement = stored_path(office, case, "说明文件.txt")
    folder = next(
        parent for parent in statement.parents if (parent / "inventory.json").exists() and parent.name[0] != "v"
    )
    keys = [signer.public_key_pem for signer in office.services.signers]
    return list(check_package(folder, verify=verify_signature, trusted_keys=keys))
