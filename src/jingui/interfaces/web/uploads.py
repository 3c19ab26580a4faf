"""Catalogue files between preview and confirmation: kept in the instance for a day, each known by an unguessable name.

Beside the file lie the choices made for it and, once it has been looked at, its preview.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import secrets
import shutil
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from pathlib import Path, PurePath

from jingui.domain.errors import NotFound
from jingui.formats.durability import make_durable

KEPT_SECONDS = 24 * 3600
_TOKEN = re.compile(r"[0-9a-f]{32}")
_SUFFIX = re.compile(r"\.[A-Za-z0-9]{1,8}")
_CHOICES = "choices.json"
_PREVIEW = "preview"


@dataclass(frozen=True, slots=True)
class UploadChoices:
    """How a person wants an uploaded file read. ``mapping``: it has been set by hand and lies beside the file.

    ``within``: the agencies that this person is bound to, with commas between; empty: to none.
    """

    name: str
    profile: str = ""
    complete: str = ""
    region: str = ""
    agency: str = ""
    mapping: str = ""
    within: str = ""


@dataclass(frozen=True, slots=True)
class Upload:
    """One kept file."""

    folder: Path
    choices: UploadChoices

    @property
    def token(self) -> str:
        """Its unguessable name."""
        return self.folder.name

    @property
    def path(self) -> Path:
        """Where the file lies; its suffix is that of the name it came with."""
        suffix = PurePath(self.choices.name).suffix
        return self.folder / f"file{suffix if _SUFFIX.fullmatch(suffix) else ''}"

    @property
    def mapping_path(self) -> Path:
        """Where a mapping that was set by hand lies."""
        return self.folder / "mapping.json"

    @property
    def preview(self) -> Path:
        """The folder of its preview."""
        return self.folder / _PREVIEW / self.digest

    @property
    def digest(self) -> str:
        """What its preview is known by: the file and how it is to be read."""
        mapping = self.mapping_path.read_bytes() if self.choices.mapping else b""
        told = json.dumps([self.token, asdict(self.choices)], sort_keys=True).encode()
        return hashlib.sha256(told + mapping).hexdigest()

    def choose(self, **changes: str) -> Upload:
        """Keep other choices; the preview, which was made for the former ones, goes."""
        chosen = replace(self, choices=replace(self.choices, **changes))
        _write(self.folder / _CHOICES, [json.dumps(asdict(chosen.choices)).encode()])
        shutil.rmtree(self.folder / _PREVIEW, ignore_errors=True)
        return chosen


def keep_upload(folder: Path, name: str, chunks: Iterable[bytes], *, within: str = "") -> Upload:
    """Keep an uploaded file of somebody bound to some agencies, on the disk when this returns; files of yesterday go."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for old in folder.iterdir():
        if old.stat().st_mtime < time.time() - KEPT_SECONDS:
            shutil.rmtree(old, ignore_errors=True)
    choices = UploadChoices(PurePath(name).name[:200], within=within)
    upload = Upload(folder / secrets.token_hex(16), choices)
    upload.folder.mkdir(mode=0o700)
    make_durable(folder)
    _write(upload.path, chunks)
    return upload.choose()


def _write(path: Path, chunks: Iterable[bytes]) -> None:
    """Write a file that is on the disk, whole, when this returns; before, there is none or the former one."""
    new = path.with_name(f"{path.name}.new")
    with new.open("wb") as file:
        for chunk in chunks:
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
    make_durable(path.parent)


def kept_upload(folder: Path, token: str) -> Upload:
    """Return a kept file. Raises NotFound ``upload_gone``."""
    place = folder / token
    if not _TOKEN.fullmatch(token) or not (place / _CHOICES).is_file():
        raise NotFound("upload_gone")
    return Upload(place, UploadChoices(**json.loads((place / _CHOICES).read_text(encoding="utf-8"))))


def drop_upload(upload: Upload) -> None:
    """Remove a kept file and all beside it."""
    shutil.rmtree(upload.folder, ignore_errors=True)


def hand_over(upload: Upload, folder: Path, mapping: str) -> str:
    """Lay a kept file where a worker finds it, with its mapping (JSON, ``""``: none); return the name of the file.

    The same file handed over again lies there already; the upload itself stays until it is dropped.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    place = folder / upload.path.name
    if not place.is_file():
        try:
            place.hardlink_to(upload.path)
        except OSError:  # another file system, or one without links
            shutil.copyfile(upload.path, place)
    if mapping:
        (folder / "mapping.json").write_text(mapping, encoding="utf-8")
    return place.name
