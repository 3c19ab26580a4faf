"""File format names used in plans and readings, with their usual extensions and their place in the archive.

Which formats may be archived is a setting of each plan; the default set follows GB/T 18894-2016 §8.3 and
GB/T 33190 as far as known (``docs/glossary.md``). A format outside the plan is a finding, never a refusal to capture.
"""

from __future__ import annotations

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
    "svg": ("svg",),
    "rar": ("rar",),
    "7z": ("7z",),
    "eml": ("eml",),
}

DEFAULT_ALLOWED: tuple[str, ...] = (
    "pdf", "pdfa", "ofd", "jpeg", "png", "tiff", "xml", "json", "text",
    "docx", "xlsx", "doc", "xls", "odt", "ods", "rtf", "wav", "mp3", "mp4",
)  # fmt: skip
