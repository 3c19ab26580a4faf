"""Capture (捕获): what source systems may tell us about cases, and what of a case is there."""

from __future__ import annotations

from jingui.domain.capture.checking import (
    CAPTURE_PROBLEM_CODES,
    check_case_message,
    check_closure_message,
    check_file_message,
    check_shared_file_message,
    check_step_message,
)
from jingui.domain.capture.messages import (
    CaseMessage,
    ClosureMessage,
    FileMessage,
    Message,
    SharedFileMessage,
    StepMessage,
)
from jingui.domain.capture.sameness import message_digest
from jingui.domain.metadata.inventory import (
    Inventory,
    MaterialLine,
    MaterialState,
    UnexpectedFile,
    UnexpectedReason,
    take_inventory,
)

__all__ = [
    "CAPTURE_PROBLEM_CODES",
    "CaseMessage",
    "ClosureMessage",
    "FileMessage",
    "Inventory",
    "MaterialLine",
    "MaterialState",
    "Message",
    "SharedFileMessage",
    "StepMessage",
    "UnexpectedFile",
    "UnexpectedReason",
    "check_case_message",
    "check_closure_message",
    "check_file_message",
    "check_shared_file_message",
    "check_step_message",
    "message_digest",
    "take_inventory",
]
