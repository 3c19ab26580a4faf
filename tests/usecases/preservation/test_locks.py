"""Object lock: what is written with a time of retention cannot be deleted, the server says no, and the product tells so."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError
from botocore.utils import percent_encode
from tests.builders import now
from tests.personas import Office, new_number
from tests.usecases.preservation.vault import QUIET, Bucket, add_bucket, audit_all, copy_all, files_below, vaults_of

from jingui.adapters.stores.s3_wire import Account, Request, signed_headers
from jingui.db.models import CopyFinding, StorageRoot
from jingui.domain.errors import Invalid, PermanentFailure
from jingui.domain.preservation.roots import CycleKind, RootKind
from jingui.interfaces.cli.main import main
from jingui.usecases.preservation.cycles import start_cycle
from jingui.usecases.preservation.guarding import check_root
from jingui.usecases.preservation.roots import RootChoices, add_root, primary_root

HOUR = timedelta(hours=7)
KEPT = {"lock_mode": "compliance", "lock_days": 3650}
LOCKED = {"ObjectLockEnabledForBucket": True}


def archived(office: Office) -> dict[str, bytes]:
    primary_root(actor="tests", now=now())
    office.integrator.whole_case(new_number())
    office.work()
    return files_below(office.home / "store")


def versions(bucket: Bucket) -> list[tuple[str, str]]:
    listed = bucket.client.list_object_versions(Bucket=bucket.name)["Versions"]
    return [(each["Key"], each["VersionId"]) for each in listed]


def refused(bucket: Bucket, key: str, version: str) -> bool:
    """Try to delete a version as whoever has the key would."""
    try:
        bucket.client.delete_object(Bucket=bucket.name, Key=key, VersionId=version)
    except ClientError as error:
        return str(error.response["Error"]["Code"]) == "AccessDenied"
    return False


@pytest.mark.parametrize(
    ("path", "query", "headers"),
    [
        ("", "object-lock", {}),
        ("保存/a b+c/x~y.pdf", "", {"If-None-Match": "*", "x-amz-object-lock-mode": "COMPLIANCE"}),
        ("keep/%e5/inventory.json", "retention", {}),
    ],
)
def test_requests_are_signed_as_the_servers_own_client_signs_them(
    path: str, query: str, headers: dict[str, str]
) -> None:
    at = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
    account = Account("https://s3.example.test:9000", "档案", "cn-north-1", "key", "secret", at.timestamp)
    ours = signed_headers(account, Request("PUT", path, query, headers))
    place = percent_encode(f"档案/{path}" if path else "档案", safe="/-._~")
    address = f"{account.endpoint}/{place}?{query}" if query else f"{account.endpoint}/{place}"
    theirs = AWSRequest("PUT", address, headers={k: v for k, v in ours.items() if k not in {"authorization", "host"}})
    theirs.context["timestamp"] = "20260304T050607Z"
    signer = S3SigV4Auth(Credentials("key", "secret"), "s3", "cn-north-1")
    text = signer.string_to_sign(theirs, signer.canonical_request(theirs))
    assert ours["authorization"].endswith(f"Signature={signer.signature(text, theirs)}")


def test_what_is_written_with_a_time_is_kept_by_the_server_and_the_product_says_so(
    office: Office, bucket: Callable[..., Bucket], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    files, kept = archived(office), bucket(**LOCKED)
    monkeypatch.setenv("JINGUI_CREDENTIAL_s3_tests", "secret")
    add_bucket("cloud", kept, more=KEPT)
    copy_all(vaults_of(office))
    assert {key.removeprefix("keep/"): data for key, data in kept.keys().items()} == files
    assert all(refused(kept, *each) for each in versions(kept))
    assert len(versions(kept)) == len(files)  # nothing was written over

    checked = check_root("cloud", vaults_of(office), now=now())
    assert checked.is_as_wanted
    assert (checked.looked, checked.unguarded) == (2, ())
    assert checked.soonest
    assert timedelta(days=3649) < checked.soonest - now() <= timedelta(days=3650)
    assert main(["storage", "check", "cloud"]) == 0
    assert "服务器拒绝删除其中 2 个" in capsys.readouterr().out


def test_what_a_thief_hides_behind_a_delete_marker_is_found_and_put_back_with_a_time_of_its_own(
    office: Office, bucket: Callable[..., Bucket]
) -> None:
    files, kept = archived(office), bucket(**LOCKED)
    add_bucket("cloud", kept, more=KEPT)
    copy_all(vaults_of(office))
    hidden = [key for key in sorted(kept.keys()) if key.endswith((".pdf", "/inventory.json"))]
    for key in hidden:
        kept.client.delete_object(Bucket=kept.name, Key=key)
    assert len(kept.keys()) == len(files) - len(hidden)
    start_cycle("cloud", CycleKind.FULL, actor="tests", now=now())
    audit_all(vaults_of(office))
    assert {key.removeprefix("keep/"): data for key, data in kept.keys().items()} == files
    assert CopyFinding.objects.filter(settlement="repaired").count() == len(hidden)
    assert all(refused(kept, *each) for each in versions(kept))


def test_a_default_of_the_bucket_holds_where_the_root_states_no_time(
    office: Office, bucket: Callable[..., Bucket]
) -> None:
    files, kept = archived(office), bucket(**LOCKED)
    rule = {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 30}}
    settings = {"ObjectLockEnabled": "Enabled", "Rule": rule}
    kept.client.put_object_lock_configuration(Bucket=kept.name, ObjectLockConfiguration=settings)
    add_bucket("cloud", kept)
    copy_all(vaults_of(office))
    assert {key.removeprefix("keep/"): data for key, data in kept.keys().items()} == files
    assert all(refused(kept, *each) for each in versions(kept))
    checked = check_root("cloud", vaults_of(office), now=now())
    assert checked.lock
    assert (checked.lock.mode, checked.lock.days, checked.unguarded) == ("governance", 30, ())


def test_files_that_can_be_deleted_in_a_locked_bucket_are_named(
    office: Office, bucket: Callable[..., Bucket], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    archived(office)
    monkeypatch.setenv("JINGUI_CREDENTIAL_s3_tests", "secret")
    kept, open_to_all = bucket(**LOCKED), bucket()
    add_bucket("locked", kept)
    add_bucket("open", open_to_all)
    copy_all(vaults_of(office), later=HOUR)
    assert main(["storage", "check", "locked", "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert (told["lock"], told["looked"], len(told["unguarded"])) == ("bare", 2, 2)
    assert main(["storage", "check", "open"]) == 0
    assert "没有启用对象锁定" in capsys.readouterr().out
    assert main(["storage", "check", "primary"]) == 0
    assert "文件夹没有对象锁定" in capsys.readouterr().out
    assert main(["storage", "check", "nobody"]) == 2


def test_a_root_that_asks_for_times_is_refused_where_the_bucket_cannot_keep_them(
    office: Office, bucket: Callable[..., Bucket]
) -> None:
    assert office.home.exists()
    plain = bucket()
    with pytest.raises(PermanentFailure, match="bucket_not_locked"):
        add_bucket("cloud", plain, more=KEPT)
    assert not plain.keys()
    assert not StorageRoot.objects.filter(name="cloud").exists()
    for wrong in ({"lock_mode": "forever", "lock_days": 1}, {"lock_days": 1}, {"lock_mode": "compliance"}):
        choices = RootChoices("cloud", RootKind.S3, {**plain.configuration, **wrong}, QUIET)
        with pytest.raises(Invalid):
            add_root(choices, open_root=lambda row: plain.open(), actor="tests", now=now())


def test_bytes_that_are_not_those_of_the_digest_are_not_sent_into_a_locked_bucket(
    office: Office, bucket: Callable[..., Bucket]
) -> None:
    files, kept = archived(office), bucket(**LOCKED)
    victim = next(name for name in files if name.endswith(".pdf"))
    (office.home / "store" / victim).chmod(0o644)
    (office.home / "store" / victim).write_bytes(b"x")
    add_bucket("cloud", kept, more=KEPT)
    copy_all(vaults_of(office))
    assert f"keep/{victim}" not in set(kept.keys())
