"""A coverage certificate on paper: one or more A4 pages with the counts, the named cases and a QR code."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any

import segno

from jingui.formats.typesetting import compile_template

MOST_ROWS = 200
Words = Mapping[str, Mapping[str, str]]


def draw_sheet(
    body: Mapping[str, Any],
    signatures: Sequence[Mapping[str, str]],
    *,
    sha256: str,
    made_at: str,
    address: str,
    words: Words,
) -> bytes:
    """Return the PDF of a certificate. ``words`` are the labels of its codes, ``made_at`` the local time; at most ``MOST_ROWS`` cases are printed."""
    totals, lists = body["totals"], body["lists"]
    data = {
        "issuer": body["issuer"],
        "source": body["source"],
        "day": body["day"],
        "agency": body["agency"]["name"] or "机构不明",
        "agency_code": body["agency"]["code"],
        "version": body["version"],
        "made_at": made_at,
        "id": body["certificate_id"],
        "ledger": body["ledger"],
        "listed": totals["listed"],
        "counts": [(words["standing"][name], totals[name]) for name in _WAYS],
        "beside": [("与台账不一致", totals["differing"]), ("本库有、台账无", totals["not_in_ledger"])],
        "limits": body["limits"],
        "unexplained": [
            (row["case_number"], words["ledger_state"][row["state"]], words["gap"][row["gap"]])
            for row in lists["unexplained"]["rows"][:MOST_ROWS]
        ],
        "explained": [
            (row["case_number"], f"{words['explanation'][row['kind']]}：{row['text']}", row["by"])
            for row in lists["explained"]["rows"][:MOST_ROWS]
        ],
        "most": MOST_ROWS,
        "signatures": [(each["algorithm"], each["key_id"], _breakable(each["value"])) for each in signatures],
        "standings": body["standings_sha256"],
        "sha256": sha256,
        "address": address,
        "code": _code(address),
    }
    return compile_template("jingui.formats.ledgers", "coverage.typ", data=json.dumps(data), pdf_tags=False)


_WAYS = ("archived", "running", "explained", "unexplained")


def _breakable(value: str) -> str:
    """Let a long value be broken between lines, after every eighth character."""
    return "\u200b".join(value[at : at + 8] for at in range(0, len(value), 8))


def _code(address: str) -> str:
    drawing = BytesIO()
    segno.make(address, error="m", micro=False).save(drawing, kind="svg", border=2, xmldecl=False, light="#ffffff")
    return drawing.getvalue().decode("ascii")
