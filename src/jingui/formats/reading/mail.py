"""Electronic mail (RFC 5322 with MIME)."""

from __future__ import annotations

from email import policy
from email.message import EmailMessage
from email.parser import BytesParser

from jingui.formats.reading.source import Outcome, Source

READER = "python email"


def read_mail(source: Source) -> Outcome:
    """Parse a message with its parts; attachments are noted, not opened."""
    outcome = Outcome(READER)
    message = BytesParser(EmailMessage, policy=policy.default).parsebytes(source.whole())
    defects = [type(defect).__name__ for part in message.walk() for defect in part.defects]
    if "StartBoundaryNotFoundDefect" in defects or "CloseBoundaryNotFoundDefect" in defects:
        return outcome.refuse("truncated", "multipart boundary not found")
    if defects:
        outcome.defect("needs_repair", ", ".join(sorted(set(defects))))
    names = [part.get_filename() or part.get_content_type() for part in message.iter_attachments()]
    if names:
        outcome.note("attachments", f"{len(names)}")
    body = message.get_body(preferencelist=("plain", "html"))
    outcome.text = f"{message.get('subject', '')}\n{body.get_content() if body else ''}"
    outcome.is_readable = True
    return outcome
