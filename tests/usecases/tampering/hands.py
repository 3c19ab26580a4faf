"""The hands of somebody who changes things past the product, and the eyes that look for it."""

from __future__ import annotations

import random
from typing import Any

from django.db import connection
from tests.builders import now
from tests.personas import Office

from jingui.usecases.audit.sealing import seal_everything


def seal(office: Office) -> int:
    return seal_everything(signers=office.services.signers, clock=now)


def run(sql: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, list(values))
        assert cursor.rowcount == 1


def named(office: Office) -> set[tuple[str, str]]:
    return {(finding.subject.value, finding.location) for finding in office.findings()}


def coded(office: Office) -> dict[str, str]:
    found = office.findings()
    assert len(found) == len({finding.location for finding in found}), found
    return {finding.location: finding.code for finding in found}


TEXT_COLUMNS = {
    "jingui_installation": "name",
    "jingui_agency": "name",
    "jingui_service_item": "name",
    "jingui_source": "name",
    "jingui_account": "display_name",
    "jingui_case": "title",
    "jingui_case_file": "name",
    "jingui_case_step": "name",
    "jingui_closure": "message",
    "jingui_receipt": "body",
    "jingui_code_sequence": "scope",
    "jingui_inspection": "outcome",
    "jingui_package_version": "object_id",
}


def any_key(table: str, rng: random.Random | None = None) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT key FROM {table} ORDER BY key")
        return (rng or random.Random(1)).choice(cursor.fetchall())[0]


def plain(key: object) -> str:
    return str(key).replace("-", "")


def flip(text: str, rng: random.Random) -> str:
    at = rng.randrange(len(text))
    return text[:at] + rng.choice([c for c in "0123456789abcdef" if c != text[at]]) + text[at + 1 :]


def delete_one() -> str:
    key = any_key("jingui_source_key")
    run("DELETE FROM jingui_source_key WHERE key = %s", key)
    return f"jingui_source_key/{plain(key)}"


def insert_one() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT item_id, content, adopted_at, event_id FROM jingui_archiving_plan ORDER BY key LIMIT 1")
        row = cursor.fetchone()
    sql = "INSERT INTO jingui_archiving_plan (key, plan_version, item_id, content, adopted_at, event_id)"
    key = "f" * 32
    run(f"{sql} VALUES (%s, 99, %s, %s, %s, %s)", key, *row)
    return f"jingui_archiving_plan/{key}"


def roll_one_back() -> str:
    """Put N-4, whose rows nothing else touches, back to what its first event had written."""
    key = any_key("jingui_case_step")
    run("UPDATE jingui_case_step SET event_id = event_id - 1 WHERE key = %s", key)
    return f"jingui_case_step/{plain(key)}"


def change_tile(at: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT hashes FROM jingui_journal_tile WHERE level = 0 AND index = 0".replace("index", quoted("index"))
        )
        data = bytearray(cursor.fetchone()[0])
    data[at * 32 + 5] ^= 1
    run(f"UPDATE jingui_journal_tile SET hashes = %s WHERE level = 0 AND {quoted('index')} = 0", bytes(data))


def quoted(name: str) -> str:
    return connection.ops.quote_name(name)


def checkpoint_sizes() -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT size FROM jingui_journal_checkpoint ORDER BY size")
        return [row[0] for row in cursor.fetchall()]
