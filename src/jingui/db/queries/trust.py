"""The trust list as it stands, as it stood, and as checks of signatures take it."""

from __future__ import annotations

import base64

from django.db.models import Max, Q

from jingui.db.models import TrustedCertificate
from jingui.db.queries.rows import find_rows
from jingui.domain.errors import NotFound
from jingui.formats.signatures.trust import TrustEntry


def trust_version() -> int:
    """Return the version of the list as it stands (0: never anything)."""
    found = TrustedCertificate.objects.aggregate(added=Max("added_in"), ended=Max("ended_in"))
    return max(found["added"] or 0, found["ended"] or 0)


def trusted_certificates(*, version: int | None = None) -> list[TrustedCertificate]:
    """Return every entry there ever was, or those that stood in a version, the newest first."""
    rows = TrustedCertificate.objects.order_by("-added_in", "fingerprint")
    if version is not None:
        rows = rows.filter(Q(ended_in=None) | Q(ended_in__gt=version), added_in__lte=version)
    return list(rows)


def get_trusted(fingerprint: str) -> TrustedCertificate:
    """Return the newest entry by the fingerprint or its beginning (8 digits or more). Raises NotFound."""
    rows = TrustedCertificate.objects.filter(fingerprint__startswith=fingerprint.lower()).order_by("-added_in")
    found = list(rows[:20]) if len(fingerprint) >= 8 else []  # noqa: PLR2004 - as the docstring says
    if len({row.fingerprint for row in found}) != 1:
        raise NotFound("trust_unknown")
    return found[0]


def trust_entries() -> list[TrustEntry]:
    """Return the list as checks take it. An ended entry still counts for what was signed before its end."""
    return [
        TrustEntry(base64.b64decode(row.certificate), tuple(row.purposes), row.since, row.until)
        for row in find_rows(TrustedCertificate, "1 = 1 ORDER BY added_in, fingerprint")
        if row.until is None or row.since is None or row.since < row.until
    ]
