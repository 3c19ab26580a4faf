"""The Merkle tree of RFC 6962 §2.1 and RFC 9162 §2.1, with SHA-256.

A node is named by ``(level, index)``: the root of the complete subtree over the leaves
``[index << level, (index + 1) << level)``; leaves are level 0. Proofs are made through a reader of such
nodes and verified by pure functions. One algorithm serves inclusion and consistency, because both say that
the subtree over the leaves ``[start, end)`` is a part of a larger tree.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256

HASH_BYTES = 32
EMPTY_ROOT = sha256(b"").digest()

NodeReader = Callable[[int, int], bytes]
"""Gives the hash of the complete subtree at (level, index)."""


def leaf_hash(data: bytes) -> bytes:
    """Digest a leaf with its domain prefix, RFC 6962 §2.1."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Digest an interior node with its domain prefix, RFC 6962 §2.1."""
    return sha256(b"\x01" + left + right).digest()


@dataclass(frozen=True, slots=True)
class Frontier:
    """The right edge of a tree: one hash per set bit of ``size``, the largest subtree first.

    All that is needed to append, 32 bytes per bit of the size.
    """

    size: int = 0
    hashes: tuple[bytes, ...] = ()

    def append(self, leaf: bytes) -> Frontier:
        """Return the frontier with one more leaf hash."""
        return self.extend((leaf,))

    def extend(self, leaves: Iterable[bytes]) -> Frontier:
        """Return the frontier with more leaf hashes, in order."""
        size, hashes = self.size, list(self.hashes)
        for leaf in leaves:
            merged, full = leaf, size
            while full & 1:
                merged = node_hash(hashes.pop(), merged)
                full >>= 1
            hashes.append(merged)
            size += 1
        return Frontier(size, tuple(hashes))

    def root(self) -> bytes:
        """Return the root of the tree, ``EMPTY_ROOT`` for no leaves."""
        return _join_right_edge(self.hashes)


def root_of(leaves: Iterable[bytes]) -> bytes:
    """Return the root over leaf hashes; memory grows with the logarithm of their number."""
    return Frontier().extend(leaves).root()


def complete_parts(start: int, end: int) -> tuple[tuple[int, int], ...]:
    """Cut the leaves ``[start, end)`` into the fewest complete subtrees ``(level, index)``, left to right.

    ``start`` must be a multiple of the largest power of two not above ``end - start``.
    """
    parts = []
    while start < end:
        level = (end - start).bit_length() - 1
        parts.append((level, start >> level))
        start += 1 << level
    return tuple(parts)


def subtree_root(start: int, end: int, *, hash_at: NodeReader) -> bytes:
    """Return the root of the subtree over the leaves ``[start, end)``."""
    return _join_right_edge([hash_at(level, index) for level, index in complete_parts(start, end)])


def is_subtree(start: int, end: int, size: int) -> bool:
    """Say whether ``[start, end)`` is a subtree that a tree of ``size`` leaves can have."""
    if not 0 <= start <= end <= size:
        return False
    return start == end or start % (1 << (end - start - 1).bit_length()) == 0


def inclusion_proof(index: int, size: int, *, hash_at: NodeReader) -> tuple[bytes, ...]:
    """Prove that the leaf at ``index`` is in the tree of ``size`` leaves, RFC 9162 §2.1.3.1.

    Raises:
        ValueError: there is no such leaf.
    """
    return subtree_proof(index, index + 1, size, hash_at=hash_at)


def consistency_proof(old: int, new: int, *, hash_at: NodeReader) -> tuple[bytes, ...]:
    """Prove that the tree of ``new`` leaves begins with that of ``old`` leaves, RFC 9162 §2.1.4.1.

    The proof for ``old`` = 0 is empty.

    Raises:
        ValueError: the sizes are not in order.
    """
    return subtree_proof(0, old, new, hash_at=hash_at)


def subtree_proof(start: int, end: int, size: int, *, hash_at: NodeReader) -> tuple[bytes, ...]:
    """Prove that the subtree ``[start, end)`` is part of the tree of ``size`` leaves.

    Raises:
        ValueError: the tree has no such subtree.
    """
    if not is_subtree(start, end, size):
        raise ValueError(f"no subtree [{start}, {end}) in a tree of {size}")
    if start == end:
        return ()
    return tuple(subtree_root(a, b, hash_at=hash_at) for a, b in _proof_ranges(start, end, size))


def _proof_ranges(start: int, end: int, size: int) -> list[tuple[int, int]]:
    low, high, is_whole = 0, size, True
    ranges = []
    while (low, high) != (start, end):
        middle = low + _split(high - low)
        if end <= middle:
            ranges.append((middle, high))
            high = middle
        else:
            ranges.append((low, middle))
            # A subtree across the middle starts at ``low``: its left half is complete and proved as it is.
            is_whole = is_whole and start >= middle
            start, low = max(start, middle), middle
    if not is_whole:
        ranges.append((low, high))
    return ranges[::-1]


def verify_inclusion(*, leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Say whether the proof shows this leaf hash at ``index`` under ``root``, RFC 9162 §2.1.3.2."""
    return len(leaf) == HASH_BYTES and verify_subtree(
        span=(index, index + 1), size=size, node=leaf, proof=proof, root=root
    )


def verify_consistency(*, old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """Say whether the proof shows that the new tree begins with the old one, RFC 9162 §2.1.4.2."""
    return verify_subtree(span=(0, old), size=new, node=old_root, proof=proof, root=new_root)


def verify_subtree(*, span: tuple[int, int], size: int, node: bytes, proof: Sequence[bytes], root: bytes) -> bool:
    """Say whether the proof shows ``node`` as the root over the leaves ``[start, end)`` of the tree."""
    start, end = span
    if not is_subtree(start, end, size) or any(len(step) != HASH_BYTES for step in proof):
        return False
    if start == end:
        return node == EMPTY_ROOT and not proof
    first, last, top = _climb_to_node(start, end - 1, size - 1)
    steps = list(proof)
    if first != last:
        if not steps:
            return False
        seed = steps.pop(0)
    else:
        seed = node
    return _fold((first, last, top), seed, steps) == (node, root)


def _climb_to_node(first: int, last: int, top: int) -> tuple[int, int, int]:
    """Rise to the largest complete subtree at the right end of the span."""
    while first != last and (last == top or last & 1):
        first, last, top = first >> 1, last >> 1, top >> 1
    return first, last, top


def _fold(place: tuple[int, int, int], seed: bytes, steps: Sequence[bytes]) -> tuple[bytes, bytes] | None:
    first, last, top = place
    node = root = seed
    for step in steps:
        if top == 0:
            return None
        if last & 1 or last == top:
            if first < last:
                node = node_hash(step, node)
            root = node_hash(step, root)
            while not last & 1:
                first, last, top = first >> 1, last >> 1, top >> 1
        else:
            root = node_hash(root, step)
        first, last, top = first >> 1, last >> 1, top >> 1
    return (node, root) if top == 0 else None


def _split(count: int) -> int:
    """Return the largest power of two below ``count``."""
    return 1 << (count - 1).bit_length() - 1


def _join_right_edge(hashes: Sequence[bytes]) -> bytes:
    if not hashes:
        return EMPTY_ROOT
    root = hashes[-1]
    for left in reversed(hashes[:-1]):
        root = node_hash(left, root)
    return root
