"""The check items of DA/T 70-2018, phase 归档, as one table. Adding a rule is adding a function and a line here."""

from __future__ import annotations

from jingui.domain.inspection import case_rules as case
from jingui.domain.inspection import content_rules as content
from jingui.domain.inspection import metadata_rules as metadata
from jingui.domain.inspection.subject import Rule, unbuilt
from jingui.domain.records.terms import Outcome, Property

RULE_SET = "DA/T 70-2018 GD, jingui 1"

_AUTHENTIC, _WHOLE, _USABLE, _SAFE = (
    Property.AUTHENTICITY,
    Property.INTEGRITY,
    Property.USABILITY,
    Property.SECURITY,
)
_AUTO, _SET, _PERSON = "auto", "configured", "person"
_DA70 = "DA/T 70-2018"
_SCHEME = f"{_DA70}; DA/T 46-2009"
_REGISTER = f"{_DA70}; GB/T 18894-2016 A.1"
_FORMATS = f"{_DA70}; GB/T 18894-2016 8.3; GB/T 33190-2016"


def _later(identifier: str, name: str, prop: Property, code: str, outcome: Outcome = Outcome.NOT_CHECKED) -> Rule:
    return Rule(identifier, name, prop, _DA70, _PERSON, False, unbuilt(code, outcome), is_built=False)  # noqa: FBT003


def _rule(identifier: str, name: str, prop: Property, **rest: object) -> Rule:
    settings: dict[str, object] = {"basis": _DA70, "method": _AUTO, "is_blocking": True} | rest
    return Rule(identifier, name, prop, **settings)  # type: ignore[arg-type]


RULES: tuple[Rule, ...] = (
    _rule("GD-1-1", "fixity_validity", _AUTHENTIC, look=content.look_at_fixity),
    _rule("GD-1-2", "metadata_length", _AUTHENTIC, basis=_SCHEME, method=_SET, look=metadata.look_at_lengths),
    _rule("GD-1-3", "metadata_type_format", _AUTHENTIC, basis=_SCHEME, method=_SET, look=metadata.look_at_forms),
    _rule("GD-1-4", "metadata_value_range", _AUTHENTIC, basis=_SCHEME, method=_SET, look=metadata.look_at_ranges),
    _rule("GD-1-5", "metadata_plausibility", _AUTHENTIC, method=_SET, look=metadata.look_at_plausibility),
    _rule("GD-1-6", "metadata_special_chars", _AUTHENTIC, method=_SET, look=metadata.look_at_characters),
    _later("GD-1-7", "archival_code_format", _AUTHENTIC, "checked_after_arrangement"),
    _rule("GD-1-8", "metadata_duplicates", _AUTHENTIC, method=_SET, look=metadata.look_at_duplicates),
    _rule("GD-1-9", "content_size_match", _AUTHENTIC, look=content.look_at_sizes),
    _rule("GD-1-10", "content_attributes_match", _AUTHENTIC, look=content.look_at_attributes),
    _rule("GD-1-11", "metadata_links_content", _AUTHENTIC, look=content.look_at_links),
    _later("GD-1-12", "description_and_catalogue_files", _AUTHENTIC, "checked_at_packaging"),
    _later("GD-1-13", "package_tree_conformance", _AUTHENTIC, "checked_at_packaging"),
    _later("GD-1-14", "package_consistency", _AUTHENTIC, "checked_at_packaging"),
    _rule("GD-2-1", "item_count_match", _WHOLE, basis=_REGISTER, look=case.look_at_counts),
    _rule("GD-2-2", "byte_count_match", _WHOLE, basis=_REGISTER, look=case.look_at_bytes),
    _rule("GD-2-3", "metadata_elements_complete", _WHOLE, basis=_SCHEME, method=_SET, look=metadata.look_at_completeness),
    _rule("GD-2-4", "metadata_required_filled", _WHOLE, basis=_SCHEME, method=_SET, look=metadata.look_at_required),
    _rule("GD-2-5", "process_info_complete", _WHOLE, method=_SET, look=case.look_at_process),
    _rule("GD-2-6", "continuous_numbering", _WHOLE, basis=f"{_DA70}; DA/T 22-2015", method=_SET, look=case.look_at_numbering),
    _rule("GD-2-7", "content_complete", _WHOLE, look=content.look_at_content),
    _later("GD-2-8", "attachments_complete", _WHOLE, "not_built"),
    _rule("GD-2-9", "archiving_scope", _WHOLE, method=_SET, look=case.look_at_scope),
    _later("GD-2-10", "package_metadata_complete", _WHOLE, "checked_at_packaging"),
    _later("GD-2-11", "package_content_complete", _WHOLE, "checked_at_packaging"),
    _later("GD-3-1", "package_metadata_readable", _USABLE, "checked_at_packaging"),
    _later("GD-3-2", "db_metadata_accessible", _USABLE, "not_built"),
    _rule("GD-3-3", "content_format_allowed", _USABLE, basis=_FORMATS, method=_SET, look=content.look_at_formats),
    _rule("GD-3-4", "content_readable", _USABLE, look=content.look_at_readability),
    _rule("GD-3-5", "format_long_term", _USABLE, method=_SET, is_blocking=False, look=content.look_at_long_term),
    _later("GD-3-6", "environment_conformance", _USABLE, "not_built"),
    _rule("GD-3-8", "package_format_conformance", _USABLE, basis=_FORMATS, method=_SET, look=content.look_at_barriers),
    _rule("GD-4-1", "antivirus_installed", _SAFE, is_blocking=False, look=case.look_at_scanner),
    _rule("GD-4-2", "virus_scan", _SAFE, look=case.look_at_malware),
    _rule("GD-4-3", "carrier_extra_files", _SAFE, look=case.look_at_strangers),
    _later("GD-4-4", "carrier_read_speed", _SAFE, "no_carrier", Outcome.NOT_APPLICABLE),
    _later("GD-4-5", "carrier_appearance", _SAFE, "no_carrier", Outcome.NOT_APPLICABLE),
    _later("GD-4-6", "disc_quality", _SAFE, "no_carrier", Outcome.NOT_APPLICABLE),
    _later("GD-4-7", "process_security", _SAFE, "needs_statement", Outcome.NEEDS_PERSON),
)  # fmt: skip

BY_IDENTIFIER: dict[str, Rule] = {rule.identifier: rule for rule in RULES}
