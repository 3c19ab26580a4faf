"""A third party verifies a copy: the asking is noted, a file is compared, and the answer can be had signed."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from django.db import transaction

from jingui.db import journal
from jingui.db.models import AccessCopy
from jingui.db.queries.copies import issue_facts, was_verified_since
from jingui.domain.audit.events import Event
from jingui.domain.records.canonical import canonical_json
from jingui.formats.digests import Hasher, new_hasher
from jingui.ports import Signer
from jingui.usecases.access.identity import IdentifierSearch
from jingui.usecases.access.showing import ShownCopy

ACTOR = "public:verification"
QUIET = timedelta(minutes=1)


class Comparison(StrEnum):
    """How a file in hand relates to a copy."""

    SAME = "same"
    CHANGED = "changed"
    OTHER = "other"


def note_verification(*, copy: AccessCopy, standing: str, now: datetime) -> bool:
    """Write that somebody asked after a copy, at most once a minute for each copy; say whether it was written.

    Who asked is not kept: nobody needs it, and it would be personal data.
    """
    if was_verified_since(copy, now - QUIET):
        return False
    with transaction.atomic():
        row = AccessCopy.objects.select_for_update(of=("self",)).get(pk=copy.pk)
        if was_verified_since(row, now - QUIET):
            return False
        facts = {"copy": row.key.hex, "copy_number": row.copy_number, "standing": standing}
        journal.record(journal.Entry(Event.COPY_VERIFIED, ACTOR, now, row.case_id, facts))
    return True


@dataclass(slots=True)
class FileComparer:
    """Takes in a file piece by piece and says in the end what it is; nothing of it is kept."""

    expected: tuple[str, str]
    search: IdentifierSearch
    hashers: tuple[Hasher, Hasher]
    size: int = 0

    def update(self, data: bytes) -> None:
        """Take in more of the file."""
        self.size += len(data)
        self.search.update(data)
        for hasher in self.hashers:
            hasher.update(data)

    def finish(self) -> Comparison:
        """Say what the file is. Both digests have to agree for ``same``."""
        found = tuple(hasher.hexdigest() for hasher in self.hashers)
        if found == self.expected:
            return Comparison.SAME
        return Comparison.CHANGED if self.search.is_found else Comparison.OTHER


def compare_with(copy: AccessCopy) -> FileComparer:
    """Return what compares a file with a copy."""
    identifier = str(issue_facts(copy).get("pdf_identifier", ""))
    return FileComparer(
        (copy.sha256, copy.sm3), IdentifierSearch(identifier), (new_hasher("sha256"), new_hasher("sm3"))
    )


def signed_statement(
    shown: ShownCopy, *, issuer: str, verify_url: str, signer: Signer, now: datetime
) -> dict[str, Any]:
    """Return what the page says of a copy, signed: whoever has our public key can check it without us.

    The signature is over ``statement`` as UTF-8 JSON with sorted keys and no spaces.
    """
    statement = {
        "v": 1,
        "kind": "copy_statement",
        "at": _moment(now),
        "copy_number": shown.copy_number,
        "standing": shown.standing.value,
        "issuer": issuer,
        "agency": shown.agency,
        "applicant": shown.applicant,
        "item": shown.item,
        "material": shown.material,
        "purpose": shown.purpose,
        "receiver": shown.receiver,
        "issued_at": _moment(shown.issued_at),
        "last_day": shown.last_day.isoformat(),
        "revoked_at": _moment(shown.revoked_at) if shown.revoked_at else None,
        "revoked_reason": shown.revoked_reason,
        "pages": shown.pages,
        "bytes": shown.bytes,
        "sha256": shown.sha256,
        "sm3": shown.sm3,
        "verify_url": verify_url,
    }
    made = signer.sign(canonical_json(statement))
    value = base64.b64encode(made.value).decode()
    return {
        "statement": statement,
        "signature": {"algorithm": made.algorithm, "key_id": made.key_id, "value": value},
    }


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds")
