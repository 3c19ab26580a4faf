"""Tables of a database, as a business system keeps them: cases, files, steps and closures, each with a growing number."""

from __future__ import annotations

import shutil
import time
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from jingui.interfaces.cli.replay.deliver.handing import Connecting, file_body, sha256_of, step_bodies, tallied
from jingui.interfaces.cli.replay.plan import Kind
from jingui.interfaces.cli.replay.progress import Progress

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from jingui.interfaces.cli.replay.deliver.handing import Handing
    from jingui.interfaces.cli.replay.feed import FeedResult
    from jingui.interfaces.cli.replay.plan import Message

PASSWORD_SECRET = "replay_database"  # noqa: S105 - the name of a secret
_AT_ONCE = 500
_APPLICANT = ("name", "kind", "id_type", "id_number", "legal_representative", "address", "agent")
_CASE = (
    "title", "item_code", "item_version", "received_at", "accepted_at", "promised_at", "channel", "region_code",
    "department",
)  # fmt: skip
_WHOLE = frozenset({"item_version", "declared_files", "declared_steps", "declared_bytes", "size"})
COLUMNS: dict[Kind, tuple[str, ...]] = {
    Kind.CASE: (*_CASE, *(f"applicant_{name}" for name in _APPLICANT)),
    Kind.FILE: ("file_key", "name", "material", "title", "step", "formed_at", "replaces", "address", "sha256", "size"),
    Kind.STEP: ("step_key", "name", "started_at", "ended_at", "handler", "unit", "opinion", "action"),
    Kind.CLOSURE: (
        "kind", "closed_at", "result", "result_number", "handler", "declared_files", "declared_steps", "declared_bytes",
    ),
}  # fmt: skip
TABLES = {Kind.CASE: "cases", Kind.FILE: "files", Kind.STEP: "steps", Kind.CLOSURE: "closures"}
_TARGETS = {"address": "content.address", "sha256": "content.sha256", "size": "content.bytes"}


def _table(kind: Kind, metadata: sa.MetaData) -> sa.Table:
    columns = [sa.Column(name, sa.BigInteger if name in _WHOLE else sa.Text) for name in COLUMNS[kind]]
    number = sa.Column("seq", sa.Integer, primary_key=True, autoincrement=True)
    return sa.Table(TABLES[kind], metadata, number, sa.Column("case_number", sa.Text), *columns)


def mapping() -> dict[str, Any]:
    """Return the mapping that makes messages of the rows."""
    return {"language": "jmespath", "messages": [_rules(kind) for kind in TABLES]}


def _rules(kind: Kind) -> dict[str, Any]:
    fields = {_target(kind, name): name for name in COLUMNS[kind]}
    return {
        "kind": kind.value,
        "when": f"_query == '{TABLES[kind]}'",
        "fields": {"case_number": "case_number", **fields},
    }


def _target(kind: Kind, name: str) -> str:
    if kind is Kind.CASE and name.startswith("applicant_"):
        return f"applicant.{name.removeprefix('applicant_')}"
    return _TARGETS.get(name, name) if kind is Kind.FILE else name


class TableDelivery:
    """Inserts a row for every sending; files lie in a folder that the rows name."""

    def __init__(self, handing: Handing) -> None:
        """Use a database by its SQLAlchemy address."""
        self._url, self._files = sa.make_url(handing.into), handing.files.resolve()
        self._metadata = sa.MetaData()
        self._tables = {kind: _table(kind, self._metadata) for kind in TABLES}

    def connecting(self) -> Connecting:
        """Return the configuration of the connection; the password is a secret of the installation."""
        queries = [{"name": name, "view": name, "watermark": "seq", "key": "seq"} for name in TABLES.values()]
        told: dict[str, Any] = {
            "url": self._url._replace(password=None).render_as_string(),
            "files_folder": str(self._files),
            "queries": queries,
            "interval_seconds": 1,
        }
        secret = {"password_secret": PASSWORD_SECRET} if self._url.password else {}
        return Connecting("database", told | secret, mapping())

    def deliver(self, sendings: Sequence[Message]) -> FeedResult:
        """Insert everything in the order of the sendings, some rows in each transaction."""
        started, progress = time.monotonic(), Progress("rows", len(sendings))
        engine = sa.create_engine(self._url)
        try:
            self._metadata.create_all(engine)
            for start in range(0, len(sendings), _AT_ONCE):
                self._insert(engine, sendings[start : start + _AT_ONCE])
                progress.advance(len(sendings[start : start + _AT_ONCE]))
        finally:
            engine.dispose()
        progress.finish()
        return tallied(sendings, seconds=time.monotonic() - started)

    def close(self) -> None:
        """Leave the tables as they are."""

    def _insert(self, engine: sa.Engine, sendings: Sequence[Message]) -> None:
        rows: dict[Kind, list[dict[str, Any]]] = {kind: [] for kind in TABLES}
        for message in sendings:
            rows[message.kind] += self._rows(message)
        with engine.begin() as connection:
            for kind, found in rows.items():
                if found:
                    connection.execute(self._tables[kind].insert(), found)

    def _rows(self, message: Message) -> Iterator[dict[str, Any]]:
        for told in self._told(message):
            values = {name: told.get(name) for name in COLUMNS[message.kind]}
            yield {"case_number": message.case_number, **values}

    def _told(self, message: Message) -> list[dict[str, Any]]:
        if message.kind is Kind.STEP:
            return step_bodies(message)
        if message.kind is Kind.FILE and message.path is not None:
            return [{**file_body(message), **self._laid(message.path)}]
        document: dict[str, Any] = dict(message.document)
        applicant = document.pop("applicant", {})
        return [{**document, **{f"applicant_{name}": value for name, value in applicant.items()}}]

    def _laid(self, path: Path) -> dict[str, Any]:
        digest = sha256_of(path)
        laid = self._files / digest
        if not laid.exists():
            self._files.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, laid.with_suffix(".part"))
            laid.with_suffix(".part").replace(laid)
        return {"address": f"path:{digest}", "sha256": digest, "size": path.stat().st_size}
