"""Long acts on catalogue and plans, for reading."""

from __future__ import annotations

from uuid import UUID

from jingui.db.models import CatalogueImport, CatalogueWork, Job
from jingui.domain.catalogue.works import WorkKind, WorkState
from jingui.domain.errors import NotFound


def get_work(key: UUID) -> CatalogueWork:
    """Return one act.

    Raises:
        NotFound: there is none.
    """
    row = CatalogueWork.objects.filter(pk=key).first()
    if row is None:
        raise NotFound("not_found")
    return row


def open_work(kinds: tuple[WorkKind, ...], subject: str = "") -> CatalogueWork | None:
    """Return the act of these kinds on a subject that is under way."""
    rows = CatalogueWork.objects.filter(kind__in=kinds, subject=subject, finished_at__isnull=True)
    return rows.order_by("asked_at").first()


def last_work(kind: WorkKind, subject: str) -> CatalogueWork | None:
    """Return the newest act of a kind on a subject that came to its end as it should."""
    rows = CatalogueWork.objects.filter(kind=kind, subject=subject, state=WorkState.DONE)
    return rows.order_by("-finished_at").first()


def last_refusal(kinds: tuple[WorkKind, ...], subject: str) -> CatalogueWork | None:
    """Return the newest act of these kinds on a subject, if it was refused."""
    rows = CatalogueWork.objects.filter(kind__in=kinds, subject=subject, finished_at__isnull=False)
    newest = rows.order_by("-finished_at").first()
    return newest if newest and newest.state == WorkState.REFUSED else None


def open_works(kind: WorkKind) -> list[CatalogueWork]:
    """Return the acts of a kind that are under way or wait, the oldest first."""
    return list(CatalogueWork.objects.filter(kind=kind, finished_at__isnull=True).order_by("asked_at", "key"))


def queue_trouble(work: CatalogueWork) -> tuple[str, bool]:
    """Return what went wrong at the last attempt (``""``: nothing), and whether the queue has given up."""
    job = Job.objects.filter(pk=work.key).first()
    return (job.error, job.state == "failed") if job and not work.finished_at else ("", False)


def running_import(task_sha256: str) -> CatalogueImport | None:
    """Return the run of an import that is under way, with its counts so far."""
    return CatalogueImport.objects.filter(task_sha256=task_sha256, finished_at__isnull=True).first()


def forget_job(key: UUID) -> None:
    """Take an act that was given up off the queue."""
    Job.objects.filter(pk=key, state="failed").delete()
