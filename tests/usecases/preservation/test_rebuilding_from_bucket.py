"""The store and the database of records made anew from a bucket, and again when more stands in it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.personas import Office, new_number
from tests.usecases.preservation.spare import all_rows, begin_anew, rebuild_all
from tests.usecases.preservation.test_rebuilding import two_versions
from tests.usecases.preservation.vault import Bucket, add_bucket, copy_all, files_below, vaults_of

from jingui.bootstrap import backups
from jingui.db.models import Case, ObjectCopy
from jingui.domain.errors import NotFound, PermanentFailure, TransientFailure


@pytest.fixture
def secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JINGUI_CREDENTIAL_s3_tests", "secret")


def lose_everything(office: Office, bucket: Bucket, aside: Path) -> None:
    """Lose store and rows; what is left is the bucket, which is registered again."""
    begin_anew(office)
    for folder in (office.home / "store").glob("[0-9a-f][0-9a-f][0-9a-f]"):
        aside.mkdir(exist_ok=True)
        folder.rename(aside / folder.name)
    add_bucket("offsite", bucket)


@pytest.mark.usefixtures("secret")
def test_everything_comes_back_from_a_bucket_and_what_is_new_in_it_is_picked_up(
    office: Office, bucket: Callable[[], Bucket], tmp_path: Path
) -> None:
    place = bucket()
    two_versions(office)
    add_bucket("offsite", place)
    copy_all(vaults_of(office))
    early = place.keys()
    office.integrator.whole_case(new_number())
    office.work()
    copy_all(vaults_of(office))
    whole, store = place.keys(), files_below(office.home / "store")
    later = {key: data for key, data in whole.items() if key not in early}
    for key in later:
        place.client.delete_object(Bucket=place.name, Key=key)
    lose_everything(office, place, tmp_path / "aside")

    assert backups.fetch_objects(office.services, "offsite") == (2, [])
    assert rebuild_all(office).is_whole
    assert [case.version for case in Case.objects.all()] == [2]

    rows = all_rows()
    assert backups.fetch_objects(office.services, "offsite") == (0, [])
    assert rebuild_all(office).packages == 0
    assert all_rows() == rows

    for key, data in later.items():
        place.client.put_object(Bucket=place.name, Key=key, Body=data)
    assert backups.fetch_objects(office.services, "offsite") == (1, [])
    done = rebuild_all(office)
    assert (done.cases, done.packages, done.is_whole) == (1, 1, True)
    assert files_below(office.home / "store") == store
    assert office.findings() == []
    # The bucket counts as a copy again, and nothing in it was written anew.
    copy_all(vaults_of(office))
    assert ObjectCopy.objects.filter(root__name="offsite").count() == 3
    assert place.keys() == whole


@pytest.mark.usefixtures("secret")
def test_a_damaged_object_in_a_bucket_is_named_and_the_others_are_brought(
    office: Office, bucket: Callable[[], Bucket], tmp_path: Path
) -> None:
    place = bucket()
    for _ in range(2):
        office.integrator.whole_case(new_number())
    office.work()
    add_bucket("offsite", place)
    copy_all(vaults_of(office))
    victim = next(key for key in sorted(place.keys()) if key.endswith("许可证.pdf"))
    place.client.put_object(Bucket=place.name, Key=victim, Body=b"x")
    lose_everything(office, place, tmp_path / "aside")
    fetched, ((name, detail),) = backups.fetch_objects(office.services, "offsite")
    assert fetched == 1
    assert name in victim
    assert "bytes_differ" in detail
    assert rebuild_all(office).cases == 1


def test_a_bucket_that_cannot_be_read_is_refused_in_a_word(
    office: Office, bucket: Callable[[], Bucket], monkeypatch: pytest.MonkeyPatch
) -> None:
    place = bucket()
    root = add_bucket("offsite", place)
    with pytest.raises(PermanentFailure, match="secret_missing"):
        backups.fetch_objects(office.services, "offsite")
    monkeypatch.setenv("JINGUI_CREDENTIAL_s3_tests", "secret")
    for change, failure, code in (
        ({"prefix": "nothing/here"}, NotFound, "rebuild_source_unlisted"),
        ({"bucket": "there-is-none"}, TransientFailure, "storage_away"),
        ({"endpoint": "http://127.0.0.1:1"}, TransientFailure, "storage_away"),
    ):
        type(root).objects.update(configuration={**place.configuration, **change})
        with pytest.raises(failure, match=code):
            backups.fetch_objects(office.services, "offsite")
