"""Packages and bags that were refused are read again as they lie there now, on a person's word."""

from __future__ import annotations

import shutil

from tests.handed_over import bag, package, sheet
from tests.personas import Office
from tests.usecases.sources.inbox import Inbox, retry

from jingui.db.models import SourceProblem
from jingui.usecases.capture.incoming import Tally


def test_a_package_that_was_missing_is_taken_on_a_persons_word_once_it_lies_there(office: Office, inbox: Inbox) -> None:
    written = package(inbox.folder, "A-1")
    path = sheet(inbox.folder, [written])
    whole = written.path.read_bytes()
    written.path.unlink()
    path.with_name(f"{path.name}.ready").touch()
    inbox.collect()
    assert (retry(), inbox.collect()) == (1, Tally(refused=1))  # not mended yet: it stays on the list
    written.path.write_bytes(whole)
    assert (retry(), inbox.collect()) == (1, Tally(taken=6))
    assert SourceProblem.objects.get().settlement == "taken"
    assert inbox.receipt(written.path.stem)["state"] == "accepted"
    assert inbox.collect() == Tally()
    assert not office.findings()


def test_a_sheet_that_is_wrong_stays_until_it_is_another(office: Office, inbox: Inbox) -> None:
    written = package(inbox.folder, "A-1")
    path = sheet(inbox.folder, [written], archival_number="7")
    inbox.collect()
    assert (retry(), inbox.collect()) == (1, Tally(refused=1))
    sheet(inbox.folder, [written])
    assert (retry(), inbox.collect()) == (1, Tally(taken=6))
    assert SourceProblem.objects.get().settlement == "taken"
    assert inbox.receipt(path.stem)["state"] == "accepted"


def test_a_bag_that_was_refused_is_read_as_it_lies_there_now(office: Office, bags: Inbox) -> None:
    path = bag(bags.folder, "A-1")
    manifest = path / "manifest-sha256.txt"
    good = manifest.read_bytes()
    manifest.write_bytes(good.replace(b"a", b"b"))
    assert bags.collect().refused == 1
    manifest.write_bytes(good)
    assert (retry(), bags.collect().taken) == (1, 6)
    assert SourceProblem.objects.get().settlement == "taken"
    shutil.rmtree(path)
