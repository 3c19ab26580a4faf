"""Whole cases held by a file server, and the notices of them."""

from __future__ import annotations

from typing import Any

from tests.personas import case_message, closure_message, needed, pdf, step_message
from tests.usecases.sources.file_server import FileServer


def whole_notice(files: FileServer, number: str) -> dict[str, Any]:
    """Put a whole case of the small item on the server and return the notice of it."""
    steps = {"steps": [step_message("s1"), step_message("s2", "决定")]}
    documents = [
        {"kind": "case", **files.put_json(f"/{number}/case.json", case_message(number))},
        {"kind": "closure", **files.put_json(f"/{number}/closure.json", closure_message())},
        {"kind": "steps", **files.put_json(f"/{number}/steps.json", steps)},
    ]
    told = [
        {"file_key": key, **query, **files.put(f"/{number}/{key}", pdf(f"{number} {key}"))} for key, query in needed()
    ]
    return {"notice_id": f"n-{number}", "case_number": number, "documents": documents, "files": told}
