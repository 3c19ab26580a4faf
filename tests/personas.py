"""Who uses the capture interface in tests: a source system that signs its requests, and the small cases it sends.

A persona speaks through a carrier, in process or over a socket, so the same words can be said to either.
"""

from __future__ import annotations

import hashlib
import http.client
import io
import itertools
import json
import secrets
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pikepdf
from django.test import Client
from tests.builders import make_instance, now

from jingui.bootstrap import Services, services
from jingui.bootstrap.secrets import source_secret
from jingui.db.models import Case
from jingui.formats import signing
from jingui.formats.catalogues import read_catalogue
from jingui.interfaces.jobs.worker import Worker
from jingui.usecases.administration import register_source
from jingui.usecases.audit.findings import HoldingsFinding, Looked
from jingui.usecases.audit.holdings import Holdings, verify_holdings
from jingui.usecases.catalogue.importing import import_catalogue

PREFIX = "/api/v1"
AGENCY, OTHER_AGENCY = "11539900MB0059010M", "11539900MB0061049J"
ITEM = AGENCY + "3000123011001"
OTHER_ITEM = OTHER_AGENCY + "3000123011001"
RECEIVED, STARTED, CLOSED = "2025-03-03T09:00:00+08:00", "2025-03-03T09:30:00+08:00", "2025-03-10T17:00:00+08:00"
CLOSURE_KINDS = ("completed", "returned", "withdrawn", "not_accepted", "not_permitted")


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)

    @property
    def code(self) -> str:
        """The stable code of a problem; asserts that the answer is a whole RFC 9457 problem."""
        assert self.headers["content-type"] == "application/problem+json", (self.status, self.headers, self.body[:300])
        problem = self.json
        assert problem["type"] == f"/problems/{problem['code']}"
        assert problem["status"] == self.status
        assert problem["lost"] is False
        assert problem["title"]
        assert problem["detail"]
        return str(problem["code"])

    @property
    def problems(self) -> dict[str, str]:
        """Location → code of each problem named."""
        return {problem["location"]: problem["code"] for problem in self.json.get("problems", [])}

    @property
    def is_replayed(self) -> bool:
        """Whether the message had been taken before."""
        return self.headers.get("idempotent-replayed") == "true"


Carrier = Callable[[str, str, dict[str, str], Any], Reply]


def in_process(method: str, target: str, headers: dict[str, str], body: Any) -> Reply:
    """Carry a request to the Django application of this process."""
    length: dict[str, Any] = {} if body is None else {"CONTENT_LENGTH": str(len(body))}
    answer = Client().generic(method, target, data=body or b"", content_type="", headers=headers, **length)
    return Reply(answer.status_code, {k.lower(): v for k, v in answer.headers.items()}, answer.content)


def over_http(url: str) -> Carrier:
    """Return a carrier to a real server; an iterable body is sent chunked."""
    address = urlsplit(url).netloc

    def carry(method: str, target: str, headers: dict[str, str], body: Any) -> Reply:
        connection = http.client.HTTPConnection(address, timeout=60)
        try:
            connection.request(method, target, body=body, headers=headers)
            answer = connection.getresponse()
            return Reply(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())
        finally:
            connection.close()

    return carry


def encoded(text: str) -> str:
    """Percent-encode a path step as the contract asks."""
    return quote(text, safe="-_.~")


def file_path(case_number: str, file_key: str) -> str:
    """Return the path of a file."""
    return f"{PREFIX}/cases/{encoded(case_number)}/files/{encoded(file_key)}"


@dataclass(frozen=True, slots=True)
class Integrator:
    """A source system with a key. Each sending is signed anew unless told otherwise."""

    key_id: str
    secret: str = field(repr=False)
    carry: Carrier = in_process

    def send(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        query: Iterable[tuple[str, str]] = (),
        digest: str | None = None,
        authorization: str | None = None,
        headers: dict[str, str] | None = None,
    ) -> Reply:
        """Send one signed request; ``digest`` or ``authorization`` of one's own stand instead of the right ones."""
        asked = signing.encode_query(query)
        if digest is None:
            digest = signing.content_digest_of(body) if isinstance(body, bytes) else ""
        signed = authorization if authorization is not None else self.sign(method, path, asked, digest)
        told = {"Authorization": signed, "Content-Digest": digest, **(headers or {})}
        target = f"{path}?{asked}" if asked else path
        return self.carry(method, target, {name: value for name, value in told.items() if value}, body)

    def sign(
        self, method: str, path: str, query: str = "", digest: str = "", *, at: float | None = None, nonce: str = ""
    ) -> str:
        """Return an Authorization header."""
        moment = int(time.time() if at is None else at)
        request = signing.Signable(method, path, query, digest)
        number = nonce or secrets.token_hex(16)
        made = signing.sign(request, key_id=self.key_id, secret=self.secret, time=moment, nonce=number)
        return signing.format_authorization(made)

    def post(self, path: str, message: Any) -> Reply:
        """Send a JSON message."""
        return self.send("POST", path, as_json(message))

    def case(self, number: str, **more: Any) -> Reply:
        """Send a case's own message."""
        return self.post(f"{PREFIX}/cases", case_message(number, **more))

    def file(self, number: str, key: str, content: bytes, **query: str) -> Reply:
        """Send a file."""
        told = {"name": f"{key}.pdf", "material": "A01", **query}
        return self.send("PUT", file_path(number, key), content, query=told.items())

    def steps(self, number: str, *steps: dict[str, Any]) -> Reply:
        """Send steps."""
        return self.post(f"{PREFIX}/cases/{encoded(number)}/steps", {"steps": list(steps)})

    def closure(self, number: str, **more: Any) -> Reply:
        """Close a case."""
        return self.post(f"{PREFIX}/cases/{encoded(number)}/closure", closure_message(**more))

    def get(self, number: str, part: str = "") -> Reply:
        """Ask about a case."""
        return self.send("GET", f"{PREFIX}/cases/{encoded(number)}" + (f"/{part}" if part else ""))

    def whole_case(self, number: str, *, kind: str = "completed", **more: Any) -> None:
        """Send everything that the small item wants, in the ordinary course."""
        replies = [self.case(number, **more)]
        replies += [self.file(number, key, pdf(f"{number} {key}"), **query) for key, query in needed(kind)]
        replies += [self.steps(number, step_message("s1"), step_message("s2", "决定"))]
        replies += [self.closure(number, kind=kind)]
        assert [reply.status for reply in replies] == [201] * len(replies), [reply.body for reply in replies]


