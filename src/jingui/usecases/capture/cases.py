"""The case's own message (收件): which item, whose, since when."""

from __future__ import annotations

from datetime import datetime

from jingui.db import journal
from jingui.db.models import ArchivingPlan, Case, Closure, ServiceItem
from jingui.db.queries.documents import case_document
from jingui.db.queries.receipts import case_facts
from jingui.db.queries.rows import find_row
from jingui.domain.audit.events import Event
from jingui.domain.capture.messages import CaseMessage
from jingui.domain.capture.sameness import message_digest, message_text
from jingui.domain.errors import Conflict, Invalid, Problem
from jingui.domain.lifecycle import CaseState, move
from jingui.domain.records.days import civil_date
from jingui.usecases.capture.folders import (
    Desk,
    Sender,
    Taken,
    ask_for_work,
    claim_nonce,
    find_case,
    one_transaction,
    open_folder,
)
from jingui.usecases.capture.themes import theme_rows, wake_waiting


@one_transaction
def receive_case(*, message: CaseMessage, sender: Sender, desk: Desk, now: datetime) -> Taken:
    """Open the case's folder, or fill in the one that other messages have opened (收件即启动归档).

    Raises:
        Conflict: ``message_conflict``, the case number already stands for something else.
        Invalid: the item is not in the catalogue, or not of an agency this source may send for.
        Refused: the request has been played before.
    """
    claim_nonce(sender, now=now)
    case = find_case(sender, message.case_number)
    digest = message_digest("case", message)
    if case and case.message:
        if case.message_sha256 != digest:
            raise Conflict("message_conflict", key=case.case_number)
        return Taken.of(case_facts(case, source=sender.source_name), desk.signer, is_repeat=True)
    folder = case or open_folder(sender, message.case_number, now=now)
    _fill(folder, message, _plan(message, sender), digest)
    folder.announced_at = now
    folder.state = _state_of(folder, is_new=case is None).value
    entry = journal.Entry(Event.CASE_RECEIVED, sender.actor, now, folder.key, {"case_number": folder.case_number})
    new = [*([] if case else [folder]), *theme_rows(folder, message.theme)]
    journal.record(entry, new=new, changed=[folder] if case else [])
    desk.search.put([case_document(folder)])
    ask_for_work(folder, desk, now=now)
    wake_waiting(folder, desk, now=now)
    return Taken.of(case_facts(folder, source=sender.source_name), desk.signer, is_repeat=False)


# The version that had begun when the case was received; a case older than all versions gets the oldest.
_NEWEST_BEGUN = "item_code = %s AND (effective_from IS NULL OR effective_from <= %s) ORDER BY item_version DESC LIMIT 1"
_OLDEST = "item_code = %s ORDER BY item_version LIMIT 1"


def _item(message: CaseMessage) -> ServiceItem | None:
    code = message.item_code
    if message.item_version is not None:
        return find_row(ServiceItem, "item_code = %s AND item_version = %s", code, message.item_version)
    day = civil_date(message.received_at).isoformat()
    return find_row(ServiceItem, _NEWEST_BEGUN, code, day) or find_row(ServiceItem, _OLDEST, code)


def _plan(message: CaseMessage, sender: Sender) -> ArchivingPlan:
    item = _item(message)
    if item is None:
        raise Invalid((Problem("item_code", "item_unknown", {"item_code": message.item_code}),))
    if sender.agency_codes and item.agency.code not in sender.agency_codes:
        raise Invalid((Problem("item_code", "item_of_other_agency", {"item_code": message.item_code}),))
    plan = find_row(ArchivingPlan, "item_id = %s ORDER BY plan_version DESC LIMIT 1", item.key)
    if plan is None:
        raise Invalid((Problem("item_code", "item_without_plan", {"item_code": message.item_code}),))
    plan.item = item
    return plan


def _fill(case: Case, message: CaseMessage, plan: ArchivingPlan, digest: str) -> None:
    case.message = message_text(message)
    case.message_sha256 = digest
    case.title = message.title
    case.item_code = message.item_code
    case.item_name = plan.item.name
    case.plan = plan
    case.agency = plan.item.agency
    case.applicant_name = message.applicant.name
    case.channel = message.channel.value
    case.department = message.department
    case.received_at = message.received_at
    case.promised_at = message.promised_at
    case.retention = plan.content["retention"]
    case.category = plan.content["category"]
    case.security_classification = plan.content["security_classification"]


def _state_of(case: Case, *, is_new: bool) -> CaseState:
    state = CaseState(case.state)
    if not is_new and find_row(Closure, "case_id = %s", case.key):
        return move(state, CaseState.CLOSED)
    return move(state, CaseState.OPEN)
