"""What a package consists of, as a setting: which parts it has, where they lie, and who signs what."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jingui.domain.records.facts import Digests


@dataclass(frozen=True, slots=True)
class PackageFile:
    """One file of a package: small ``data`` made by us, or the captured file named by ``file_key``.

    ``size`` is in bytes.
    """

    logical_path: str
    digests: Digests
    size: int
    data: bytes | None = None
    file_key: str = ""


@dataclass(frozen=True, slots=True)
class SealedList:
    """A list of digests of every file in the package but the lists and signatures; ``signed_by`` is an algorithm."""

    path: str
    digest: str
    signed_by: str
    signature_path: str
    public_key_path: str


@dataclass(frozen=True, slots=True)
class PackageSpec:
    """A package profile: places inside the package, by which it is both written and checked."""

    name: str
    statement: str
    catalogue: str
    base_metadata: str
    process_metadata: str
    agent_metadata: str
    signature_metadata: str
    report: str
    readme: str
    content_folders: tuple[str, ...]
    lists: tuple[SealedList, ...]
    report_xml: str = ""
    evidence_folder: str = ""

    @property
    def report_paths(self) -> frozenset[str]:
        """Return where the inspection report lies; packages made before there was one in XML have it as JSON alone."""
        return frozenset({self.report, self.report_xml} - {""})

    @property
    def xml_paths(self) -> tuple[str, ...]:
        """Return the XML files that every package has."""
        metadata = (self.base_metadata, self.process_metadata, self.agent_metadata, self.signature_metadata)
        return (self.catalogue, *metadata)

    @property
    def required_paths(self) -> frozenset[str]:
        """Return the files that every package has."""
        seals = {path for seal in self.lists for path in (seal.path, seal.signature_path, seal.public_key_path)}
        return frozenset({self.statement, *self.xml_paths, self.report, self.readme} | seals)

    @property
    def unlisted_paths(self) -> frozenset[str]:
        """Return the files that no digest list can hold: the lists themselves and their signatures."""
        return frozenset(path for seal in self.lists for path in (seal.path, seal.signature_path))


class SignatureValue(Protocol):
    """The part of a signature that is kept."""

    @property
    def value(self) -> bytes:
        """The signature's bytes."""
        ...


class PackageSigner(Protocol):
    """What signs a digest list."""

    @property
    def algorithm(self) -> str:
        """``Ed25519`` or ``SM2-SM3``, as in ``SealedList.signed_by``."""
        ...

    @property
    def key_id(self) -> str:
        """Short stable name of the key."""
        ...

    @property
    def public_key_pem(self) -> str:
        """The public key as PEM SubjectPublicKeyInfo."""
        ...

    def sign(self, message: bytes) -> SignatureValue:
        """Sign the message."""
        ...


class SignatureVerifier(Protocol):
    """What verifies a signature by the name of its algorithm."""

    def __call__(self, *, algorithm: str, public_key_pem: str, message: bytes, value: bytes) -> bool:
        """Say whether ``value`` signs the message under the key."""
        ...


