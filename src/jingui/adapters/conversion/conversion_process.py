"""A process that converts files for its parent: ``python -m jingui.adapters.conversion.conversion_process BOUNDS``."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

from jingui.adapters.examination.frames import Message
from jingui.adapters.examination.serving import serve
from jingui.formats.conversion import NotConvertibleError
from jingui.formats.conversion.converting import MAX_BYTES, convert, prepare


def answer(item: Message) -> tuple[Message, bytes]:
    """Convert one file; the result travels as bytes behind what is told of it."""
    try:
        with Path(os.fsdecode(bytes.fromhex(item["path"]))).open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
        made = convert(
            data,
            converter=item["converter"],
            route=(item["format"], item["target"]),
            title=item["title"],
            dated=datetime.fromisoformat(item["dated"]),
        )
    except NotConvertibleError as error:
        return {"failure": error.code, "detail": error.detail}, b""
    except OSError as error:
        return {"failure": "content_not_openable", "detail": type(error).__name__}, b""
    except MemoryError:
        return {"failure": "reader_out_of_memory", "detail": ""}, b""
    except Exception as error:  # noqa: BLE001 - hostile bytes may raise anything; the file is not converted
        return {"failure": "conversion_failed", "detail": f"{type(error).__name__}: {error}"[:200]}, b""
    sizes = [list(sizes) for sizes in made.sizes]
    return {"sizes": sizes, "are_pixels_same": made.are_pixels_same, "remarks": made.remarks}, made.data


if __name__ == "__main__":
    prepare()
    serve(answer)
