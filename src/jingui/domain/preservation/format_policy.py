"""The format policy (格式策略): which formats are taken, converted, told of or refused, and why.

A policy is data with a version: a rule per format name of ``domain.records.formats`` or per PRONOM identifier (which comes
first), a rule for all others, and a rule per feature that readers note in files (macros, scripts, fonts not embedded …).
"""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from jingui.domain.errors import Invalid, Problem
from jingui.domain.metadata.fields import FieldReader
from jingui.domain.records.formats import (
    EXTENSIONS,
    FeatureJudgement,
    FormatJudgement,
    Risk,
    Suitability,
    Treatment,
)

if TYPE_CHECKING:
    from jingui.domain.records.facts import Reading

PUID = re.compile(r"(?:x-)?fmt/\d{1,5}")
FEATURES: tuple[str, ...] = (
    "javascript", "launch_action", "macros", "attachments", "form_fields", "external_links", "fonts_not_embedded",
    "polyglot", "hidden_data", "trailing_data", "needs_repair", "nested_archives", "path_tricks", "pdfa_fault",
    "pdfa_unproven", "pronom_differs", "xml_dtd", "duplicate_entry", "nonstandard_namespace", "dynamic_form",
)  # fmt: skip
"""What a policy may rule on: notes and tolerated defects of ``formats.reading``, by their codes."""

MAX_RULES = 2_000
REASON_LIMIT = 300
NAME_LIMIT = 100


@dataclass(frozen=True, slots=True)
class FormatRule:
    """What is done with one format. ``format`` is a format name, a PRONOM identifier, or ``""``: all others."""

    format: str
    treatment: Treatment
    suitability: Suitability
    risk: Risk
    reason: str
    convert_to: str = ""


@dataclass(frozen=True, slots=True)
class FeatureRule:
    """What is done with files in which a reader noted ``feature``."""

    feature: str
    treatment: Treatment
    reason: str


@dataclass(frozen=True, slots=True)
class FormatPolicy:
    """One version of the policy; 0 is the one that comes with the product.

    ``is_pronom_asked_for_all``: every file is also identified by PRONOM, not only those that the own rules leave open.
    """

    version: int
    name: str
    rules: tuple[FormatRule, ...]
    otherwise: FormatRule
    features: tuple[FeatureRule, ...] = ()
    is_pronom_asked_for_all: bool = False

    def rule_of(self, format_name: str, pronom_id: str = "") -> FormatRule:
        """Return the rule that holds for a format: by PRONOM identifier, then by name, then the one of all others."""
        by_key = {rule.format: rule for rule in self.rules}
        return by_key.get(pronom_id or "-") or by_key.get(format_name or "-") or self.otherwise


def judge(policy: FormatPolicy, reading: Reading) -> FormatJudgement:
    """Say what the policy has done with a file that was read. Never raises; a format unknown falls under the last rule."""
    rule = policy.rule_of(reading.format_name, reading.pronom_id)
    rules = {ruled.feature: ruled for ruled in policy.features}
    return FormatJudgement(
        policy_version=policy.version,
        key=rule.format,
        treatment=rule.treatment,
        suitability=rule.suitability,
        risk=rule.risk,
        reason=rule.reason,
        convert_to=rule.convert_to,
        features=tuple(
            FeatureJudgement(feature, rules[feature].treatment, rules[feature].reason, detail)
            for feature, detail in _features(reading).items()
            if feature in rules
        ),
    )


def _features(reading: Reading) -> dict[str, str]:
    """Return what the reader noted, code → details joined."""
    told = [(code, detail.strip()) for code, _, detail in (note.partition(":") for note in reading.notes)]
    found: dict[str, list[str]] = {}
    for code, detail in (*told, *reading.defects):
        found.setdefault(code, [])
        if detail:
            found[code].append(detail)
    return {code: "; ".join(details)[:REASON_LIMIT] for code, details in found.items()}