class FindingLevel(StrEnum):
    """How grave a finding is: what a form demands (MUST), asks for (SHOULD) or leaves open (MAY)."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class PackageFinding:
    """One thing said about a package: a stable code, the path inside it, and a technical detail.

    A finding that is no fault is to be known and does not make the package unsound. ``rule`` is the number of the
    requirement in the form's own specification, where it has numbers; ``params`` are values for its words.
    """

    code: str
    path: str
    detail: str = ""
    level: FindingLevel = FindingLevel.ERROR
    rule: str = ""
    params: tuple[tuple[str, str], ...] = ()

    @property
    def is_fault(self) -> bool:
        """Say whether the package is not as it should be."""
        return self.level is FindingLevel.ERROR and self.code not in NOTES


NOTES: Mapping[str, str] = {
    "issuer_unknown": "The signature is sound, but its key is not among those trusted here.",
}

FAULTS: Mapping[str, str] = {
    "not_a_package": "There is no folder, OCFL object or ZIP file that could hold a package.",
    "checker_timeout": "Checking the package took longer than it may; it was broken off.",
    "checker_crashed": "The process that checked the package died over it.",
    "checker_out_of_memory": "Checking the package needs more memory than it may have.",
    "checker_failed": "The package is nested deeper than can be followed.",
    "findings_cut": "There is more wrong with the package than is told.",
    "inventory_unreadable": "The inventory of the OCFL object cannot be understood.",
    "path_unsafe": "A path leaves the package or cannot be stored everywhere.",
    "path_duplicate": "Two entries have the same path.",
    "name_not_portable": "A name cannot be stored on every system.",
    "link_not_allowed": "A symbolic link or special file stands in the package.",
    "zip_encrypted": "An entry is encrypted.",
    "zip_method_unknown": "An entry is compressed in a way other than stored or deflated.",
    "zip_overlap": "Entries share the same bytes of the ZIP file.",
    "zip_bomb": "The content is larger than the limits allow.",
    "zip_name_not_utf8": "A name is not marked as UTF-8.",
    "unreadable": "The bytes of a file cannot be read whole.",
    "too_large": "A describing file is larger than any that we write.",
    "required_missing": "A file that every package has is missing.",
    "misplaced": "A file lies where the profile has no place for it.",
    "list_malformed": "A digest list has a line that is none.",
    "listed_missing": "A listed file is missing.",
    "not_listed": "A file is in no digest list.",
    "digest_wrong": "A file does not have its listed digest.",
    "signature_wrong": "A signature does not fit its digest list.",
    "xml_unsafe": "An XML file declares a document type or entities.",
    "xml_malformed": "An XML file cannot be parsed.",
    "catalogue_entry_malformed": "An entry of the catalogue lacks a value.",
    "catalogue_file_missing": "The catalogue names a file that is missing.",
    "catalogue_entry_missing": "A file is not in the catalogue.",
    "catalogue_sequence_wrong": "The catalogue is not numbered from 1 without gaps.",
    "catalogue_bytes_wrong": "A file does not have the size that the catalogue gives.",
    "catalogue_digest_wrong": "A file does not have the digest that the catalogue gives.",
    "statement_malformed": "The statement is not readable text.",
    "statement_key_missing": "The statement lacks a key that it must have.",
    "archival_code_twice": "Two records have the same archival code.",
    "transfer_folder_not_one": "A record has no folder, or more than one.",
    "transfer_folder_unlisted": "A record's folder is not in the catalogue.",
    "transfer_folder_empty": "A record's folder holds no content.",
    "digest_list_missing": "The package has no digest list; its bytes are not vouched for.",
    "digest_not_checked": "A digest is of an algorithm that is not computed here.",
    "eep_element_missing": "An element that the encapsulation must have is missing.",
    "eep_version_unknown": "The encapsulation is of another version.",
    "eep_type_unknown": "The encapsulation is of no known type.",
    "eep_value_missing": "A value that DA/T 46 asks for is not told.",
    "eep_content_missing": "A document of the encapsulation has no encoded data.",
    "eep_element_unknown": "An element is not one of the form; it is kept as it is.",
    "eep_signature_not_checked": "A signature is kept and not verified: which bytes it is made over is not known.",
    "eep_signature_incomplete": "A signature block holds no value, or cannot be understood.",
    "eark_requirement": "A requirement of CSIP or SIP does not hold; its number is told.",
    "eark_file_unlisted": "A file is in the package and no METS file speaks of it.",
    "mets_element_unknown": "METS has no such element.",
    "mets_element_misplaced": "An element does not belong here, or not in this order.",
    "mets_element_missing": "An element that METS demands is missing.",
    "mets_attribute_unknown": "METS has no such attribute here.",
    "mets_attribute_missing": "An attribute that METS demands is missing.",
    "mets_value_malformed": "An attribute has a value that METS does not allow.",
    "mets_id_twice": "Two elements have the same identifier.",
    "statement_wrong": "The statement says something else than the package shows.",
}
