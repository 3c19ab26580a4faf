"""Checking electronic seals and signatures made with them."""

from __future__ import annotations

from functools import partial

from asn1crypto import core, parser

from jingui.domain.records.signatures import Flaw, short_name
from jingui.formats.signatures.algorithms import UnsupportedAlgorithmError, digest, digest_name, scheme, scheme_name
from jingui.formats.signatures.assessment import SEAL, Assessment, Context
from jingui.formats.signatures.certificates import Certificate, read_certificate
from jingui.formats.signatures.chains import Pool, find_path
from jingui.formats.signatures.der import MalformedError
from jingui.formats.signatures.keys import Pieces, Signed, holds
from jingui.formats.signatures.seal_structures import Seal, SealSignature, read_seal_signature
from jingui.formats.signatures.timestamps import attach_token


def check_seal_signature(der: bytes, content: Pieces, *, subject: Assessment, context: Context) -> Assessment:
    """Check a signature made with a seal over content (of an OFD: the bytes of Signature.xml)."""
    try:
        _check(read_seal_signature(der), content, subject, context)
    except MalformedError as error:
        subject.flaw(Flaw.UNREADABLE, str(error))
    except UnsupportedAlgorithmError as error:
        subject.flaw(Flaw.ALGORITHM_UNKNOWN, str(error))
    return subject


def _check(found: SealSignature, content: Pieces, subject: Assessment, context: Context) -> None:
    subject.claimed_at = found.at or subject.claimed_at
    subject.value = found.value
    subject.signer = read_certificate(found.certificate)
    subject.certificates = (found.certificate, found.seal.maker, *found.seal.members)
    how = scheme(found.algorithm, digest="sm3")
    subject.algorithm = scheme_name(how)
    if not holds(subject.signer.key, how, Signed(found.algorithm, found.value), lambda: (found.signed,)):
        subject.flaw(Flaw.VALUE_WRONG)
    actual = digest(how.digest, content())
    subject.digests.append(("signature list", how.digest, actual.hex()))
    if actual != found.data_digest:
        subject.flaw(Flaw.LIST_WRONG, found.property_info)
    for token in found.tokens[:2]:
        attach_token(subject, token, lambda: (found.value,), context=context)
    _check_seal(found.seal, subject, context)
    subject.judge_signer(context, purpose=SEAL)


def _check_seal(seal: Seal, subject: Assessment, context: Context) -> None:
    """Check the seal itself: its maker's signature, its time, and that the signer may use it."""
    signer = subject.signer
    if signer and (seal.members or seal.member_digests) and not _is_member(signer, seal):
        subject.flaw(Flaw.SIGNER_NOT_IN_SEAL, seal.name)
    moment = subject.moment
    if moment and seal.valid_from and seal.valid_until and not seal.valid_from <= moment <= seal.valid_until:
        subject.flaw(Flaw.SEAL_NOT_VALID_THEN, seal.name)
    try:
        maker = read_certificate(seal.maker)
        if not _is_sealed(seal, maker):
            subject.flaw(Flaw.SEAL_VALUE_WRONG, seal.name)
    except MalformedError as error:
        subject.flaw(Flaw.SEAL_VALUE_WRONG, str(error))
        return
    pool = Pool()
    pool.add((*subject.certificates, *context.certificates))
    path = find_path(maker, pool=pool, anchors=context.anchors, purpose=SEAL, moment=moment)
    if path.anchor is None:
        subject.flaw(Flaw.ISSUER_NOT_TRUSTED, f"印章制作者由 {short_name(path.certificates[-1].issuer)} 签发")


def _is_sealed(seal: Seal, maker: Certificate) -> bool:
    """Say whether the maker's key signed the seal, in one of the two readings of what is signed that writers follow."""
    how = scheme(seal.algorithm, digest="sm3")
    identifier = core.ObjectIdentifier(seal.algorithm).dump()
    behind = seal.signed + core.OctetString(seal.maker).dump() + identifier
    messages = (seal.signed, parser.emit(0, 1, 16, behind))
    signed = Signed(seal.algorithm, seal.value)
    return any(holds(maker.key, how, signed, partial(_alone, message)) for message in messages)


def _alone(message: bytes) -> tuple[bytes]:
    return (message,)


def _is_member(signer: Certificate, seal: Seal) -> bool:
    if signer.der in seal.members or any(member.rstrip(b"\0") == signer.der for member in seal.members):
        return True
    for kind, value in seal.member_digests:
        try:
            if digest(digest_name(kind), (signer.der,)) == value:
                return True
        except UnsupportedAlgorithmError:
            continue
    return False
