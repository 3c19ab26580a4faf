"""Closed sets of the field. Values are stored and stable; labels live in ``interfaces.wording``."""

from __future__ import annotations

from enum import StrEnum


class MaterialClass(StrEnum):
    """Class of a material (材料类别); letters as in the documented city profile, file_code A/B/C."""

    APPLICATION = "application"
    PROCESS = "process"
    RESULT = "result"


class EvidenceClass(StrEnum):
    """What a material is for (证据性、程序性、结果性材料), 国办发〔2023〕26号."""

    EVIDENCE = "evidence"
    PROCEDURE = "procedure"
    RESULT = "result"


class MaterialSource(StrEnum):
    """How a material comes to be: handed in, formed in handling, called from a sharing service, or a licence."""

    SUBMITTED = "submitted"
    FORMED = "formed"
    SHARED = "shared"
    CERTIFICATE = "certificate"


class Obligation(StrEnum):
    """Whether a material must be present (必备 / 有条件 / 可选)."""

    REQUIRED = "required"
    CONDITIONAL = "conditional"
    OPTIONAL = "optional"


class Retention(StrEnum):
    """Retention period (保管期限): the three values of 国家档案局令第8号."""

    PERMANENT = "Y"
    YEARS_30 = "D30"
    YEARS_10 = "D10"


class SharingClass(StrEnum):
    """Sharing class of a material (共享类型) of the documented city profile."""

    UNCONDITIONAL = "01"
    CONDITIONAL = "02"
    NOT_SHARED = "03"


class ClosureKind(StrEnum):
    """How a case ended (办结方式); every one of them is archived."""

    COMPLETED = "completed"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"
    NOT_ACCEPTED = "not_accepted"
    NOT_PERMITTED = "not_permitted"


class Channel(StrEnum):
    """Where the application came in (申报来源)."""

    ONLINE = "online"
    COUNTER = "counter"
    POST = "post"
    EMAIL = "email"
    INTERNAL = "internal"
    OTHER = "other"


class Property(StrEnum):
    """The four properties (四性) of DA/T 70."""

    AUTHENTICITY = "authenticity"
    INTEGRITY = "integrity"
    USABILITY = "usability"
    SECURITY = "security"


class Outcome(StrEnum):
    """What a check says. Nothing passes because nothing looked."""

    PASSED = "passed"
    WARNED = "warned"
    FAILED = "failed"
    NEEDS_PERSON = "needs_person"
    NOT_APPLICABLE = "not_applicable"
    NOT_CHECKED = "not_checked"


class SignatureVerdict(StrEnum):
    """What the check of one signature or seal in a file says (验签结论); the gravest that holds is told.

    ``LIST_CHANGED_BY_LATER_SEAL``: an OFD list of signatures changed because a later seal was put on, as it may.
    ``SIGNER_UNKNOWN``: neither the file nor the trust list holds the certificate with which the value could be checked.
    ``CONTENT_UNKNOWN``: a detached signature, and no file of the record is what it signs.
    """

    SOUND = "sound"
    SOUND_ISSUER_NOT_TRUSTED = "sound_issuer_not_trusted"
    LIST_CHANGED_BY_LATER_SEAL = "list_changed_by_later_seal"
    PART_NOT_COVERED = "part_not_covered"
    ALGORITHM_UNSUPPORTED = "algorithm_unsupported"
    SIGNER_UNKNOWN = "signer_unknown"
    CONTENT_UNKNOWN = "content_unknown"
    CERTIFICATE_NOT_VALID = "certificate_not_valid"
    CONTENT_CHANGED = "content_changed"
    SIGNATURE_BROKEN = "signature_broken"
    MALFORMED = "malformed"
