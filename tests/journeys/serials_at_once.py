"""A program for the test of workers: several threads take the first serials of one scope of an instance at once."""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import django
from django.db import connection, transaction

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jingui.settings")
django.setup()

from jingui.db import journal  # noqa: E402 - Django must be set up before its models are imported
from jingui.domain.audit.events import Event  # noqa: E402
from jingui.usecases.arrangement import next_serial  # noqa: E402

TAKERS = 4


def take(start: threading.Barrier) -> int:
    """Take a serial in a transaction of its own, which keeps the others waiting for a while."""
    start.wait()
    try:
        with transaction.atomic():
            sequence, is_new = next_serial("试验")
            time.sleep(0.1)  # the others find no row yet
            entry = journal.Entry(Event.CASE_ARRANGED, "system:test", datetime.now(UTC))
            journal.record(entry, new=[sequence] * is_new, changed=[sequence] * (not is_new))
            return sequence.last
    finally:
        connection.close()


def main() -> None:
    """Print the serials taken, smallest first."""
    start = threading.Barrier(TAKERS)
    with ThreadPoolExecutor(TAKERS) as pool:
        json.dump(sorted(pool.map(take, [start] * TAKERS)), sys.stdout)


if __name__ == "__main__":
    main()