def needed(kind: str = "completed") -> Iterator[tuple[str, dict[str, str]]]:
    """Give the files that a case of this end has."""
    yield "f1", {"material": "A01", "name": "申请表.pdf", "step": "收件"}
    if kind == "completed":
        yield "f2", {"material": "C01", "name": "许可证.pdf", "step": "决定"}


def as_json(value: Any) -> bytes:
    """Write a JSON body."""
    return json.dumps(value, ensure_ascii=False).encode()


def case_message(number: str, **more: Any) -> dict[str, Any]:
    """Return the message that opens a case of the small item."""
    applicant = {"name": "巴特尔", "kind": "person", "id_type": "身份证", "id_number": "11010519491231002X"}
    base = {"case_number": number, "title": f"{number} 的许可", "item_code": ITEM, "applicant": applicant}
    return {**base, "received_at": RECEIVED, "channel": "online", **more}


def step_message(key: str = "s1", name: str = "收件", at: str = STARTED, **more: Any) -> dict[str, Any]:
    """Return a step."""
    return {"step_key": key, "name": name, "started_at": at, "handler": "鲁艳萍", "unit": "窗口", **more}


def closure_message(kind: str = "completed", **more: Any) -> dict[str, Any]:
    """Return an end."""
    return {"kind": kind, "closed_at": CLOSED, "result": "准予" if kind == "completed" else "终止", **more}


def small_catalogue() -> dict[str, Any]:
    """Return a catalogue of two agencies with one item each that wants two small files."""
    materials = [
        {"code": "A01", "name": "申请表", "class": "application", "obligation": "required", "min_count": 1},
        {"code": "A02", "name": "其他附件", "class": "application", "obligation": "optional", "min_count": 0},
        {"code": "C01", "name": "许可证", "class": "result", "obligation": "required", "min_count": 1},
    ]
    plan = {"materials": materials, "retention": "D30", "retention_reason": "测试", "category": "ZW", "unit": "WSJ"}
    items = [
        {"item_code": code, "item_version": 1, "item_name": name, "agency": agency, "plan": plan}
        for code, name, agency in ((ITEM, "护士注册", AGENCY), (OTHER_ITEM, "食品许可", OTHER_AGENCY))
    ]
    agencies = [
        {"code": AGENCY, "name": "卫健局", "region_code": "539900", "fonds": "0101", "fonds_name": "卫健局"},
        {
            "code": OTHER_AGENCY,
            "name": "市场监管局",
            "region_code": "539900",
            "fonds": "0102",
            "fonds_name": "市场监管局",
        },
    ]
    return {"format": "jingui-catalogue/1", "agencies": agencies, "items": items}


_serial = itertools.count()


@cache
def _blank() -> bytes:
    made = pikepdf.new()
    page = made.add_blank_page(page_size=(300, 300))
    font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
    page.obj.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
    buffer = io.BytesIO()
    made.save(buffer)
    return buffer.getvalue()


@cache
def pdf(text: str) -> bytes:
    """Return a small sound PDF; the same text gives the same bytes, another text other ones."""
    made = pikepdf.open(io.BytesIO(_blank()))
    mark = hashlib.sha256(text.encode()).hexdigest()
    made.pages[0].obj.Contents = made.make_stream(f"BT /F1 8 Tf 9 99 Td ({mark}) Tj ET".encode())
    buffer = io.BytesIO()
    made.save(buffer, deterministic_id=True)
    return buffer.getvalue()


def new_number(prefix: str = "539900WSJ2025") -> str:
    """Return a case number nobody has used."""
    return f"{prefix}{next(_serial):06}"


@dataclass(frozen=True, slots=True)
class Office:
    """An instance in this process with the small catalogue, and the operator's hands on it."""

    services: Services
    integrator: Integrator

    @property
    def home(self) -> Path:
        """The instance's folder."""
        return self.services.instance.home

    def newcomer(self, name: str, *agency_codes: str) -> Integrator:
        """Register another source."""
        key = register_source(name=name, agency_codes=agency_codes, now=now())
        return Integrator(key.key_id, source_secret(key.key_id))

    def work(self) -> int:
        """Let a worker do all there is to do."""
        return Worker(self.services).run_until_idle()

    def findings(self) -> list[HoldingsFinding]:
        """Verify everything."""
        ready = self.services
        return list(verify_holdings(Holdings(ready.store, ready.staging, ready.signers), Looked()))

    def staged(self) -> set[str]:
        """Name the files in the staging area, finished or not."""
        return {path.name for path in self.services.staging.folder.iterdir()}

    def case_row(self, number: str) -> Case:
        """Read a case."""
        return Case.objects.get(case_number=number)


def open_office(home: Path) -> Office:
    """Make an instance on this process's database and register its first source."""
    built = make_instance(home)
    import_catalogue(read_catalogue(as_json(small_catalogue())), actor="system:tests", now=now())
    integrator = Integrator(built.sender.key_id, source_secret(built.sender.key_id))
    return Office(services(), integrator)
