"""The long acts on a catalogue list: saying what its import would do, and importing it."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

from jingui.db.models import CatalogueImport, CatalogueWork
from jingui.domain.errors import PermanentFailure
from jingui.formats.catalogues.sources import CatalogueSource
from jingui.usecases.catalogue.hands import Hand, WorkBench
from jingui.usecases.catalogue.import_tasks import ImportTask
from jingui.usecases.catalogue.opening import ImportChoices, are_columns_named, head_of, open_task
from jingui.usecases.catalogue.previews import forget_head, keep_head, known_head, known_preview, make_preview
from jingui.usecases.catalogue.runs import forget_parts, run_import

UPLOAD = "upload"
"""The folder beside the parts of an import in which its file waits."""
_PREVIEW = "preview"


def preview_list(hand: Hand) -> dict[str, Any]:
    """Open an uploaded list and say what its import would do; its page finds both beside the list.

    A list whose columns nobody could name has no preview before a person has set them.

    Raises:
        Invalid: the list cannot be read; ``let_go_of_list`` then removes it.
        PermanentFailure: ``import_file_gone``, the upload was dropped or is to be read otherwise by now.
    """
    told = hand.work.arguments
    folder = _upload_of(hand.work, hand.bench)
    preview = folder / _PREVIEW / hand.work.subject
    if known_head(folder) and known_preview(preview):
        return {}

    def reached(done: int, count: int, state: Callable[[], dict[str, Any]]) -> None:
        hand.expect(count)
        hand.reach(done, state)

    try:
        source, task = _opened(hand, folder)
        if known_head(folder) is None:
            keep_head(folder, head_of(source, task.file_sha256))
        if told["mapping"] or are_columns_named(task):
            make_preview(source, task, folder=preview, begun=hand.work.saved, told=reached)
    except FileNotFoundError:
        raise PermanentFailure("import_file_gone") from None
    _open.cache_clear()
    return {}


def let_go_of_list(work: CatalogueWork, bench: WorkBench) -> None:
    """Remove an uploaded list that turned out to be no list; what tells its page why stays. Doing it again is harmless.

    A preview that ended because its list is gone, or was given up, says nothing against the list and leaves all there.
    """
    if not work.result.get("problems"):
        return
    folder = _upload_of(work, bench)
    (folder / Path(work.arguments["file"]).name).unlink(missing_ok=True)
    forget_head(folder)
    shutil.rmtree(folder / _PREVIEW, ignore_errors=True)


def _upload_of(work: CatalogueWork, bench: WorkBench) -> Path:
    return bench.uploads / Path(work.arguments["token"]).name


def import_list(hand: Hand) -> dict[str, Any]:
    """Take over every sound row of a list.

    Raises:
        PermanentFailure: ``import_file_gone``.
    """
    work, folder = hand.work, hand.bench.imports / hand.work.subject
    run = _finished_import(work)
    if run is None:
        source, task = _opened(hand, folder / UPLOAD)
        if task.identity != work.subject:
            raise PermanentFailure("import_file_gone")
        run_import(source, task, folder=folder, actor=work.asked_by, clock=hand.bench.clock, progress=hand.reach)
        run = _finished_import(work)
    _open.cache_clear()
    forget_parts(folder)
    shutil.rmtree(folder / UPLOAD, ignore_errors=True)
    return {"run": str(run.key), "counts": run.counts} if run else {}


def _opened(hand: Hand, folder: Path) -> tuple[CatalogueSource, ImportTask]:
    """Open the list of an act and begin its slice; a file of many megabytes is not opened anew for each."""
    told = hand.work.arguments
    path, mapping = folder / Path(told["file"]).name, folder / "mapping.json"
    if not path.is_file():
        raise PermanentFailure("import_file_gone")
    choices = ImportChoices(
        mapping=str(mapping) if told.get("mapping", mapping.is_file()) else "",
        profile=told["profile"],
        complete=told["complete"],
        constants=tuple((name, value) for name, value in told["constants"]),
        within=None if told.get("within") is None else tuple(told["within"]),
    )
    began = time.monotonic()
    found = _open(path, choices, hand.work.title, hand.work.pk.hex)
    hand.begin(opened_in=time.monotonic() - began)
    return found


@lru_cache(maxsize=1)
def _open(path: Path, choices: ImportChoices, name: str, _work: str) -> tuple[CatalogueSource, ImportTask]:
    return open_task(path, choices, name=name)


def _finished_import(work: CatalogueWork) -> CatalogueImport | None:
    """Return the run of this act if it has come to its end already: killed after that, it is not done again."""
    rows = CatalogueImport.objects.filter(task_sha256=work.subject, finished_at__gte=work.asked_at)
    return rows.order_by("-finished_at").first()
