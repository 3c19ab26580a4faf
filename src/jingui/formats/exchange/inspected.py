"""What the check of a package of any form tells the inspection: one table from each validator's codes to those of the items."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from jingui.domain.inspection.subject import PackageFacts
from jingui.domain.records.facts import Digests
from jingui.formats.packages.read_back import ReadFile, case_of_values

if TYPE_CHECKING:
    from jingui.domain.packaging.packages import PackageFinding
    from jingui.domain.packaging.transfer import TransferFile, TransferRecord
    from jingui.domain.records.facts import CaseFact, Plan
    from jingui.formats.exchange.profiles import Checked

TROUBLES: dict[str, str] = {
    # any package, as it is opened
    "package_missing": "listed_missing",
    "package_incomplete": "unreadable",
    "package_size_wrong": "catalogue_bytes_wrong",
    "package_digest_wrong": "digest_wrong",
    "package_unreadable": "unreadable",
    "package_not_readable_as_zip": "not_a_package",
    "package_path_unsafe": "path_unsafe",
    "package_path_too_long": "path_unsafe",
    "package_path_collision": "path_duplicate",
    "package_link": "link_not_allowed",
    "package_encrypted": "zip_encrypted",
    "package_method_unknown": "zip_method_unknown",
    "package_name_encoding": "zip_name_not_utf8",
    "package_entries_overlap": "zip_overlap",
    "package_bomb": "zip_bomb",
    "package_file_missing": "listed_missing",
    "package_file_unlisted": "not_listed",
    "package_file_size_wrong": "catalogue_bytes_wrong",
    "package_file_digest_wrong": "digest_wrong",
    "package_count_wrong": "catalogue_entry_missing",
    "package_changed_while_read": "unreadable",
    "package_differs_from_sheet": "digest_wrong",
    "package_form_unknown": "not_a_package",
    # its documents
    "document_encoding_unknown": "xml_malformed",
    "document_encoding_wrong": "xml_malformed",
    "document_too_large": "too_large",
    "document_not_utf8": "xml_malformed",
    "document_declares_entities": "xml_unsafe",
    "document_not_well_formed": "xml_malformed",
    "document_root_unknown": "xml_malformed",
    "document_shape": "xml_malformed",
    "document_element_missing": "catalogue_entry_malformed",
    "document_element_twice": "catalogue_entry_malformed",
    "document_value_malformed": "catalogue_entry_malformed",
    # bags
    "bag_declaration_missing": "required_missing",
    "bag_declaration_malformed": "statement_malformed",
    "bag_version_unknown": "statement_malformed",
    "bag_encoding_unknown": "statement_malformed",
    "bag_tag_file_undecodable": "statement_malformed",
    "bag_tag_file_too_large": "too_large",
    "bag_without_manifest": "required_missing",
    "bag_without_payload_folder": "required_missing",
    "bag_manifest_line_malformed": "list_malformed",
    "bag_manifest_path_unsafe": "path_unsafe",
    "bag_manifest_path_wrong_place": "misplaced",
    "bag_path_listed_twice": "list_malformed",
    "bag_file_in_no_manifest": "not_listed",
    "bag_file_not_in_every_manifest": "not_listed",
    "bag_file_missing": "listed_missing",
    "bag_digest_wrong": "digest_wrong",
    "bag_oxum_wrong": "statement_wrong",
    "bag_oxum_malformed": "statement_malformed",
    "bag_info_malformed": "statement_malformed",
    "bag_to_be_fetched": "listed_missing",
    "bag_fetch_not_needed": "misplaced",
    "bag_path_normalised": "list_malformed",
    "bag_path_with_dot": "list_malformed",
    "bag_path_with_asterisk": "list_malformed",
    "bag_algorithm_not_checked": "digest_not_checked",
    "bag_algorithm_weak": "digest_not_checked",
}
"""Codes of problems with hand-overs, and the fault of a package that each is; other codes are faults by their own name."""

STRANGE = frozenset({"misplaced", "not_listed", "eark_file_unlisted", "transfer_folder_unlisted"})
"""Faults that name something which belongs to nothing."""


def facts_of(
    checked: Checked, record: TransferRecord, *, tool: str, of_others: frozenset[str] = frozenset()
) -> PackageFacts:
    """Put together what was found of a package and a record in it; ``of_others`` are files of its other records."""
    told = [(finding, _told(finding)) for finding in checked.findings if finding.path not in of_others]
    return PackageFacts(
        faults=tuple(triple for finding, triple in told if finding.is_fault),
        remarks=tuple(triple for finding, triple in told if not finding.is_fault),
        elements=dict(record.values),
        documents=len(record.documents),
        files=len(record.files),
        extra=tuple(sorted({path for _, (code, path, _) in told if code in STRANGE})),
        tool=tool,
        sha256=_digest(record),
    )


def _told(finding: PackageFinding) -> tuple[str, str, str]:
    said = [value for _, value in finding.params] if finding.params else [finding.detail]
    return (
        TROUBLES.get(finding.code, finding.code),
        finding.path,
        " ".join(part for part in (finding.rule, *said) if part),
    )


def _digest(record: TransferRecord) -> str:
    digests = {path: hashlib.sha256(data).hexdigest() for path, data in record.documents.items()}
    digests |= {file.path: file.digests["sha256"] for file in record.files}
    return hashlib.sha256("".join(f"{digests[path]}  {path}\n" for path in sorted(digests)).encode()).hexdigest()


def case_of_record(record: TransferRecord) -> tuple[CaseFact, Plan]:
    """Return what a record says of its case; where it says nothing, nothing is made up."""
    return case_of_values(record.values, files=map(_file, record.files), steps=record.steps)


def _file(file: TransferFile) -> ReadFile:
    digests = Digests(*(file.digests.get(name, "") for name in ("sha256", "sm3", "sha512")))
    stated = file.values.get("computer_file_size", "")
    said = file.values.get("sha256", "").lower()
    size = int(stated) if stated.isascii() and stated.isdigit() and len(stated) < 20 else file.bytes  # noqa: PLR2004
    return ReadFile(file.path, size, digests, said or digests.sha256, (file.bytes, digests.sha256))
