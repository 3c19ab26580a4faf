"""What the log tells of requests."""

from __future__ import annotations

import logging
from http import HTTPStatus


class PlainRefusals(logging.Filter):
    """Tells in one line that a request was turned away.

    The framework adds where in its own code it gave a request up (a form without a boundary, a host name that is not
    ours). That says nothing of a mistake of ours, and strangers could fill the log with it. Of answers from 500 on the
    place in the code is kept.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every line through, those of refusals without the place in the code."""
        status = getattr(record, "status_code", HTTPStatus.INTERNAL_SERVER_ERROR)
        if HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR:
            record.exc_info = record.exc_text = None
        return True
