"""The keys of an instance and those that a backup needs or holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from jingui.adapters.backups.public_keys import PublicKey
from jingui.adapters.backups.sealed_keys import open_keys, place_keys, public_name, seal_keys
from jingui.adapters.signing import ed25519, sm2
from jingui.domain.errors import Conflict, NotFound
from jingui.ports import BackupReader, Signer

SEALED = "private.sealed"
ALGORITHMS = (ed25519.ALGORITHM, sm2.ALGORITHM)


def keys_for_backup(folder: Path, signers: Iterable[Signer], *, passphrase: str | None) -> dict[str, bytes]:
    """Return the files of keys for a backup: public ones, and private ones under a passphrase if there is one.

    Raises:
        Invalid: ``passphrase_weak``.
    """
    files = {public_name(signer.algorithm): signer.public_key_pem.encode() for signer in signers}
    return files if passphrase is None else {**files, SEALED: seal_keys(folder, passphrase)}


def signers_of(backup: BackupReader) -> tuple[PublicKey, ...]:
    """Return the public keys in a backup, as what verifies its journal."""
    return tuple(_public_keys(backup))


def _public_keys(backup: BackupReader) -> Iterator[PublicKey]:
    for algorithm in ALGORITHMS:
        path = f"keys/{public_name(algorithm)}"
        if path in backup.manifest["files"]:
            yield PublicKey(algorithm, b"".join(backup.read(path)).decode("ascii", "replace"))


def bring_keys(backup: BackupReader, folder: Path, *, passphrase: str) -> None:
    """Make sure that the keys of an instance are those of a backup, taking them from it if there are none.

    Raises:
        Conflict: ``restore_keys_missing``, neither here nor in the backup; ``restore_keys_differ``.
        Invalid: ``passphrase_wrong``.
        PermanentFailure: the keys here cannot be read.
    """
    if not (folder / ed25519.KEY_FILE).exists():
        if f"keys/{SEALED}" not in backup.manifest["files"] or not passphrase:
            raise NotFound("restore_keys_missing", folder=str(folder))
        place_keys(folder, open_keys(b"".join(backup.read(f"keys/{SEALED}")), passphrase))
    ours = {signer.public_key_pem for signer in (ed25519.Ed25519Signer.load(folder), sm2.Sm2Signer.load(folder))}
    if {key.public_key_pem for key in signers_of(backup)} != ours:
        raise Conflict("restore_keys_differ", folder=str(folder))
