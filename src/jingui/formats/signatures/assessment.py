"""Gathering what is found of one signature, and telling it as a fact and as evidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from jingui import __version__
from jingui.domain.records.facts import SignatureFact
from jingui.domain.records.signatures import Flaw, short_name, verdict_of, write_detail
from jingui.formats.signatures.certificates import Certificate
from jingui.formats.signatures.chains import Anchor, Path, Pool, find_path, invalid_at
from jingui.formats.signatures.revocation import Revocations, Standing, standing

CHECKER = f"jingui {__version__} signatures"
SIGNATURE, SEAL, TIMESTAMP = "signature", "seal", "timestamp"
PURPOSES = (SIGNATURE, SEAL, TIMESTAMP)
"""What an anchor may be trusted for (电子签名、电子印章、时间戳)."""


@dataclass(frozen=True, slots=True)
class Context:
    """What a check has at hand besides the signature: what is trusted, and certificates and revocations kept beside."""

    anchors: Sequence[Anchor] = ()
    certificates: tuple[bytes, ...] = ()
    revocations: Revocations = field(default_factory=Revocations)


@dataclass(frozen=True, slots=True)
class Moment:
    """A time a time-stamp proves: when, by whom, whether the authority is trusted, and its token."""

    at: datetime
    by: str
    is_trusted: bool
    token: bytes
    path: Path


@dataclass(slots=True)
class Assessment:
    """One signature while it is being checked.

    ``relationships``: of parts of which it is about some relationships only, by URI, the names of these.
    """

    kind: str
    place: str
    covered: str = ""
    algorithm: str = ""
    signer: Certificate | None = None
    claimed_at: datetime | None = None
    timestamp: Moment | None = None
    flaws: list[tuple[Flaw, str]] = field(default_factory=list)
    certificates: tuple[bytes, ...] = ()
    revocations: Revocations = field(default_factory=Revocations)
    digests: list[tuple[str, str, str]] = field(default_factory=list)
    relationships: dict[str, frozenset[str]] = field(default_factory=dict)
    value: bytes = b""
    path: Path | None = None
    revocation: str = ""

    def flaw(self, flaw: Flaw, text: str = "") -> None:
        """Note a flaw once."""
        if (flaw, text) not in self.flaws:
            self.flaws.append((flaw, text))

    def has(self, *flaws: Flaw) -> bool:
        """Say whether one of these was found."""
        return any(found in flaws for found, _ in self.flaws)

    @property
    def moment(self) -> datetime | None:
        """The time at which certificates are judged: the proven one, or the claimed one."""
        return self.timestamp.at if self.timestamp else self.claimed_at

    def judge_signer(self, context: Context, *, purpose: str) -> None:
        """Follow the signer's certificate up and judge the path at the time of signing."""
        if self.signer is None:
            return
        if purpose != TIMESTAMP:
            self._note_time()
        if not self.signer.may_sign:
            self.flaw(Flaw.CERTIFICATE_MISMATCH, "证书的密钥用途里没有签名")
        pool = Pool()
        pool.add((*self.certificates, *context.certificates))
        path = find_path(self.signer, pool=pool, anchors=context.anchors, purpose=purpose, moment=self.moment)
        self.path = path
        if path.anchor is None:
            self.flaw(Flaw.ISSUER_NOT_TRUSTED, short_name(path.certificates[-1].issuer))
        if self.moment:
            self._judge_validity(path, self.moment)
        self.revocations = self.revocations + context.revocations
        found = standing(path, self.revocations, self.moment)
        self._note_revocation(found)

    def _note_time(self) -> None:
        if self.timestamp is None:
            self.flaw(Flaw.TIME_ONLY_CLAIMED if self.claimed_at else Flaw.TIME_UNKNOWN)
        elif not self.timestamp.is_trusted:
            self.flaw(Flaw.TIMESTAMP_NOT_TRUSTED, short_name(self.timestamp.by))

    def _judge_validity(self, path: Path, moment: datetime) -> None:
        bad = invalid_at(path, moment)
        if bad:
            is_early = moment < bad.valid_from
            self.flaw(Flaw.NOT_YET_VALID_THEN if is_early else Flaw.EXPIRED_THEN, short_name(bad.subject))

    def _note_revocation(self, found: Standing) -> None:
        self.revocation = found.state
        if found.revoked:
            self.flaw(Flaw.REVOKED_THEN, f"{short_name(found.revoked.subject)} {found.since or ''}".strip())

    def fact(self) -> SignatureFact:
        """Return what was found, with its verdict."""
        signer, stamp = self.signer, self.timestamp
        return SignatureFact(
            kind=self.kind,
            place=self.place[:200],
            verdict=verdict_of(flaw for flaw, _ in self.flaws),
            covered=self.covered[:300],
            signer=signer.subject if signer else "",
            issuer=signer.issuer if signer else "",
            serial=signer.serial_text if signer else "",
            signed_at=self.moment,
            algorithm=self.algorithm,
            valid_from=signer.valid_from if signer else None,
            valid_until=signer.valid_until if signer else None,
            timestamp_at=stamp.at if stamp else None,
            timestamp_by=stamp.by if stamp else "",
            revocation=self.revocation,
            detail=write_detail(self.flaws),
            checker=CHECKER,
        )
