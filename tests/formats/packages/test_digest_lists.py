from __future__ import annotations

import hashlib
import shutil
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jingui.formats.packages.digest_lists import ListMalformedError, read_list, write_list

HEX = "0" * 64
paths = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1)


@given(st.dictionaries(paths, st.just(HEX)))
def test_any_path_is_read_back_as_written(digests):
    assert read_list(write_list(digests.items())) == digests


@pytest.mark.parametrize(
    "data",
    [
        b"\xff",
        b"x",
        f"{HEX}  a".encode(),
        f"{HEX} a\n".encode(),
        f"{HEX}  a\n{HEX}  a\n".encode(),
        b"\n",
        f"{HEX[1:]}  a\n".encode(),
        f"{HEX.replace('0', 'A')}  a\n".encode(),
    ],
)
def test_what_is_no_list_is_refused(data):
    with pytest.raises(ListMalformedError):
        read_list(data)


@pytest.mark.skipif(shutil.which("sha256sum") is None, reason="no sha256sum command")
@pytest.mark.parametrize("name", ["甲 乙.pdf", "a\\b", "line\nbreak", "\\n", "  x"])
def test_sha256sum_agrees_about_odd_names(tmp_path, name):
    (tmp_path / name).write_bytes(b"content")
    (tmp_path / "list").write_bytes(write_list([(name, hashlib.sha256(b"content").hexdigest())]))
    result = subprocess.run(["sha256sum", "--strict", "-c", "list"], cwd=tmp_path, capture_output=True, check=False)
    assert result.returncode == 0, result.stderr
