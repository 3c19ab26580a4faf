"""Frozen facts about records, handed into the domain. Times are aware datetimes; sizes are bytes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from jingui.domain.records.conditions import Condition
from jingui.domain.records.origins import PageProfile
from jingui.domain.records.plan_rules import MetadataRule, ProcessMove, RetentionRule
from jingui.domain.records.terms import (
    Channel,
    ClosureKind,
    EvidenceClass,
    MaterialClass,
    MaterialSource,
    Obligation,
    Retention,
    SharingClass,
    SignatureVerdict,
)


@dataclass(frozen=True, slots=True)
class Digests:
    """The three digests of one bit stream, lower-case hexadecimal."""

    sha256: str
    sm3: str
    sha512: str


@dataclass(frozen=True, slots=True)
class MaterialRule:
    """One material that a plan expects (归档范围中的一种材料).

    ``min_count`` files are needed when the material is required; more than ``max_count``
    (``None``: no limit) is unexpected. ``condition`` says in words when a conditional one is needed; ``when`` says it
    so that it can be decided, and then counts instead. Of the materials with the same ``alternative`` one is enough (或).
    ``paper_basis`` cites the law that keeps the paper as well; ``evidence`` and ``source`` absent: not stated.
    """

    code: str
    name: str
    material_class: MaterialClass
    obligation: Obligation = Obligation.REQUIRED
    min_count: int = 1
    max_count: int | None = None
    condition: str = ""
    sharing: SharingClass = SharingClass.CONDITIONAL
    aliases: tuple[str, ...] = ()
    when: Condition | None = None
    alternative: str = ""
    evidence: EvidenceClass | None = None
    source: MaterialSource | None = None
    formats: tuple[str, ...] = ()
    is_paper_kept: bool = False
    paper_basis: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """An archiving plan (归档配置) of one version of a service item.

    ``archival_code_rule`` and ``record_code_rule`` are templates over the names ``fonds``, ``category``,
    ``year``, ``retention``, ``unit``, ``region``, ``item`` and ``serial`` (with a width, ``{serial:06}``);
    a serial runs gapless per everything else in the template.
    ``formats`` are the format names allowed (``pdf``, ``pdfa``, ``ofd``, ``jpeg`` …), see
    ``domain.records.formats``. ``required_steps`` are step names that a completed case must show.

    ``retention`` counts where none of ``retention_rules`` holds. ``situations`` and ``results`` are the names that
    conditions may ask for. ``layers`` names the plan layers this plan was merged from, the most general first.
    ``process_page`` says as what the process of a closed case is laid out for its package; ``None``: it is not.
    ``accept_suggestions_from`` is the confidence in hundredths from which the material suggested for an unlabelled file
    counts without a person; ``None``: a person always decides.
    """

    item_code: str
    item_version: int
    plan_version: int
    item_name: str
    materials: tuple[MaterialRule, ...]
    retention: Retention
    retention_reason: str
    category: str = "ZW"
    unit: str = "XZSP"
    sharing: SharingClass = SharingClass.CONDITIONAL
    security_classification: str = "内部"
    archival_code_rule: str = "{fonds}-{category}·{year}-{retention}-{unit}-{serial:06}"
    record_code_rule: str = "{region}-{fonds}-{item}-{year}-{retention}-{serial:06}"
    package_profile: str = "national-draft"
    formats: tuple[str, ...] = ()
    required_steps: tuple[str, ...] = ()
    min_step_count: int = 1
    accept_unlisted: bool = False
    retention_rules: tuple[RetentionRule, ...] = ()
    metadata_rules: tuple[MetadataRule, ...] = ()
    situations: tuple[str, ...] = ()
    results: tuple[str, ...] = ()
    process: tuple[ProcessMove, ...] = ()
    scope_statement: str = ""
    layers: tuple[str, ...] = ()
    process_page: PageProfile | None = None
    accept_suggestions_from: int | None = None


@dataclass(frozen=True, slots=True)
class StepFact:
    """One step of handling (环节): who did what when. ``key`` is the source's own identity of it."""

    key: str
    name: str
    started_at: datetime
    ended_at: datetime | None
    handler: str
    unit: str = ""
    opinion: str = ""
    action: str = ""


