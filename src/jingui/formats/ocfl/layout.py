"""Where an object lies under the storage root: extension 0003, Hash and Id N Tuple, with its default values.

0003 rather than 0004: the folder of an object then carries its identifier, which a person can read, and the
independent validator ``ocfl-py`` knows it, whereas it rejects a root that is laid out by 0004.
"""

from __future__ import annotations

import hashlib
import json
import re
from urllib.parse import unquote

LAYOUT_NAME = "0003-hash-and-id-n-tuple-storage-layout"
LAYOUT_FILE = "ocfl_layout.json"
CONFIG_FILE = f"extensions/{LAYOUT_NAME}/config.json"
TUPLE_SIZE = 3
NUMBER_OF_TUPLES = 3
MAX_NAME = 100

TUPLE = re.compile(rf"[0-9a-f]{{{TUPLE_SIZE}}}")
_UNSAFE = re.compile(rb"[^A-Za-z0-9_-]")


def object_path(object_id: str) -> str:
    """Return the path of an object below the storage root, with ``/`` between its parts."""
    digest = hashlib.sha256(object_id.encode()).hexdigest()
    tuples = [digest[i * TUPLE_SIZE : (i + 1) * TUPLE_SIZE] for i in range(NUMBER_OF_TUPLES)]
    return "/".join((*tuples, _folder_name(object_id, digest)))


def _folder_name(object_id: str, digest: str) -> str:
    name = _UNSAFE.sub(lambda match: b"%%%02x" % ord(match[0]), object_id.encode()).decode()
    return name if len(name) <= MAX_NAME else f"{name[:MAX_NAME]}-{digest}"


def object_id_of(path: str) -> str:
    """Return the identifier that a path stands for, or ``""`` if the path alone does not tell it."""
    object_id = unquote(path.rpartition("/")[2], errors="replace")
    return object_id if object_id and object_path(object_id) == path else ""


def layout_bytes() -> bytes:
    """Return the content of ``ocfl_layout.json``."""
    description = (
        "Hashed truncated n-tuple folders with a folder named by the object's identifier (OCFL extension 0003)"
    )
    return _json({"extension": LAYOUT_NAME, "description": description})


def config_bytes() -> bytes:
    """Return the content of the layout extension's ``config.json``."""
    return _json(
        {
            "extensionName": LAYOUT_NAME,
            "digestAlgorithm": "sha256",
            "tupleSize": TUPLE_SIZE,
            "numberOfTuples": NUMBER_OF_TUPLES,
        }
    )


def _json(value: dict[str, str | int]) -> bytes:
    return json.dumps(value, indent=2).encode() + b"\n"
