"""Proofs from the journal that somebody can check without us: an event, its place, its path to a signed root."""

from __future__ import annotations

from typing import Any

from jingui.domain.audit import merkle, tiles


def inclusion(event: Any, checkpoint: Any, *, read_tile: tiles.TileReader) -> dict[str, Any] | None:  # noqa: ANN401
    """Return the proof that an event stands in the log of a checkpoint; nothing while it is not sealed.

    Raises:
        PermanentFailure: a tile of the log is missing or damaged.
    """
    if checkpoint is None or event.leaf_index is None or event.leaf_index >= checkpoint.size:
        return None
    path = tiles.inclusion_proof(event.leaf_index, checkpoint.size, read_tile=read_tile)
    return {
        "format": "jingui-inclusion-proof/1",
        "method": "RFC 6962: leaf = SHA-256(0x00 || payload), node = SHA-256(0x01 || left || right)",
        "payload": event.payload,
        "leaf_hash": merkle.leaf_hash(event.payload.encode()).hex(),
        "leaf_index": event.leaf_index,
        "tree_size": checkpoint.size,
        "inclusion_path": [step.hex() for step in path],
        "root_hash": checkpoint.root,
        "checkpoint": checkpoint.note,
    }


def is_proved(proof: dict[str, Any]) -> bool:
    """Check a proof as a stranger would."""
    return merkle.verify_inclusion(
        leaf=merkle.leaf_hash(proof["payload"].encode()),
        index=proof["leaf_index"],
        size=proof["tree_size"],
        proof=[bytes.fromhex(step) for step in proof["inclusion_path"]],
        root=bytes.fromhex(proof["root_hash"]),
    )
