from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ocfl.layout_0003_hash_and_id_n_tuple import Layout_0003_Hash_And_Id_N_Tuple

from jingui.formats.ocfl.layout import LAYOUT_NAME, config_bytes, layout_bytes, object_id_of, object_path

identifiers = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=120)


@settings(deadline=None)  # the independent reader takes its time at first
@given(identifiers)
def test_an_object_lies_where_an_independent_reader_looks_for_it(object_id: str) -> None:
    assert object_path(object_id) == Layout_0003_Hash_And_Id_N_Tuple().identifier_to_path(object_id)


@given(identifiers)
def test_a_path_tells_its_identifier_or_admits_that_it_cannot(object_id: str) -> None:
    path = object_path(object_id)
    is_short = len(path.rpartition("/")[2]) <= 100
    assert object_id_of(path) == (object_id if is_short else "")


def test_the_path_of_the_extensions_own_example() -> None:
    assert object_path("object-01") == "3c0/ff4/240/object-01"
    assert object_path("..hor/rib:le-$id") == "487/326/d8c/%2e%2ehor%2frib%3ale-%24id"


@pytest.mark.parametrize("path", ["abc/def/012/urn%3ax%3a1", "x", "", "a/b/c/%ff%fe"])
def test_a_path_that_no_identifier_leads_to_tells_none(path: str) -> None:
    assert object_id_of(path) == ""


def test_the_layout_files_name_the_extension_and_its_values() -> None:
    assert json.loads(layout_bytes())["extension"] == LAYOUT_NAME
    assert json.loads(config_bytes()) == {
        "extensionName": LAYOUT_NAME,
        "digestAlgorithm": "sha256",
        "tupleSize": 3,
        "numberOfTuples": 3,
    }
