"""A counter of an instance in this process: a clerk, small scans, and an applicant who signs."""

from __future__ import annotations

import io
import secrets
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any
from uuid import UUID

import pypdfium2
from PIL import Image, ImageDraw
from tests.builders import make_account, now
from tests.personas import AGENCY, ITEM, Office

from jingui.bootstrap import counter_room
from jingui.db.models import Confirmation, CounterPage, CounterSession
from jingui.db.queries.accounts import actor_of
from jingui.domain.access.roles import Actor, Role
from jingui.domain.capture.confirmation import material_digest, materials_from_plain
from jingui.domain.capture.counter import PageAct
from jingui.formats.scanning.separators import separator_sheets
from jingui.interfaces.jobs.worker import Worker
from jingui.usecases.capture.counter.arranging import PageOrder, arrange_pages
from jingui.usecases.capture.counter.asking import OneTime, ask_applicant
from jingui.usecases.capture.counter.confirming import Screen, confirm_material, open_screen, sign
from jingui.usecases.capture.counter.opening import open_new_case
from jingui.usecases.capture.counter.sessions import CounterRoom
from jingui.usecases.capture.counter.taking import ScanArrival, take_scans

SCREEN = "5c" * 32
CODE = "20261122"
STROKES = {
    "height": 4000,
    "strokes": [{"pointer": "pen", "points": [[500 * i, 900 + 60 * i, 9 * i, 400] for i in range(12)]}],
}


@dataclass(frozen=True, slots=True)
class CounterDesk:
    """The counter and its clerk."""

    office: Office
    actor: Actor
    room: CounterRoom

    def open(self, name: str = "萨仁高娃") -> CounterSession:
        """Open a case of the small item."""
        moment = now()
        told: dict[str, Any] = {
            "case_number": f"CK-{secrets.token_hex(4)}",
            "title": f"{name} 窗口申请",
            "item_code": ITEM,
            "applicant": {"name": name, "kind": "person", "id_number": "150105199003076528"},
            "received_at": moment.isoformat(),
            "channel": "counter",
        }
        return open_new_case(told=told, station="3 号窗口", actor=self.actor, desk=self.room.desk, now=moment)

    def scan(self, session: CounterSession, content: bytes, *, name: str = "批次.pdf") -> None:
        """Take a scan in."""
        arrival = ScanArrival(name, self.room.scans.receive([content]), "upload")
        take_scans(session_key=session.key, arrivals=[arrival], actor=self.actor, room=self.room, now=now())

    def read(self) -> None:
        """Let the worker do what there is."""
        Worker(self.office.services).run_until_idle()

    def act(self, session: CounterSession, act: PageAct, *pages: CounterPage, value: str = "") -> int:
        """Do something to pages."""
        order = PageOrder(act, frozenset(page.key for page in pages), value)
        return arrange_pages(session_key=session.key, order=order, actor=self.actor, scans=self.room.scans, now=now())

    def ask(self, session: CounterSession) -> Confirmation:
        """Lay the pages before the applicant."""
        one_time = OneTime(secrets.token_urlsafe(24), CODE)
        return ask_applicant(session_key=session.key, one_time=one_time, actor=self.actor, room=self.room, now=now())

    def confirm(self, token: str, *, later: timedelta = timedelta()) -> None:
        """Open the screen and confirm every material."""
        moment = now() + later
        row = open_screen(
            token=token, code=CODE, screen=Screen(SCREEN, {"screen": "390x844"}), scans=self.room.scans, now=moment
        )
        for material in materials_from_plain(row.materials):
            confirm_material(
                token=token, screen_sha256=SCREEN, code=material.code, digest=material_digest(material), now=moment
            )

    def sign(self, token: str, strokes: object = STROKES) -> Confirmation:
        """Sign."""
        return sign(
            token=token, screen_sha256=SCREEN, strokes=strokes, archives_name="档案室", scans=self.room.scans, now=now()
        )

    def signed(self) -> tuple[CounterSession, Confirmation]:
        """Bring a session with the two wanted materials up to the signature."""
        session = self.open()
        self.scan(session, marked_batch())
        self.read()
        row = self.ask(session)
        self.confirm(row.token)
        return session, self.sign(row.token)


def open_counter(office: Office) -> CounterDesk:
    """Sit a clerk of the first agency at the counter of an instance without recognition."""
    account = make_account("chuangkou", Role.CLERK, agency_code=AGENCY, display_name="李敏")
    return CounterDesk(office, actor_of(account), counter_room(office.services))


def pages_of(session: CounterSession) -> list[CounterPage]:
    """Return the pages of a session in their order."""
    return list(CounterPage.objects.filter(session=session).order_by("position"))


def stored(key: UUID) -> CounterSession:
    """Return a session as it is stored now."""
    return CounterSession.objects.get(pk=key)


@cache
def sheet(text: str) -> Image.Image:
    """Draw a small page with a few lines."""
    page = Image.new("L", (496, 702), 255)
    draw = ImageDraw.Draw(page)
    for line in range(12):
        draw.text((60, 80 + line * 44), f"{text} line {line} of the paper", fill=0, font_size=20)
    return page


@cache
def separator(code: str) -> Image.Image:
    """Draw a separator sheet."""
    with pypdfium2.PdfDocument(separator_sheets([(code, "")], heading="事项")) as opened:
        page = opened[0]
        drawn: Image.Image = page.render(scale=60 / 72).to_pil().convert("L")
        page.close()
    return drawn


def tiff(*sheets: Image.Image) -> bytes:
    """Write sheets as one TIFF."""
    buffer = io.BytesIO()
    sheets[0].save(buffer, "TIFF", save_all=True, append_images=sheets[1:], compression="tiff_lzw", dpi=(60, 60))
    return buffer.getvalue()


@cache
def marked_batch() -> bytes:
    """Return a batch of both wanted materials with their separator sheets and a blank sheet."""
    blank = Image.new("L", (496, 702), 255)
    return tiff(separator("A01"), sheet("a1"), sheet("a2"), separator("C01"), sheet("c1"), blank)
