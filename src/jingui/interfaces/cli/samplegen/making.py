"""Makes one demo case: chooses its materials, makes the documents, tells the steps and the closure."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from jingui.interfaces.cli.samplegen.chance import seeded
from jingui.interfaces.cli.samplegen.codes import REGION
from jingui.interfaces.cli.samplegen.context import Person, Words, case_words
from jingui.interfaces.cli.samplegen.documents import Order, document, extension
from jingui.interfaces.cli.samplegen.locks import encrypted_pdf
from jingui.interfaces.cli.samplegen.story import (
    EXPECTED,
    MATERIAL_STEPS,
    NEVER_SENT,
    NOTICES,
    ONLY_SPECIAL,
    OPINIONS,
    PRESERVED,
    RESULTS,
    SPECIAL,
    SPECIAL_PROCEDURES,
    STEPS_BEFORE_END,
    DemoCase,
    FileMessage,
)
from jingui.interfaces.cli.samplegen.timetable import Timetable, add_working_days, at, timetable

if TYPE_CHECKING:
    from jingui.interfaces.cli.samplegen.catalogue import Item, Material

_FIRST_DAY = date(2025, 3, 3)
_DAYS_BETWEEN = 7
_SAMPLE_WORD = "yunze"
_OPEN_FROM = date(2026, 6, 8)
# How often applicants' files are named by the scanner or by the person, and how often a source tells its counts.
_SCANNER_NAMES, _PERSON_NAMES, _DECLARES_COUNTS = 0.35, 0.5, 0.8


class CaseMaker:
    """Makes one case; holds what its parts share."""

    def __init__(self, seed: str, item: Item, twist: str, applicant: Person, number: int) -> None:
        self._pick = seeded(seed)
        self._item, self._twist, self._number = item, twist, number
        self._kind = twist if twist in SPECIAL else "completed"
        self._step_names = self._walked_steps()
        first_day = _OPEN_FROM if twist == "still_open" else _FIRST_DAY + timedelta(days=_DAYS_BETWEEN * number)
        self._times: Timetable = timetable(
            self._pick, first_day=first_day, step_count=len(self._step_names), promised_days=item.promised
        )
        self._words: Words = case_words(self._pick, item=item, applicant=applicant, times=self._times, number=number)
        self._opinions()

    def _walked_steps(self) -> tuple[str, ...]:
        steps = self._item.steps
        if self._kind in STEPS_BEFORE_END:
            return (*steps[: STEPS_BEFORE_END[self._kind]], "办结")
        return steps

    def _opinions(self) -> None:
        is_refused = self._kind == "not_permitted"
        self._words["review_opinion"] = (
            f"经审查，{self._words['refusal']}，建议不予许可。"
            if is_refused
            else "经审查，申请人符合规定的条件，材料真实有效，建议准予。"
        )
        self._words["decision_opinion"] = "同意审查意见，不予许可。" if is_refused else "同意审查意见，准予办理。"
        self._words["special"] = SPECIAL_PROCEDURES.get(self._item.key, "专家评审")

    def case(self) -> DemoCase:
        """Return the finished case."""
        chosen = self._chosen()
        self._words["first_material"] = chosen[0].name
        self._words["material_rows"] = self._material_rows(chosen)
        files = [self._file(material, serial) for serial, material in enumerate(chosen, start=1)]
        late_files, target = self._twisted(files)
        steps = self._steps()
        return DemoCase(
            number=self._words["case_number"],
            item_key=self._item.key,
            twist=self._twist,
            case=self._case_message(chosen),
            files=tuple(files),
            steps=steps,
            closure=self._closure(files, steps),
            expected=EXPECTED.get(self._twist, PRESERVED),
            late_files=late_files,
            late_steps=self._late_steps(),
            target=target,
        )

    def _chosen(self) -> list[Material]:
        """Choose the materials of the case: all that its ending demands and some that it allows."""
        chosen = [material for material in self._item.materials if self._is_sent(material)]
        if self._twist == "missing_material":
            demanded = [m for m in chosen if m.code[0] == "A" and m.obligation == "required"][1:]
            results = [m for m in chosen if m.code[0] == "C"]
            chosen.remove(self._pick.choice(demanded or results))
        return chosen

    def _is_sent(self, material: Material) -> bool:
        code = material.code
        if self._kind != "completed":
            return code in NOTICES[self._kind] or (code[0] == "A" and material.obligation == "required")
        if code in ONLY_SPECIAL or (self._item.key, code) in NEVER_SENT or self._is_not_yet(code):
            return False
        if code == "B5":
            return self._item.key in SPECIAL_PROCEDURES
        chance = {"required": 1.0, "optional": 0.45, "conditional": 0.3}[material.obligation]
        return self._pick.random() < chance

    def _is_not_yet(self, code: str) -> bool:
        """Say whether the twist keeps the material away: made only later, or not before the end."""
        if self._twist == "late_file":
            return code == "B19"
        return self._twist == "still_open" and (code[0] == "C" or code in ("B17", "B13", "B19"))

    def _material_rows(self, chosen: list[Material]) -> list[list[str]]:
        own = [material for material in chosen if material.code[0] == "A" and material.code != "A98"]
        return [
            [str(number), material.name, "1", "扫描件" if extension(material.doc) == "jpg" else "电子文件"]
            for number, material in enumerate(own, start=1)
        ]

    def _step_of(self, material: Material) -> int:
        """Return the number of the step in which a material comes in or is made."""
        name = (
            "收件" if material.code[0] == "A" and material.code != "A98" else MATERIAL_STEPS.get(material.code, "办结")
        )
        if self._twist == "still_open" and name == "办结":
            name = "受理"
        return self._step_names.index(name) if name in self._step_names else len(self._step_names) - 1

    def _file(self, material: Material, serial: int) -> FileMessage:
        step = self._step_of(material)
        formed = self._times.steps[step][0] + timedelta(seconds=10 * serial)
        seed = self._number * 1000 + serial
        content = document(Order(material.doc, self._words, formed, seed))
        return FileMessage(
            file_key=f"{material.code}-{serial:02d}",
            name=self._file_name(material, serial),
            material_code=material.code,
            step=self._step_names[step],
            formed_at=formed.isoformat(),
            content=content,
        )

    def _file_name(self, material: Material, serial: int) -> str:
        """Name files as people and systems do: by what they are, by the person, or as the scanner counts."""
        ending = extension(material.doc)
        if material.code[0] == "A" and ending == "jpg" and self._pick.random() < _SCANNER_NAMES:
            return f"扫描件_{self._times.received:%Y%m%d}_{serial:04d}.jpg"
        if material.code[0] == "A" and self._pick.random() < _PERSON_NAMES:
            return f"{material.name}（{self._words['name']}）.{ending}"
        return f"{material.name}.{ending}"

    def _twisted(self, files: list[FileMessage]) -> tuple[tuple[FileMessage, ...], str]:
        """Change the files as the twist wants; return the late ones and the key of the file it is about."""
        if self._twist == "late_file":
            late = self._file(self._item.material("B19"), 90)
            return (late,), late.file_key
        if self._twist == "encrypted_file":
            return self._locked(files)
        if self._twist == "unexpected_material":
            files.append(self._unexpected(files[0]))
            return (), files[-1].file_key
        return (), files[0].file_key if self._twist == "bad_digest" else ""

    def _locked(self, files: list[FileMessage]) -> tuple[tuple[FileMessage, ...], str]:
        place, sound = next((i, file) for i, file in enumerate(files) if file.name.endswith(".pdf"))
        files[place] = _changed(sound, content=encrypted_pdf(sound.content, password=_SAMPLE_WORD))
        return (_changed(sound, file_key=sound.file_key + "R", replaces=sound.file_key),), sound.file_key

    def _unexpected(self, like: FileMessage) -> FileMessage:
        content = document(Order("card:household.jpg", self._words, self._times.received, self._number))
        return _changed(like, file_key="A77-01", name="户口簿（多交）.jpg", material_code="A77", content=content)

    def _steps(self) -> tuple[dict[str, Any], ...]:
        steps = [self._step(number) for number in range(len(self._step_names))]
        if self._twist != "still_open":
            return tuple(steps)
        return (*steps[:2], steps[2] | {"ended_at": None, "opinion": "", "action": "办理中"})

    def _step(self, number: int) -> dict[str, Any]:
        agency = self._item.agency
        name, (start, end) = self._step_names[number], self._times.steps[number]
        is_last = number == len(self._step_names) - 1
        opinion = f"{RESULTS[self._kind]}。" if is_last else OPINIONS.get(name, "通过。")
        if self._kind == "not_permitted" and name == "审核":
            opinion = self._words["review_opinion"]
        return {
            "step_key": f"S{number + 1:02d}",
            "name": name,
            "started_at": start.isoformat(),
            "ended_at": end.isoformat(),
            "handler": agency.head if is_last else agency.staff[(number + self._number) % len(agency.staff)],
            "unit": agency.short_name,
            "opinion": opinion,
            "action": "办结" if is_last else "通过",
        }

    def _late_steps(self) -> tuple[dict[str, Any], ...]:
        if self._twist != "late_step":
            return ()
        moment = at(add_working_days(self._times.closed.date(), 2), 95)
        step = self._step(len(self._step_names) - 1)
        times = {"started_at": moment.isoformat(), "ended_at": (moment + timedelta(minutes=4)).isoformat()}
        return (step | times | {"step_key": "S99", "name": "送达", "opinion": "结果已送达申请人。", "action": "送达"},)

    def _case_message(self, chosen: list[Material]) -> dict[str, Any]:
        words, item = self._words, self._item
        is_person = item.service == "person"
        accepted = None if self._kind in ("returned", "not_accepted") else self._times.accepted.isoformat()
        return {
            "case_number": words["case_number"],
            "title": f"{words['applicant']} {item.name}",
            "item_code": item.code,
            "item_version": 1,
            "applicant": {
                "name": words["applicant"],
                "kind": "person" if is_person else "organisation",
                "id_type": "111" if is_person else "uscc",
                "id_number": words["applicant_full_number"],
                "legal_representative": words["legal_representative"],
                "address": words["address"] if is_person else words["shop_address"],
                "agent": "" if is_person else words["name"],
            },
            "received_at": self._times.received.isoformat(),
            "accepted_at": accepted,
            "promised_at": self._times.promised.isoformat() if accepted else None,
            "channel": words["channel"],
            "region_code": REGION,
            "department": item.agency.office,
            "situations": [material.condition for material in chosen if material.condition and material.code[0] == "A"],
            "metadata": {"联系电话": words["phone"], "受理文书编号": words["accept_number"] if accepted else ""},
        }

    def _closure(self, files: list[FileMessage], steps: tuple[dict[str, Any], ...]) -> dict[str, Any] | None:
        if self._twist == "still_open":
            return None
        says_counts = (
            self._twist not in ("late_file", "late_step", "encrypted_file") and self._pick.random() < _DECLARES_COUNTS
        )
        return {
            "kind": self._kind,
            "closed_at": _later(self._times.closed, 30),
            "result": RESULTS[self._kind],
            "result_number": self._words["result_number"] if self._kind == "completed" else "",
            "handler": self._item.agency.head,
            "declared_files": len(files) if says_counts else None,
            "declared_steps": len(steps) if says_counts else None,
        }


def _later(moment: datetime, seconds: int) -> str:
    return (moment + timedelta(seconds=seconds)).isoformat()


def _changed(file: FileMessage, **changes: Any) -> FileMessage:  # noqa: ANN401 - fields of many types
    values = {name: getattr(file, name) for name in FileMessage.__slots__}
    return FileMessage(**(values | changes))
