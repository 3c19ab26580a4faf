from __future__ import annotations

import base64
import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jingui.domain.audit import merkle

CORPUS = Path(os.environ.get("JINGUI_CORPORA") or Path(__file__).parents[4] / "shared") / "data" / "merkle"


def plain_root(leaves: list[bytes]) -> bytes:
    """The recursive definition of RFC 6962 §2.1, written apart from the product."""
    if not leaves:
        return merkle.EMPTY_ROOT
    if len(leaves) == 1:
        return leaves[0]
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    return merkle.node_hash(plain_root(leaves[:half]), plain_root(leaves[half:]))


def leaves_of(count: int) -> list[bytes]:
    return [merkle.leaf_hash(str(number).encode()) for number in range(count)]


def reader_of(leaves: list[bytes]) -> merkle.NodeReader:
    def hash_at(level: int, index: int) -> bytes:
        part = leaves[index << level : (index + 1) << level]
        assert len(part) == 1 << level
        return plain_root(part)

    return hash_at


def flipped(data: bytes, bit: int) -> bytes:
    bit %= len(data) * 8
    return data[: bit // 8] + bytes([data[bit // 8] ^ (1 << bit % 8)]) + data[bit // 8 + 1 :]


def decoded(text: str | None) -> bytes:
    return base64.b64decode(text or "")


def corpus_cases() -> list[object]:
    folder = CORPUS if CORPUS.is_dir() else None
    names = json.loads((folder / "expectations.json").read_text())["files"] if folder else []
    return [pytest.param(entry["file"], entry["want_err"], id=entry["file"]) for entry in names]


def corpus_verdict(kind: str, case: dict[str, Any]) -> bool:
    proof = [decoded(step) for step in case["proof"] or []]
    root = decoded(case.get("root", case.get("root2")))
    if kind == "inclusion":
        return merkle.verify_inclusion(
            leaf=decoded(case["leafHash"]), index=case["leafIdx"], size=case["treeSize"], proof=proof, root=root
        )
    if kind == "consistency":
        old_root = decoded(case["root1"])
        return merkle.verify_consistency(
            old=case["size1"], new=case["size2"], old_root=old_root, new_root=root, proof=proof
        )
    if kind == "subtreeinclusion":
        start, end = case["start"], case["end"]
        return (
            start < end
            and merkle.is_subtree(start, end, end)
            and merkle.verify_inclusion(
                leaf=decoded(case["leafHash"]), index=case["leafIdx"] - start, size=end - start, proof=proof, root=root
            )
        )
    span = (case["start"], case["end"])
    return merkle.verify_subtree(span=span, size=case["size"], node=decoded(case["root1"]), proof=proof, root=root)


@pytest.mark.corpora
@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpora are not here")
def test_the_corpus_is_complete():
    assert len(corpus_cases()) > 150


@pytest.mark.corpora
@pytest.mark.parametrize(("name", "want_error"), corpus_cases())
def test_each_published_proof_is_judged_as_its_authors_do(name, want_error):
    case = json.loads((CORPUS / name).read_text())
    assert corpus_verdict(name.split("/")[0], case) is not want_error


def test_the_empty_tree_has_the_digest_of_nothing_as_its_root():
    assert merkle.root_of([]).hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@pytest.mark.parametrize("count", range(40))
def test_the_frontier_gives_the_root_of_the_recursive_definition(count):
    assert merkle.root_of(leaves_of(count)) == plain_root(leaves_of(count))


def test_a_frontier_is_as_small_as_the_number_of_bits_set():
    frontier = merkle.Frontier().extend(leaves_of(0b1011))
    assert len(frontier.hashes) == 3
    assert frontier.append(merkle.leaf_hash(b"x")).size == 0b1100


@pytest.mark.parametrize("size", range(1, 34))
def test_every_leaf_of_every_small_tree_can_be_proved(size):
    leaves = leaves_of(size)
    root, hash_at = plain_root(leaves), reader_of(leaves)
    for index, leaf in enumerate(leaves):
        proof = merkle.inclusion_proof(index, size, hash_at=hash_at)
        assert merkle.verify_inclusion(leaf=leaf, index=index, size=size, proof=proof, root=root)
        others = [i for i in range(-1, size + 2) if i != index]
        assert not any(merkle.verify_inclusion(leaf=leaf, index=i, size=size, proof=proof, root=root) for i in others)


@pytest.mark.parametrize("new", range(34))
def test_every_smaller_tree_is_proved_to_be_the_beginning(new):
    leaves = leaves_of(new)
    root = plain_root(leaves)
    for old in range(new + 1):
        proof = merkle.consistency_proof(old, new, hash_at=reader_of(leaves))
        old_root = plain_root(leaves[:old])
        assert merkle.verify_consistency(old=old, new=new, old_root=old_root, new_root=root, proof=proof)
        assert not merkle.verify_consistency(
            old=old, new=new, old_root=flipped(old_root, 3), new_root=root, proof=proof
        )


@pytest.mark.parametrize("size", range(1, 20))
def test_every_subtree_is_proved_to_be_a_part(size):
    leaves = leaves_of(size)
    for start in range(size):
        for end in (end for end in range(start + 1, size + 1) if merkle.is_subtree(start, end, size)):
            proof = merkle.subtree_proof(start, end, size, hash_at=reader_of(leaves))
            node, root = plain_root(leaves[start:end]), plain_root(leaves)
            assert merkle.verify_subtree(span=(start, end), size=size, node=node, proof=proof, root=root)


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_a_proof_fails_as_soon_as_one_bit_of_it_changes(data):
    size = data.draw(st.integers(2, 300))
    index = data.draw(st.integers(0, size - 1))
    leaves = leaves_of(size)
    root, proof = plain_root(leaves), list(merkle.inclusion_proof(index, size, hash_at=reader_of(leaves)))
    at, bit = data.draw(st.integers(0, len(proof) - 1)), data.draw(st.integers(0, 255))
    proof[at] = flipped(proof[at], bit)
    assert not merkle.verify_inclusion(leaf=leaves[index], index=index, size=size, proof=proof, root=root)


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_a_rewritten_past_cannot_be_proved_consistent(data):
    new = data.draw(st.integers(2, 200))
    old = data.draw(st.integers(1, new))
    leaves = leaves_of(new)
    old_root = plain_root(leaves[:old])
    victim = data.draw(st.integers(0, old - 1))
    leaves[victim] = flipped(leaves[victim], data.draw(st.integers(0, 255)))
    proof = merkle.consistency_proof(old, new, hash_at=reader_of(leaves))
    assert not merkle.verify_consistency(old=old, new=new, old_root=old_root, new_root=plain_root(leaves), proof=proof)


@pytest.mark.parametrize("change", [lambda p: p[:-1], lambda p: [*p, p[0]], lambda p: p[::-1], lambda p: p[1:]])
def test_a_proof_of_the_wrong_length_or_order_fails(change):
    leaves = leaves_of(13)
    proof = change(list(merkle.inclusion_proof(5, 13, hash_at=reader_of(leaves))))
    assert not merkle.verify_inclusion(leaf=leaves[5], index=5, size=13, proof=proof, root=plain_root(leaves))


@pytest.mark.parametrize("place", [(3, 3), (-1, 4), (5, 4)])
def test_a_leaf_that_is_not_there_has_no_proof(place):
    with pytest.raises(ValueError, match="no subtree"):
        merkle.inclusion_proof(*place, hash_at=reader_of(leaves_of(4)))
