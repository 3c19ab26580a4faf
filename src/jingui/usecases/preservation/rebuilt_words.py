"""What packages say in words of their files and themes, as the facts and messages that it came from."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from jingui.domain.capture.messages import FileMessage, SharedFileMessage
from jingui.domain.capture.sameness import message_digest
from jingui.domain.records.origins import Origin, Provenance, SharedFrom, ThemePart, ThemeRole
from jingui.domain.records.terms import MaterialClass
from jingui.formats.packages.retold import ToldFile, ToldPackage

_ZONE = timezone(timedelta(hours=8))  # of a time that says none
LETTERS = {"A": MaterialClass.APPLICATION, "B": MaterialClass.PROCESS, "C": MaterialClass.RESULT}


def time_of(text: str) -> datetime | None:
    """Read a time as packages write it; nothing for nothing. Raises ValueError."""
    if not text:
        return None
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=_ZONE)


def needed_time(text: str) -> datetime:
    """Read a time that must be there. Raises ValueError."""
    at = time_of(text)
    if at is None:
        raise ValueError("time missing")
    return at


def theme_of(told: ToldPackage) -> ThemePart | None:
    """Return the theme (一件事) that a case is part of; nothing if it is part of none. Raises ValueError, KeyError."""
    theme = told.theme
    if not theme:
        return None
    count = theme.get("theme_count", "")
    return ThemePart(
        number=theme["theme_number"],
        name=theme["theme_name"],
        role=ThemeRole(theme["theme_role"]),
        count=int(count) if count else None,
    )


def provenance_of(file: ToldFile) -> Provenance | None:
    """Return where a file was called from; nothing if that is not said. Raises ValueError, KeyError."""
    told = file.provenance
    if not told:
        return None
    return Provenance(
        origin=Origin(told["origin"]),
        system=told.get("system", ""),
        interface=told.get("interface", ""),
        called_at=time_of(told.get("called_at", "")),
        licence_number=told.get("licence_number", ""),
        licence_type=told.get("licence_type", ""),
        requester=told.get("requester", ""),
        response_digest=told.get("response_digest", ""),
        case_number=told.get("project_id", ""),
    )


def shared_from_of(file: ToldFile) -> SharedFrom | None:
    """Return which file of which case a file is; nothing if its bytes were sent. Raises KeyError."""
    told = file.shared_from
    return SharedFrom(told["project_id"], told["source_key"]) if told else None


def file_message(file: ToldFile) -> tuple[FileMessage, str]:
    """Return the message a file came with and its digest; of a shared file, that of the reference to it.

    Raises:
        ValueError, KeyError: what is said is no such message.
    """
    said = file.said
    message = FileMessage(
        file_key=file.key,
        name=said["original_file_name"],
        sha256=said["sha256"],
        material_code=said.get("file_code", ""),
        step=said.get("file_step", ""),
        title=said.get("file_actual_name", ""),
        formed_at=time_of(said.get("computer_file_creation_time", "")),
        replaces=said.get("replaces", ""),
        provenance=provenance_of(file),
    )
    shared = shared_from_of(file)
    if shared is None:
        return message, message_digest("file", message)
    return message, message_digest("shared_file", SharedFileMessage(message, shared))
