from __future__ import annotations

import shutil
import subprocess
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given, settings
from hypothesis import strategies as st

from jingui.adapters.signing import sm2
from jingui.adapters.signing.ed25519 import Ed25519Signer
from jingui.adapters.signing.sm2 import Sm2Signer
from jingui.adapters.signing.verification import verify_signature
from jingui.domain.audit import checkpoint as notes
from jingui.domain.errors import PermanentFailure
from jingui.ports import Signer

SIGNERS: list[type[Ed25519Signer | Sm2Signer]] = [Ed25519Signer, Sm2Signer]
MESSAGE = "行政许可决定书".encode()
OPENSSL = shutil.which("openssl")
OPENSSL_OPTIONS = {"Ed25519": [], "SM2-SM3": ["-digest", "sm3", "-pkeyopt", "distid:1234567812345678"]}


@pytest.fixture(params=SIGNERS, ids=["ed25519", "sm2"])
def signer(request, tmp_path) -> Signer:
    made: Signer = request.param.create(tmp_path / "keys")
    return made


@pytest.fixture(params=SIGNERS, ids=["ed25519", "sm2"])
def signer_class(request):
    return request.param


def openssl(*arguments: object) -> subprocess.CompletedProcess[bytes]:
    assert OPENSSL is not None
    return subprocess.run([OPENSSL, *map(str, arguments)], capture_output=True, check=False, timeout=60)


def test_a_signature_verifies(signer):
    signature = signer.sign(MESSAGE)
    assert (signature.algorithm, signature.key_id) == (signer.algorithm, signer.key_id)
    assert signer.verify(MESSAGE, signature.value)


def test_a_signature_of_another_message_does_not_verify(signer):
    assert not signer.verify(MESSAGE + b"!", signer.sign(MESSAGE).value)


@pytest.mark.parametrize("value", [b"", b"x", b"0" * 64, bytes(72), b"\x30\x06\x02\x01\x00\x02\x01\x00"])
def test_what_is_no_signature_does_not_verify(signer, value):
    assert not signer.verify(MESSAGE, value)


