"""File format names used in plans and readings, with their usual extensions and their place in the archive.

Which formats may be archived is a setting of each plan; the default set follows GB/T 18894-2016 §8.3 and
GB/T 33190 as far as known (``docs/glossary.md``). A format outside the plan is a finding, never a refusal to capture.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Treatment(StrEnum):
    """What the format policy has done with a file, the mildest first: taken, taken and converted, told, refused."""

    ACCEPT = "accept"
    CONVERT = "convert"
    WARN = "warn"
    REFUSE = "refuse"


class Suitability(StrEnum):
    """Whether a format suits long-term keeping."""

    LONG_TERM = "long_term"
    LIMITED = "limited"
    UNSUITABLE = "unsuitable"
    UNKNOWN = "unknown"


class Risk(StrEnum):
    """How likely it is that the format cannot be shown one day."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


@dataclass(frozen=True, slots=True)
class FeatureJudgement:
    """What the policy says about something that a reader noted in a file, such as macros; ``detail`` is the reader's."""

    feature: str
    treatment: Treatment
    reason: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class FormatJudgement:
    """What a format policy of one version says about one file.

    ``key`` is the rule that held: a PRONOM identifier, a format name, or ``""`` for the rule of all others.
    ``convert_to`` is the format name of the target where the treatment is to convert.
    """

    policy_version: int
    key: str
    treatment: Treatment
    suitability: Suitability
    risk: Risk
    reason: str
    convert_to: str = ""
    features: tuple[FeatureJudgement, ...] = ()

    @property
    def strictest(self) -> Treatment:
        """The strictest treatment of the format and of all features found."""
        order = tuple(Treatment)
        return max((self.treatment, *(found.treatment for found in self.features)), key=order.index)


EXTENSIONS: dict[str, tuple[str, ...]] = {
    "pdf": ("pdf",),
    "pdfa": ("pdf",),
    "ofd": ("ofd",),
    "jpeg": ("jpg", "jpeg", "jpe"),
    "png": ("png",),
    "tiff": ("tif", "tiff"),
    "xml": ("xml",),
    "json": ("json",),
    "text": ("txt", "csv", "log", "md"),
    "html": ("html", "htm"),
    "docx": ("docx",),
    "xlsx": ("xlsx",),
    "pptx": ("pptx",),
    "doc": ("doc", "wps", "wpt"),
    "xls": ("xls", "et", "ett"),
    "ppt": ("ppt", "dps"),
    "ole2": ("doc", "xls", "ppt", "wps", "et", "dps", "msg"),
    "odt": ("odt",),
    "ods": ("ods",),
    "odp": ("odp",),
    "rtf": ("rtf",),
    "zip": ("zip",),
    "wav": ("wav",),
    "mp3": ("mp3",),
    "mp4": ("mp4", "m4v"),
    "gif": ("gif",),
    "bmp": ("bmp",),
    "jp2": ("jp2", "j2k", "jpx"),
    "svg": ("svg",),
    "rar": ("rar",),
    "7z": ("7z",),
    "eml": ("eml",),
    "uof": ("uof", "uot", "uos", "uop"),
    "cms": ("p7s", "p7m", "p7", "sig", "cms"),
}

DEFAULT_ALLOWED: tuple[str, ...] = (
    "pdf", "pdfa", "ofd", "jpeg", "png", "tiff", "xml", "json", "text",
    "docx", "xlsx", "doc", "xls", "odt", "ods", "rtf", "wav", "mp3", "mp4",
)  # fmt: skip
