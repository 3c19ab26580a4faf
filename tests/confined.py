"""The confined processes of a test run: each kind is started once and serves every instance that the tests make.

They know nothing of an instance (the product makes each once per process, too), and starting one costs half a second
of processor time, the recogniser several. Tests of the processes themselves make their own. The one that checks signatures
is the product's own, since ``bootstrap`` makes it once per process; here it is only closed with the others.
"""

from __future__ import annotations

import atexit
from functools import cache

from jingui.adapters.examination import ProcessExaminer
from jingui.adapters.recognition.process_recogniser import ProcessRecogniser
from jingui.adapters.rendering.page_images import PageImages
from jingui.adapters.scanning.desk import ConfinedScanDesk
from jingui.bootstrap import Services, signature_desk
from jingui.db.queries.trust import trust_entries

Confined = ProcessExaminer | PageImages | ConfinedScanDesk | ProcessRecogniser


@cache
def _shared() -> dict[str, Confined]:
    made: dict[str, Confined] = {
        "examiner": ProcessExaminer(processes=1, trusted=trust_entries),
        "renderer": PageImages(),
        "scanner": ConfinedScanDesk(),
        "recogniser": ProcessRecogniser(),
    }
    for each in (*made.values(), signature_desk()):
        atexit.register(each.close)
    return made


def lend_processes(ready: Services) -> None:
    """Give the services of an instance the shared processes in place of its own, none of which has been started yet."""
    for name, shared in _shared().items():
        if isinstance(getattr(ready, name), type(shared)):
            object.__setattr__(ready, name, shared)
