"""A business database as sources have them: tables of cases, steps, files with their bytes, and closures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from tests.personas import CLOSED, RECEIVED, STARTED, case_message, closure_message, needed, pdf, step_message

METADATA = sa.MetaData()
CASES = sa.Table(
    "cases", METADATA,
    sa.Column("id", sa.Integer, primary_key=True), sa.Column("updated", sa.Integer), sa.Column("number", sa.String(50)),
    sa.Column("title", sa.String(200)), sa.Column("item", sa.String(64)), sa.Column("applicant", sa.String(100)),
    sa.Column("received", sa.String(40)), sa.Column("channel", sa.String(2)), sa.Column("id_number", sa.String(40)),
)  # fmt: skip
STEPS = sa.Table(
    "steps", METADATA,
    sa.Column("id", sa.Integer, primary_key=True), sa.Column("updated", sa.Integer), sa.Column("number", sa.String(50)),
    sa.Column("step", sa.String(50)), sa.Column("name", sa.String(100)), sa.Column("started", sa.String(40)),
    sa.Column("handler", sa.String(50)), sa.Column("unit", sa.String(50)),
)  # fmt: skip
FILES = sa.Table(
    "files", METADATA,
    sa.Column("id", sa.Integer, primary_key=True), sa.Column("updated", sa.Integer), sa.Column("number", sa.String(50)),
    sa.Column("file", sa.String(50)), sa.Column("name", sa.String(200)), sa.Column("material", sa.String(50)),
    sa.Column("step", sa.String(50)), sa.Column("path", sa.String(300)), sa.Column("content", sa.LargeBinary),
)  # fmt: skip
CLOSURES = sa.Table(
    "closures", METADATA,
    sa.Column("id", sa.Integer, primary_key=True), sa.Column("updated", sa.Integer), sa.Column("number", sa.String(50)),
    sa.Column("kind", sa.String(2)), sa.Column("closed", sa.String(40)), sa.Column("result", sa.String(50)),
)  # fmt: skip

MAPPING: dict[str, Any] = {
    "language": "jmespath",
    "tables": {
        "channel": {"1": "online", "2": "counter"},
        "kind": {"1": "completed", "2": "withdrawn"},
    },
    "messages": [
        {
            "kind": "case",
            "when": "_query == 'cases'",
            "fields": {
                "case_number": "number", "title": "title", "item_code": "item", "applicant.name": "applicant",
                "applicant.kind": {"constant": "person"}, "applicant.id_type": {"constant": "身份证"},
                "applicant.id_number": "id_number", "received_at": "received",
                "channel": {"find": "channel", "table": "channel"},
            },
        },
        {
            "kind": "file",
            "when": "_query == 'files'",
            "fields": {
                "case_number": "number", "file_key": "file", "name": "name", "material": "material", "step": "step",
                "content.address": "path || content",
            },
        },
        {
            "kind": "step",
            "when": "_query == 'steps'",
            "fields": {"case_number": "number", "step_key": "step", "name": "name", "started_at": "started",
                       "handler": "handler", "unit": "unit"},
        },
        {
            "kind": "closure",
            "when": "_query == 'closures'",
            "fields": {
                "case_number": "number", "kind": {"find": "kind", "table": "kind"}, "closed_at": "closed", "result": "result",
            },
        },
    ],
}  # fmt: skip


def configuration(url: str, *, files_folder: Path | None = None, batch: int = 50) -> dict[str, Any]:
    """Configure a connection to such a database."""
    common = {"watermark": "updated", "key": "id", "batch": batch}
    columns = ["id", "updated", "number", "file", "name", "material", "step", "path"]
    return {
        "url": url,
        "interval_seconds": 1,
        "queries": [
            {"name": "cases", "view": "cases", **common},
            {"name": "files", "view": "files", "blob": "content", "columns": columns, **common},
            {"name": "steps", "sql": "SELECT * FROM steps", **common},
            {"name": "closures", "view": "closures", **common},
        ],
        **({"files_folder": str(files_folder)} if files_folder else {}),
    }


@dataclass
class BusinessDatabase:
    """The database, written to by its own system."""

    url: str
    clock: int = 0
    engine: sa.Engine = field(init=False)

    def __post_init__(self) -> None:
        """Make the tables."""
        self.engine = sa.create_engine(self.url, poolclass=sa.pool.NullPool)
        METADATA.create_all(self.engine)

    def add(self, table: sa.Table, **values: Any) -> None:
        """Insert a row, later than all before."""
        self.clock += 1
        with self.engine.begin() as connection:
            connection.execute(table.insert().values(updated=values.pop("updated", self.clock), **values))

    def case(self, number: str, **more: Any) -> None:
        """Insert a case's own row."""
        sent = case_message(number)
        told = {"title": sent["title"], "item": sent["item_code"], "received": RECEIVED}
        told |= {"applicant": sent["applicant"]["name"], "id_number": sent["applicant"]["id_number"], "channel": "1"}
        self.add(CASES, number=number, **(told | more))

    def file(
        self, number: str, key: str, *, content: bytes | None = None, path: str | None = None, **more: Any
    ) -> None:
        """Insert a file's row."""
        told = {"name": f"{key}.pdf", "material": "A01", "step": "收件"} | more
        self.add(FILES, number=number, file=key, content=content, path=path and f"path:{path}", **told)

    def step(self, number: str, key: str, name: str = "收件", at: str = STARTED) -> None:
        """Insert a step's row."""
        sent = step_message(key, name, at)
        self.add(STEPS, number=number, step=key, name=name, started=at, handler=sent["handler"], unit=sent["unit"])

    def close(self, number: str, kind: str = "1") -> None:
        """Insert the row that ends a case."""
        self.add(CLOSURES, number=number, kind=kind, closed=CLOSED, result=closure_message()["result"])

    def whole_case(self, number: str, put: Callable[[str, bytes], str | None] | None = None) -> None:
        """Insert all that the small item wants; ``put`` stores a file outside and returns its path."""
        self.case(number)
        for key, query in needed():
            content = pdf(f"{number} {key}")
            path = put(f"{number}-{key}.pdf", content) if put else None
            self.file(number, key, content=None if path else content, path=path, **query)
        self.step(number, "s1")
        self.step(number, "s2", "决定")
        self.close(number)
