from __future__ import annotations

import pytest

from jingui.adapters.signing.ed25519 import Ed25519Signer
from jingui.adapters.signing.sm2 import Sm2Signer


@pytest.fixture(scope="session")
def signers(tmp_path_factory):
    folder = tmp_path_factory.mktemp("keys")
    return [Ed25519Signer.create(folder), Sm2Signer.create(folder)]