def policy_to_dict(policy: FormatPolicy) -> dict[str, Any]:
    """Return a policy as JSON values; the version is the keeper's to give and left out."""
    return {
        "name": policy.name,
        "is_pronom_asked_for_all": policy.is_pronom_asked_for_all,
        "otherwise": asdict(policy.otherwise),
        "rules": [asdict(rule) for rule in policy.rules],
        "features": [asdict(rule) for rule in policy.features],
    }


def policy_from_dict(raw: object, *, version: int) -> FormatPolicy:
    """Read a policy.

    Raises:
        Invalid: with every problem found, each at its place.
    """
    fields = FieldReader(raw)
    rules = [_format_rule(row) for row in fields.rows("rules", limit=MAX_RULES)]
    features = [_feature_rule(row) for row in fields.rows("features", limit=MAX_RULES)]
    policy = FormatPolicy(
        version=version,
        name=fields.key("name", limit=NAME_LIMIT),
        rules=tuple(rules),
        otherwise=_format_rule(fields.nested("otherwise"), is_for_others=True),
        features=tuple(features),
        is_pronom_asked_for_all=fields.flag("is_pronom_asked_for_all"),
    )
    _check_repeats(fields, "rules", [rule.format for rule in rules])
    _check_repeats(fields, "features", [rule.feature for rule in features])
    fields.refuse_unknown()
    if fields.problems:
        raise Invalid(tuple(fields.problems))
    return policy


def changed_rules(before: FormatPolicy, after: FormatPolicy) -> tuple[str, ...]:
    """Name the formats and features whose rules differ between two versions."""
    old = {**{rule.format: rule for rule in before.rules}, "": before.otherwise}
    new = {**{rule.format: rule for rule in after.rules}, "": after.otherwise}
    old_features = {rule.feature: rule for rule in before.features}
    new_features = {rule.feature: rule for rule in after.features}
    formats = {key for key in (*old, *new) if old.get(key) != new.get(key)}
    features = {key for key in (*old_features, *new_features) if old_features.get(key) != new_features.get(key)}
    return (*sorted(formats), *sorted(features))


def _format_rule(fields: FieldReader, *, is_for_others: bool = False) -> FormatRule:
    rule = FormatRule(
        format=fields.text("format", limit=20),
        treatment=fields.member("treatment", Treatment) or Treatment.REFUSE,
        suitability=fields.member("suitability", Suitability) or Suitability.UNKNOWN,
        risk=fields.member("risk", Risk) or Risk.HIGH,
        reason=fields.text("reason", limit=REASON_LIMIT, is_required=True),
        convert_to=fields.text("convert_to", limit=20),
    )
    if bool(rule.format) == is_for_others or (
        rule.format not in EXTENSIONS and not PUID.fullmatch(rule.format or "fmt/0")
    ):
        fields.fault("format", "unknown_format", format=rule.format)
    if rule.convert_to and rule.convert_to not in EXTENSIONS:
        fields.fault("convert_to", "unknown_format", format=rule.convert_to)
    if (rule.treatment is Treatment.CONVERT) != bool(rule.convert_to):
        fields.fault("convert_to", "target_without_conversion")
    fields.refuse_unknown()
    return rule


def _feature_rule(fields: FieldReader) -> FeatureRule:
    rule = FeatureRule(
        feature=fields.text("feature", limit=40, is_required=True),
        treatment=fields.member("treatment", Treatment) or Treatment.REFUSE,
        reason=fields.text("reason", limit=REASON_LIMIT, is_required=True),
    )
    if rule.feature and rule.feature not in FEATURES:
        fields.fault("feature", "not_in_range", allowed=", ".join(FEATURES))
    if rule.treatment is Treatment.CONVERT:
        fields.fault("treatment", "not_in_range", allowed="accept, warn, refuse")
    fields.refuse_unknown()
    return rule


def _check_repeats(fields: FieldReader, name: str, keys: list[str]) -> None:
    repeated = sorted({key for key in keys if key and keys.count(key) > 1})
    fields.problems += [Problem(fields.where(name), "repeated", {"value": key}) for key in repeated]