def test_no_single_bit_of_a_signature_may_change(signer):
    value = signer.sign(MESSAGE).value
    for bit in range(len(value) * 8):
        changed = bytearray(value)
        changed[bit // 8] ^= 1 << bit % 8
        assert not signer.verify(MESSAGE, bytes(changed))


@given(value=st.binary(max_size=80))
@settings(max_examples=100, deadline=None)
def test_hostile_bytes_never_break_the_verifier(value, tmp_path_factory):
    key = sm2.Sm2Signer.create(tmp_path_factory.mktemp("keys"))
    assert not key.verify(MESSAGE, value)
    assert not key.verify(MESSAGE, key.sign(MESSAGE).value + value + b"\x00")


def test_a_signature_verifies_by_the_name_of_its_algorithm(signer):
    value = signer.sign(MESSAGE).value
    asked = {"public_key_pem": signer.public_key_pem, "message": MESSAGE, "value": value}
    assert verify_signature(algorithm=signer.algorithm, **asked)
    assert not verify_signature(algorithm="RSA", **asked)


@pytest.mark.parametrize("pem", ["", "nonsense", "-----BEGIN PUBLIC KEY-----\n!!\n-----END PUBLIC KEY-----\n", "公钥"])
def test_an_unreadable_key_signs_nothing(signer, pem):
    value = signer.sign(MESSAGE).value
    assert not verify_signature(algorithm=signer.algorithm, public_key_pem=pem, message=MESSAGE, value=value)


def test_the_key_of_the_other_algorithm_signs_nothing(tmp_path):
    one, other = Ed25519Signer.create(tmp_path), Sm2Signer.create(tmp_path)
    value = one.sign(MESSAGE).value
    pem = other.public_key_pem
    assert not verify_signature(algorithm=one.algorithm, public_key_pem=pem, message=MESSAGE, value=value)


def test_a_loaded_key_is_the_created_one(signer_class, tmp_path):
    created = signer_class.create(tmp_path)
    loaded = signer_class.load(tmp_path)
    assert loaded.key_id == created.key_id
    assert created.verify(MESSAGE, loaded.sign(MESSAGE).value)


def test_only_the_owner_may_read_the_key(signer_class, tmp_path):
    signer_class.create(tmp_path / "keys")
    assert (tmp_path / "keys").stat().st_mode & 0o777 == 0o700
    assert [path.stat().st_mode & 0o777 for path in (tmp_path / "keys").iterdir()] == [0o600]


def test_a_key_is_never_overwritten(signer_class, tmp_path):
    first = signer_class.create(tmp_path)
    with pytest.raises(PermanentFailure, match="signing_key_exists"):
        signer_class.create(tmp_path)
    assert signer_class.load(tmp_path).key_id == first.key_id


def test_a_key_that_others_may_read_is_not_used(signer_class, tmp_path):
    signer_class.create(tmp_path)
    next(tmp_path.iterdir()).chmod(0o640)
    with pytest.raises(PermanentFailure, match="signing_key_exposed"):
        signer_class.load(tmp_path)


def test_a_missing_key_is_said_to_be_missing(signer_class, tmp_path):
    with pytest.raises(PermanentFailure, match="signing_key_missing"):
        signer_class.load(tmp_path)


@pytest.mark.parametrize("pem", ["", "x", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"])
def test_a_damaged_key_is_refused(signer_class, pem):
    with pytest.raises(PermanentFailure, match="signing_key_unreadable"):
        signer_class.from_pem(pem)


def test_an_sm2_key_whose_halves_do_not_belong_together_is_refused(tmp_path):
    for name in ("a", "b"):
        Sm2Signer.create(tmp_path / name)
    one, other = (sm2._from_pem("PRIVATE KEY", (tmp_path / n / sm2.KEY_FILE).read_text()) for n in ("a", "b"))
    with pytest.raises(PermanentFailure, match="signing_key_unreadable"):
        Sm2Signer.from_pem(sm2._to_pem("PRIVATE KEY", one[:-64] + other[-64:]))


def test_an_ed25519_key_of_known_bytes_gives_the_signature_of_rfc_8032(tmp_path):
    seed = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
    pem = Ed25519PrivateKey.from_private_bytes(seed).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    assert Ed25519Signer.from_pem(pem.decode()).sign(b"").value.hex().startswith("e5564300c360ac729086e2cc806e828a")


def test_the_key_id_is_the_beginning_of_the_digest_of_the_public_key(signer):
    der = sm2._from_pem("PUBLIC KEY", signer.public_key_pem)
    assert signer.key_id == sha256(der).hexdigest()[:8]


@pytest.mark.skipif(OPENSSL is None, reason="no openssl command")
def test_openssl_reads_the_public_key(signer, tmp_path):
    (tmp_path / "key.pem").write_text(signer.public_key_pem)
    result = openssl("pkey", "-pubin", "-in", tmp_path / "key.pem", "-pubout")
    assert result.returncode == 0
    assert result.stdout.decode() == signer.public_key_pem


@pytest.mark.skipif(OPENSSL is None, reason="no openssl command")
@pytest.mark.parametrize(("message", "status"), [(MESSAGE, 0), (b"another", 1)])
def test_openssl_verifies_as_we_do(signer, tmp_path, message, status):
    (tmp_path / "key.pem").write_text(signer.public_key_pem)
    (tmp_path / "message").write_bytes(message)
    (tmp_path / "signature").write_bytes(signer.sign(MESSAGE).value)
    command = ["pkeyutl", "-verify", "-pubin", "-inkey", tmp_path / "key.pem", "-rawin", "-in", tmp_path / "message"]
    options = OPENSSL_OPTIONS[signer.algorithm]
    assert openssl(*command, "-sigfile", tmp_path / "signature", *options).returncode == status


@pytest.mark.skipif(OPENSSL is None, reason="no openssl command")
def test_openssl_signs_with_our_private_key_and_we_verify(signer, tmp_path):
    (tmp_path / "message").write_bytes(MESSAGE)
    key = next((tmp_path / "keys").iterdir())
    command = ["pkeyutl", "-sign", "-inkey", key, "-rawin", "-in", tmp_path / "message"]
    result = openssl(*command, "-out", tmp_path / "signature", *OPENSSL_OPTIONS[signer.algorithm])
    assert result.returncode == 0, result.stderr
    assert signer.verify(MESSAGE, (tmp_path / "signature").read_bytes())


def test_a_checkpoint_signed_by_both_keys_is_sound(tmp_path):
    signers = {signer.algorithm: signer for signer in (cls.create(tmp_path) for cls in SIGNERS)}
    head = notes.Checkpoint("archive.example/journal", 7, bytes(32))
    keys = [
        notes.note_key(name=head.origin, algorithm=name, public_key_pem=signer.public_key_pem)
        for name, signer in signers.items()
    ]
    lines = [notes.signature_line(key, signers[key.algorithm].sign(head.text.encode()).value) for key in keys]
    note = notes.parse_note(notes.signed_note(head.text, lines))

    def verify(key: notes.NoteKey, message: bytes, value: bytes) -> bool:
        return signers[key.algorithm].verify(message, value)

    check = notes.check_note(note, keys=keys, verify=verify)
    assert check.is_sound
    assert len(check.verified) == 2
