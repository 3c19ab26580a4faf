"""The confirmation of an applicant at the counter (材料确认): what is laid before him, and the one evidence object of it.

What the signature stands for are the very bytes that are archived: each material is assembled before it is shown, and its
digests and those of every page picture are in the evidence together with the words that stood on the screen.
"""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from jingui.domain.capture.handwriting import Handwriting
from jingui.domain.records.canonical import canonical_json, canonical_sha256

EVIDENCE_FORMAT = "jingui-counter-confirmation/1"
CODE_LIFETIME = timedelta(minutes=10)
VIEWING_LIFETIME = timedelta(hours=2)
"""How long a one-time code may be typed, and how long a screen stays bound after it was."""

STATEMENTS: tuple[str, ...] = (
    "以上各份材料的每一页我都看过，是我提交的，扫描件与纸质材料一致。",
    "我知道提交虚假材料要承担法律责任。",
    "我同意以本次手写签名确认，签名、时间和各页的数字摘要随办件归档。",
)
"""What the applicant signs below, word for word; a change of these words is a new version of the product."""


@dataclass(frozen=True, slots=True)
class ShownPage:
    """A page as it was shown: where it came from, and the digests of the picture on the screen."""

    key: str
    scan: str
    scan_sha256: str
    scan_sm3: str
    number: int
    quarter_turns: int
    turned: int
    sha256: str
    sm3: str


@dataclass(frozen=True, slots=True)
class ShownMaterial:
    """A material as it was shown, with the digests of the file that is archived; ``token`` says where it waits.

    ``replaces`` is the key of a file taken before whose place it takes, ``replaced_name`` that file's name.
    """

    code: str
    name: str
    file_name: str
    token: str
    bytes: int
    sha256: str
    sm3: str
    pages: tuple[ShownPage, ...]
    replaces: str = ""
    replaced_name: str = ""


@dataclass(frozen=True, slots=True)
class Circumstances:
    """Who confirmed before whom, where and when. Times in the evidence are UTC with their offset."""

    case_number: str
    item_code: str
    item_name: str
    applicant: str
    agency: str
    session: str
    confirmation: str
    operator: str
    operator_account: str
    station: str
    device: dict[str, str]
    issued_at: datetime
    opened_at: datetime
    signed_at: datetime


def materials_to_plain(materials: tuple[ShownMaterial, ...]) -> list[dict[str, Any]]:
    """Return shown materials as JSON values."""
    return [asdict(material) for material in materials]


def materials_from_plain(values: list[dict[str, Any]]) -> tuple[ShownMaterial, ...]:
    """Read what ``materials_to_plain`` wrote."""
    return tuple(
        ShownMaterial(**{**value, "pages": tuple(ShownPage(**page) for page in value["pages"])}) for value in values
    )


def material_digest(material: ShownMaterial) -> str:
    """Return the SHA-256 of all that is shown of a material; a screen that shows another state cannot confirm it."""
    return canonical_sha256(asdict(material))


def code_digest(token: str, code: str) -> str:
    """Return what is kept of a one-time code: salted with the confirmation's own token."""
    return hashlib.sha256(f"{token}:{code}".encode()).hexdigest()


def device_facts(raw: dict[str, str]) -> dict[str, str]:
    """Keep what a screen says of itself, cut to what is plausible."""
    kept = {"user_agent": 300, "screen": 20, "pixel_ratio": 10, "language": 20, "address": 60}
    return {
        name: "".join(sign for sign in raw.get(name, "") if sign.isprintable())[:limit] for name, limit in kept.items()
    }


def evidence(
    told: Circumstances,
    *,
    materials: tuple[ShownMaterial, ...],
    confirmed: dict[str, str],
    written: Handwriting,
    pictures: dict[str, dict[str, str]],
) -> bytes:
    """Return the canonical JSON of a confirmation.

    ``confirmed`` says when each material was confirmed (code → ISO 8601), ``pictures`` the digests of the signature's
    pictures (``svg``, ``png``).
    """
    return canonical_json(
        {
            "format": EVIDENCE_FORMAT,
            **{name: _plain(value) for name, value in asdict(told).items()},
            "statements": list(STATEMENTS),
            "materials": [_material(material, confirmed[material.code]) for material in materials],
            "signature": {**written.to_plain(), "pictures": pictures},
        }
    )


def _material(material: ShownMaterial, confirmed_at: str) -> dict[str, Any]:
    told = asdict(material)
    told.pop("token")
    for page in told["pages"]:
        page.pop("key")
    return {**told, "confirmed_at": confirmed_at}


def _plain(value: object) -> Any:  # noqa: ANN401 - any JSON value
    return value.isoformat() if isinstance(value, datetime) else value
