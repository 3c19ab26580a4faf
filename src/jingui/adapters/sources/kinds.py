"""The kinds of connections and what opens a reader of each."""

from __future__ import annotations

from jingui.adapters.sources.amqp import AMQP
from jingui.adapters.sources.bagit_folder import BAG_FOLDER
from jingui.adapters.sources.batch_folder import BATCH_FOLDER
from jingui.adapters.sources.database import DATABASE
from jingui.adapters.sources.opening import ReaderKind
from jingui.adapters.sources.pull import PULL

READER_KINDS: dict[str, ReaderKind] = {
    "pull": PULL,
    "database": DATABASE,
    "folder": BATCH_FOLDER,
    "bagit": BAG_FOLDER,
    "amqp": AMQP,
}