@dataclass(frozen=True, slots=True)
class SignatureFact:
    """One signature or seal found in a file, or detached beside it, and what its check says.

    ``kind``: ``pdf_signature``, ``ofd_signature``, ``ofd_seal``, ``cms``, ``xades`` …; ``place``: where it stands in the
    file (a field, a path inside). ``covered``: which bytes or parts it protects, in words of the checker. ``issuer`` and
    the validity are those of the signer's certificate; ``timestamp_at`` is set only by a time-stamp that verified.
    ``revocation``: ``good``, ``revoked``, ``unknown`` or ``""`` (nothing kept with the file says so).
    """

    kind: str
    place: str
    verdict: SignatureVerdict
    covered: str = ""
    signer: str = ""
    issuer: str = ""
    serial: str = ""
    signed_at: datetime | None = None
    algorithm: str = ""
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    timestamp_at: datetime | None = None
    timestamp_by: str = ""
    revocation: str = ""
    detail: str = ""
    checker: str = ""


@dataclass(frozen=True, slots=True)
class MalwareResult:
    """What a malware scanner said of one file: ``name`` of what it found, ``""`` if nothing.

    ``problem`` is set where the scanner did not look through the file (away, too large, gave up): then nothing is known.
    """

    engine: str
    name: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """What the readers found when they opened a file; see ``formats.reading``.

    ``format_name`` is identified by content (``""``: unknown); ``is_readable`` is ``None`` where no reader
    for the format exists (the reason stands in ``notes``). ``defects`` are stable codes with a detail.
    ``basis`` says how the format was told: by own rules or PRONOM, and by which bytes.
    ``signatures``: those found in the file, ``None`` where nobody looked for any.
    """

    format_name: str
    format_version: str = ""
    mime_type: str = ""
    pronom_id: str = ""
    is_readable: bool | None = None
    page_count: int | None = None
    is_encrypted: bool = False
    defects: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()
    reader: str = ""
    signatures: tuple[SignatureFact, ...] | None = None
    basis: str = ""


@dataclass(frozen=True, slots=True)
class FileFact:
    """One file of a case as captured (电子文件/组件)."""

    key: str
    name: str
    material_code: str
    material_class: MaterialClass
    title: str
    step: str
    bytes: int
    digests: Digests
    declared_sha256: str
    received_at: datetime
    formed_at: datetime | None = None
    stored_bytes: int | None = None
    stored_sha256: str | None = None
    reading: Reading | None = None
    replaces: str = ""
    malware: MalwareResult | None = None


@dataclass(frozen=True, slots=True)
class ClosureFact:
    """How and when a case was closed, and what its source says it consists of (``None``: not said)."""

    kind: ClosureKind
    closed_at: datetime
    result: str = ""
    result_number: str = ""
    handler: str = ""
    declared_files: int | None = None
    declared_steps: int | None = None
    declared_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class ApplicantFact:
    """Who applied (行政相对人). Personal data: masked on screens, never logged."""

    name: str
    kind: str = "person"
    id_type: str = ""
    id_number: str = ""
    legal_representative: str = ""
    address: str = ""
    agent: str = ""


@dataclass(frozen=True, slots=True)
class CaseFact:
    """One case (办件) with all that has arrived so far, ready to be decided upon.

    ``metadata`` are further elements sent by the source, kept as they came.
    """

    key: str
    case_number: str
    source: str
    title: str
    item_code: str
    item_version: int
    applicant: ApplicantFact
    received_at: datetime
    channel: Channel
    region_code: str
    agency_name: str
    agency_code: str
    fonds: str
    fonds_name: str
    promised_at: datetime | None = None
    accepted_at: datetime | None = None
    department: str = ""
    files: tuple[FileFact, ...] = ()
    steps: tuple[StepFact, ...] = ()
    closure: ClosureFact | None = None
    situations: tuple[str, ...] = ()
    metadata: dict[str, str] = field(default_factory=dict)
