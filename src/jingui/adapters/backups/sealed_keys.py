"""Keys in a backup: public ones as they are, private ones encrypted under a passphrase (scrypt, AES-256-GCM)."""

from __future__ import annotations

import base64
import json
import os
import secrets
from pathlib import Path, PurePosixPath

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from jingui.domain.errors import Invalid

LEAST_PASSPHRASE = 12
COST, BLOCK_SIZE, PARALLEL = 2**15, 8, 1  # RFC 7914: 32 MiB of memory
_KIND = "jingui-sealed-keys/1"


def check_passphrase(passphrase: str) -> None:
    """Refuse a short passphrase. Raises Invalid (``passphrase_weak``)."""
    if len(passphrase) < LEAST_PASSPHRASE:
        error = Invalid((), code="passphrase_weak")
        error.params["least"] = str(LEAST_PASSPHRASE)
        raise error


def seal_keys(folder: Path, passphrase: str) -> bytes:
    """Encrypt every file of the folder of keys. Raises Invalid (``passphrase_weak``)."""
    check_passphrase(passphrase)
    files = {
        path.relative_to(folder).as_posix(): base64.b64encode(path.read_bytes()).decode()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.is_symlink()
    }
    salt, nonce = secrets.token_bytes(16), secrets.token_bytes(12)
    box = AESGCM(_key(passphrase, salt)).encrypt(nonce, json.dumps(files).encode(), _KIND.encode())
    told = {"salt": salt, "nonce": nonce, "box": box}
    return json.dumps(
        {"kind": _KIND, **{name: base64.b64encode(data).decode() for name, data in told.items()}}
    ).encode()


def open_keys(sealed: bytes, passphrase: str) -> dict[str, bytes]:
    """Decrypt what ``seal_keys`` made: path → bytes. Raises Invalid (``passphrase_wrong``)."""
    try:
        told = json.loads(sealed)
        salt, nonce, box = (base64.b64decode(told[name]) for name in ("salt", "nonce", "box"))
        files = json.loads(AESGCM(_key(passphrase, salt)).decrypt(nonce, box, _KIND.encode()))
        return {path: base64.b64decode(text) for path, text in files.items()}
    except (InvalidTag, ValueError, KeyError, TypeError, AttributeError) as error:
        raise Invalid((), code="passphrase_wrong") from error


def place_keys(folder: Path, files: dict[str, bytes]) -> None:
    """Write the keys of an instance that has none, readable by their owner only; passing secrets there give way.

    Raises:
        Invalid: ``passphrase_wrong``, a name leads elsewhere.
    """
    for name in files:
        if PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts:
            raise Invalid((), code="passphrase_wrong")
    for name, data in files.items():
        target = folder / name
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        target.unlink(missing_ok=True)
        handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())


def _key(passphrase: str, salt: bytes) -> bytes:
    return Scrypt(salt=salt, length=32, n=COST, r=BLOCK_SIZE, p=PARALLEL).derive(passphrase.encode())


def public_name(algorithm: str) -> str:
    """Return the name under which a public key lies in a backup."""
    return f"public-{algorithm}.pem"
