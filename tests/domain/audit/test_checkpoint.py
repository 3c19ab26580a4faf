from __future__ import annotations

import contextlib
import hashlib

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from jingui.domain.audit import checkpoint as notes
from jingui.domain.errors import Invalid

ROOT = hashlib.sha256(b"root").digest()
PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PEM = PRIVATE.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
KEY = notes.note_key(name="archive.example/journal", algorithm=notes.ED25519, public_key_pem=PEM)
HEAD = notes.Checkpoint("archive.example/journal", 300, ROOT, ("time 2026-01-01T00:00:00Z",))


def verify(key: notes.NoteKey, message: bytes, value: bytes) -> bool:
    return key == KEY and value == PRIVATE.sign(message)


def signed(head: notes.Checkpoint = HEAD) -> str:
    return notes.signed_note(head.text, [notes.signature_line(KEY, PRIVATE.sign(head.text.encode()))])


def test_the_text_is_origin_size_root_and_extensions():
    assert HEAD.text.split("\n") == [
        "archive.example/journal",
        "300",
        "SBNJTRN+FjG7owHVrKtue7eqdM4RhdRWVl71HXN2d7I=",
        "time 2026-01-01T00:00:00Z",
        "",
    ]


def test_a_checkpoint_is_read_back_as_it_was_written():
    assert notes.parse_checkpoint(HEAD.text) == HEAD


def test_the_published_example_key_has_the_published_hash():
    # Key and hash of the signature line in the C2SP/Go "sumdb" documentation of the Go checksum database.
    public = notes._decode("Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8")[1:]
    key = notes.NoteKey("sum.golang.org", notes.ED25519, public)
    assert key.key_hash.hex() == "033de0ae"


def test_a_note_signed_by_a_known_key_is_sound():
    check = notes.check_note(notes.parse_note(signed()), keys=[KEY], verify=verify)
    assert check.is_sound
    assert check.verified == (KEY,)


def test_a_note_with_another_size_is_not_sound():
    note = notes.parse_note(signed().replace("\n300\n", "\n301\n"))
    assert notes.check_note(note, keys=[KEY], verify=verify).failed == (KEY,)


def test_a_note_of_unknown_keys_is_not_sound():
    check = notes.check_note(notes.parse_note(signed()), keys=[], verify=verify)
    assert not check.is_sound
    assert len(check.unknown) == 1


def test_the_line_of_another_algorithm_has_another_key_hash():
    public = bytes(64)
    assert notes.NoteKey("a", notes.SM2, public).key_hash != notes.NoteKey("a", notes.ED25519, public).key_hash


@pytest.mark.parametrize(
    "text",
    [
        "",
        "origin\n1\n",
        HEAD.text[:-1],
        HEAD.text.replace("300", "0300"),
        HEAD.text.replace("300", "-1"),
        HEAD.text.replace("300", "٣"),
        HEAD.text.replace("=", ""),
        HEAD.text.replace("\ntime", "\n\ntime"),
        HEAD.text.replace("archive", "arch\rive"),
        HEAD.text.replace("300", "9" * 30),
    ],
)
def test_a_malformed_checkpoint_is_refused(text):
    with pytest.raises(Invalid):
        notes.parse_checkpoint(text)


@pytest.mark.parametrize(
    "note",
    [
        "",
        HEAD.text,
        HEAD.text + "\n",
        signed()[:-1],
        signed().replace("— ", "- "),
        signed() + "— x AAAA\n" * 40,
        signed() + "— x !!!!\n",
        signed() + "— x AAAAAA==\n",
    ],
)
def test_a_malformed_note_is_refused(note):
    with pytest.raises(Invalid):
        notes.parse_note(note)


@pytest.mark.parametrize(("name", "pem"), [("a b", PEM), ("a+b", PEM), ("", PEM), ("a", "hello"), ("a", "AAAA")])
def test_a_bad_key_is_refused(name, pem):
    with pytest.raises(Invalid):
        notes.note_key(name=name, algorithm=notes.ED25519, public_key_pem=pem)


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused_and_never_anything_else(text):
    with contextlib.suppress(Invalid):
        assert notes.parse_checkpoint(text).text == text


def test_the_same_checkpoint_gives_the_same_note():
    assert signed() == signed()
