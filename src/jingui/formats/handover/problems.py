"""What can be wrong with a hand-over: stable codes with the values their words need."""

from __future__ import annotations

from jingui.domain.errors import Problem

HANDOVER_PROBLEM_CODES: dict[str, tuple[str, ...]] = {
    # any package
    "package_missing": (),
    "package_incomplete": ("expected", "found"),
    "package_size_wrong": ("expected", "found"),
    "package_digest_wrong": ("algorithm", "expected", "found"),
    "package_unreadable": ("detail",),
    "package_not_readable_as_zip": ("detail",),
    "package_path_unsafe": (),
    "package_path_too_long": ("limit",),
    "package_path_collision": ("other",),
    "package_link": (),
    "package_encrypted": (),
    "package_method_unknown": (),
    "package_name_encoding": (),
    "package_entries_overlap": (),
    "package_bomb": ("detail",),
    "package_file_missing": (),
    "package_file_unlisted": (),
    "package_file_size_wrong": ("expected", "found"),
    "package_file_digest_wrong": ("algorithm", "expected", "found"),
    "package_count_wrong": ("expected", "found"),
    "package_changed_while_read": (),
    "package_differs_from_sheet": ("expected", "found"),
    "package_form_unknown": (),
    "transfer_folder_not_one": ("count",),
    "eep_not_one_record": ("count",),
    "document_encoding_unknown": (),
    "document_encoding_wrong": ("encoding",),
    # XML and JSON in hand-overs
    "document_too_large": ("limit",),
    "document_not_utf8": (),
    "document_declares_entities": (),
    "document_not_well_formed": ("detail",),
    "document_root_unknown": ("found",),
    "document_shape": ("detail",),
    "document_element_missing": ("element",),
    "document_element_twice": ("element",),
    "document_value_malformed": ("element", "value"),
    # sheets
    "sheet_name_wrong": ("expected",),
    "sheet_count_wrong": ("expected", "found"),
    "sheet_size_wrong": ("expected", "found"),
    "sheet_package_twice": ("package",),
    "sheet_package_name_unsafe": ("package",),
    "sheet_too_many_packages": ("limit",),
    "digest_algorithm_unknown": ("algorithm",),
    # bags
    "bag_declaration_missing": (),
    "bag_declaration_malformed": ("detail",),
    "bag_version_unknown": ("version",),
    "bag_encoding_unknown": ("encoding",),
    "bag_tag_file_undecodable": ("encoding",),
    "bag_tag_file_too_large": ("limit",),
    "bag_without_manifest": (),
    "bag_without_payload_folder": (),
    "bag_manifest_line_malformed": ("line",),
    "bag_manifest_path_unsafe": ("path",),
    "bag_manifest_path_wrong_place": ("path",),
    "bag_path_listed_twice": ("path",),
    "bag_file_in_no_manifest": (),
    "bag_file_not_in_every_manifest": ("algorithm",),
    "bag_file_missing": ("manifest",),
    "bag_digest_wrong": ("algorithm", "expected", "found"),
    "bag_oxum_wrong": ("expected", "found"),
    "bag_oxum_malformed": ("value",),
    "bag_info_malformed": ("line",),
    "bag_to_be_fetched": (),
    # warnings
    "bag_fetch_not_needed": (),
    "bag_path_normalised": ("path",),
    "bag_path_with_dot": ("path",),
    "bag_path_with_asterisk": ("path",),
    "bag_algorithm_not_checked": ("algorithm",),
    "bag_algorithm_weak": ("algorithm",),
    # cases in bags
    "bag_case_unknown": (),
    "bag_label_missing": ("label",),
    "bag_label_twice": ("label",),
}
"""Codes of problems with hand-overs, beside those of the messages that are made from them."""


def problem(code: str, location: str = "", /, **params: object) -> Problem:
    """Make a problem. ``location`` is a path in the package, or an element of a sheet."""
    return Problem(location, code, {name: str(value)[:500] for name, value in params.items()})
