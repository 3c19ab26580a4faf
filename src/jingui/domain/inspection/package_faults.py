"""To which item each fault of a package belongs, whatever the form of the package."""

from __future__ import annotations

TREE, DOCUMENTS, SAME, COUNTS, READABLE, BARRIERS = "1-13", "1-12", "1-14", "2-11", "3-1", "3-8"
"""目录结构, 说明文件和目录文件, 信息包一致性, 内容数据完整性, 元数据可读性, 内容数据格式合规性."""

_CODES: dict[str, tuple[str, ...]] = {
    DOCUMENTS: (
        "statement_malformed", "statement_wrong", "statement_key_missing", "catalogue_entry_malformed",
        "catalogue_sequence_wrong", "archival_code_twice", "eep_element_missing", "eep_version_unknown",
        "eep_type_unknown", "eep_value_missing", "eark_requirement", "mets_element_unknown", "mets_element_misplaced",
        "mets_element_missing", "mets_attribute_unknown", "mets_attribute_missing", "mets_value_malformed", "mets_id_twice",
    ),
    COUNTS: (
        "catalogue_file_missing", "catalogue_entry_missing", "transfer_folder_not_one", "transfer_folder_unlisted",
        "transfer_folder_empty", "eep_content_missing",
    ),
    READABLE: (
        "xml_unsafe", "xml_malformed", "too_large", "checker_timeout", "checker_crashed", "checker_out_of_memory",
        "checker_failed",
    ),
    SAME: (
        "digest_wrong", "listed_missing", "not_listed", "list_malformed", "catalogue_bytes_wrong",
        "catalogue_digest_wrong", "signature_wrong", "issuer_unknown", "inventory_unreadable", "unreadable",
        "not_as_laid_out", "not_as_ingested", "digest_list_missing", "digest_not_checked", "eep_signature_not_checked",
        "eep_signature_incomplete",
    ),
    BARRIERS: ("made_unreadable", "zip_encrypted", "zip_method_unknown", "zip_overlap", "zip_bomb"),
    TREE: (
        "not_a_package", "path_unsafe", "path_duplicate", "link_not_allowed", "zip_name_not_utf8", "required_missing",
        "misplaced", "eep_element_unknown", "eark_file_unlisted", "findings_cut", "name_not_portable",
    ),
}  # fmt: skip
FAULT_ITEMS: dict[str, str] = {code: item for item, codes in _CODES.items() for code in codes}
"""Codes of the package checkers, and the item each belongs to; what is not named is a fault of the tree."""
