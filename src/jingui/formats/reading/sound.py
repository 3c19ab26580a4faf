"""WAV and MP3: chunks and frames followed to the end."""

from __future__ import annotations

import mmap
import struct

from jingui.formats.reading.source import Outcome, Source

READER = "jingui sound"
PCM_TAGS = (1, 3, 0xFFFE)  # integer, float, extensible
RF64_SIZE = 0xFFFFFFFF
BITRATES_1 = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0)
BITRATES_2 = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0)
SAMPLE_RATES = {3: (44100, 48000, 32000, 0), 2: (22050, 24000, 16000, 0), 0: (11025, 12000, 8000, 0)}
MAX_CHUNKS = 100_000
MPEG_1 = 3
TAGS_AT_END = (b"TAG", b"APETAGEX", b"LYRICSBEGIN")


def read_wav(source: Source) -> Outcome:
    """Walk the chunks of a WAV; PCM needs no decoding, so a whole one is readable."""
    outcome = Outcome(READER)
    chunks = _chunks(source)
    if "fmt " not in chunks:
        return outcome.refuse("damaged_structure", "no fmt chunk")
    if "data" not in chunks:
        return outcome.refuse("truncated", "no data chunk")
    start, size = chunks["data"]
    if size == RF64_SIZE and "ds64" in chunks:
        source.stream.seek(chunks["ds64"][0] + 8)
        size = int.from_bytes(source.stream.read(8), "little")
    if start + size > source.size:
        return outcome.refuse("truncated", f"{start + size - source.size} bytes of sound are missing")
    source.stream.seek(chunks["fmt "][0])
    tag, channels, rate = struct.unpack("<HHI", source.stream.read(8))
    if not channels or not rate or not size:
        return outcome.refuse("damaged_structure", "no channel, rate or sound")
    if tag not in PCM_TAGS:
        outcome.note("structure_only", f"codec {tag:#06x}")
        return outcome
    outcome.is_readable = True
    return outcome


def _chunks(source: Source) -> dict[str, tuple[int, int]]:
    """Map the names of RIFF chunks to where their content starts and its size in bytes."""
    found: dict[str, tuple[int, int]] = {}
    position = 12
    for _ in range(MAX_CHUNKS):
        if position + 8 > source.size:
            break
        source.stream.seek(position)
        name, size = struct.unpack("<4sI", source.stream.read(8))
        found.setdefault(name.decode("latin-1"), (position + 8, size))
        position += 8 + size + size % 2
    return found


def read_mp3(source: Source) -> Outcome:
    """Walk the frames of an MP3; the sound in them is not decoded."""
    outcome = Outcome(READER)
    with source.mapped() as data:
        frames, end, junk = _walk(data, _after_id3(data))
    if not frames:
        return outcome.refuse("damaged_structure", "no MPEG frame")
    if end > source.size:
        return outcome.refuse("truncated", "the last frame is cut")
    if junk:
        outcome.defect("needs_repair", f"{junk} bytes between frames")
    outcome.note("structure_only")
    outcome.is_readable = True
    return outcome


def _after_id3(data: mmap.mmap) -> int:
    if data[:3] != b"ID3" or len(data) < 10:  # noqa: PLR2004 - tag header
        return 0
    size = 0
    for byte in data[6:10]:
        size = size << 7 | byte & 0x7F
    return 10 + size


def _walk(data: mmap.mmap, start: int) -> tuple[int, int, int]:
    """Count frames from ``start``; return them, where the last one ends and the bytes between frames."""
    frames = junk = 0
    position = end = start
    while position + 4 <= len(data):
        length = _frame_bytes(data[position : position + 4])
        if length:
            frames += 1
            position = end = position + length
            continue
        if data[position : position + 11].startswith(TAGS_AT_END):
            break
        following = data.find(b"\xff", position + 1)
        if following < 0:
            break
        junk += following - position
        position = following
    return frames, end, junk if frames else 0


def _frame_bytes(header: bytes) -> int:
    """Compute the length of a layer III frame from its header; 0 if it is none (ISO/IEC 11172-3 §2.4.2.3)."""
    if header[0] != 0xFF or header[1] & 0xE6 != 0xE2:  # noqa: PLR2004 - sync word and layer III
        return 0
    version = header[1] >> 3 & 3
    rate = SAMPLE_RATES.get(version, (0, 0, 0, 0))[header[2] >> 2 & 3]
    bitrate = (BITRATES_1 if version == MPEG_1 else BITRATES_2)[header[2] >> 4]
    if not rate or not bitrate:
        return 0
    return (144 if version == MPEG_1 else 72) * bitrate * 1000 // rate + (header[2] >> 1 & 1)
