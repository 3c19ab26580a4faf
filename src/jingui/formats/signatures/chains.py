"""Finding the path from a certificate to one that is trusted, and judging it at a moment (RFC 5280 §6, without policies)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from jingui.formats.signatures.algorithms import UnsupportedAlgorithmError
from jingui.formats.signatures.certificates import Certificate, is_issued_by, read_certificate
from jingui.formats.signatures.der import MalformedError

MAX_PATH = 8
MAX_CHECKS = 64
MAX_POOL = 400


@dataclass(frozen=True, slots=True)
class Anchor:
    """A certificate that an installation trusts, for some purposes, while ``since`` ≤ signing time < ``until``."""

    certificate: Certificate
    purposes: frozenset[str]
    since: datetime | None = None
    until: datetime | None = None

    def counts(self, purpose: str, moment: datetime | None) -> bool:
        """Say whether the anchor is good for this purpose at this moment (``None``: the moment is not known)."""
        if purpose not in self.purposes:
            return False
        is_begun = self.since is None or moment is None or self.since <= moment
        return is_begun and (self.until is None or (moment is not None and moment < self.until))


NO_ANCHORS: tuple[Anchor, ...] = ()


@dataclass(frozen=True, slots=True)
class Path:
    """The certificates from the signer's up, as far as they could be followed, and the anchor reached."""

    certificates: tuple[Certificate, ...]
    anchor: Anchor | None = None


@dataclass(slots=True)
class Pool:
    """Certificates at hand, by the name of their subject; unreadable ones are passed over."""

    by_subject: dict[str, list[Certificate]] = field(default_factory=dict)
    count: int = 0

    def add(self, ders: Iterable[bytes]) -> None:
        """Take in certificates, up to a limit."""
        for der in ders:
            if self.count >= MAX_POOL:
                return
            try:
                self.put(read_certificate(der))
            except MalformedError:
                continue

    def put(self, certificate: Certificate) -> None:
        """Take in one certificate once."""
        known = self.by_subject.setdefault(certificate.subject_key, [])
        if certificate not in known:
            known.append(certificate)
            self.count += 1

    def all(self) -> list[Certificate]:
        """Return every certificate at hand."""
        return [certificate for group in self.by_subject.values() for certificate in group]


@dataclass(slots=True)
class _Search:
    pool: Pool
    anchors: Sequence[Anchor]
    purpose: str
    moment: datetime | None
    checks: int = 0
    best: tuple[Certificate, ...] = ()


def find_path(
    signer: Certificate, *, pool: Pool, anchors: Sequence[Anchor], purpose: str, moment: datetime | None
) -> Path:
    """Follow issuers up to an anchor; without one the longest path whose signatures hold is returned."""
    search = _Search(pool, anchors, purpose, moment, best=(signer,))
    return _climb(search, (signer,)) or Path(search.best)


def _climb(search: _Search, path: tuple[Certificate, ...]) -> Path | None:
    top = path[-1]
    if len(path) > len(search.best):
        search.best = path
    for anchor in search.anchors:
        if anchor.certificate.der == top.der and anchor.counts(search.purpose, search.moment):
            return Path(path, anchor)
    if len(path) >= MAX_PATH:
        return None
    for issuer in _issuers(search, top):
        if issuer in path or search.checks >= MAX_CHECKS:
            continue
        search.checks += 1
        if _has_room(issuer, path) and _is_issuer(issuer, top) and (found := _climb(search, (*path, issuer))):
            return found
    return None


def _issuers(search: _Search, top: Certificate) -> list[Certificate]:
    """Return those that may have issued a certificate: trusted ones first, then those with the right key identifier."""
    trusted = [anchor.certificate for anchor in search.anchors if anchor.certificate.subject_key == top.issuer_key]
    known = [other for other in search.pool.by_subject.get(top.issuer_key, ()) if other not in trusted]
    return [*trusted, *sorted(known, key=lambda other: other.key_id != top.issuer_key_id)]


def _has_room(issuer: Certificate, path: tuple[Certificate, ...]) -> bool:
    """Say whether an authority may stand above so many others; those that renewed themselves do not count (§6.1.4)."""
    below = sum(not certificate.is_self_issued for certificate in path[1:])
    return issuer.path_length is None or below <= issuer.path_length


def _is_issuer(issuer: Certificate, certificate: Certificate) -> bool:
    may_sign = issuer.is_ca is not False and (not issuer.usages or "key_cert_sign" in issuer.usages)
    try:
        return may_sign and is_issued_by(certificate, issuer)
    except (UnsupportedAlgorithmError, MalformedError):
        return False


def invalid_at(path: Path, moment: datetime) -> Certificate | None:
    """Return the first certificate of a path that was not valid at a moment; the anchor's own validity is not asked."""
    judged = (
        path.certificates[:-1] if path.anchor and path.anchor.certificate in path.certificates else path.certificates
    )
    judged = judged or path.certificates[:1]
    return next((certificate for certificate in judged if not certificate.is_valid_at(moment)), None)
