"""Object lock of a bucket: what it promises, what is promised of a stored file, and writing with a time of retention."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from tempfile import SpooledTemporaryFile
from typing import IO

from lxml import etree

from jingui.adapters.stores.s3_wire import Account, Answer, Request, send
from jingui.domain.errors import PermanentFailure, TransientFailure
from jingui.formats.packages.elements import XmlMalformedError, XmlUnsafeError, parse
from jingui.ports import ObjectLock

IN_MEMORY = 16 << 20
MOST_BYTES = 5 << 30
"""Largest file of a single request."""

_NO_LOCK = {HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED, HTTPStatus.NOT_IMPLEMENTED}
DAYS_OF_A_YEAR = 365


@dataclass(frozen=True, slots=True)
class Retention:
    """How long what is written must stay: ``mode`` as S3 names it (``COMPLIANCE``, ``GOVERNANCE``), and days."""

    mode: str
    days: int


class Locks:
    """What a server says of the locks of a bucket below a prefix."""

    def __init__(self, account: Account, prefix: str) -> None:
        """Ask as this account."""
        self._account = account
        self._prefix = f"{prefix.strip('/')}/" if prefix.strip("/") else ""

    def of_bucket(self) -> ObjectLock:
        """Return what the bucket promises of everything written into it. Raises TransientFailure."""
        answer = send(self._account, Request("GET", query="object-lock"))
        if answer.status == HTTPStatus.FORBIDDEN:
            return ObjectLock(is_enabled=None)
        told = _parsed(answer)
        if told is None or _text(told, "ObjectLockEnabled") != "Enabled":
            return ObjectLock(is_enabled=False)
        days = int(_text(told, "Days") or 0) + int(_text(told, "Years") or 0) * DAYS_OF_A_YEAR
        return ObjectLock(is_enabled=True, mode=_text(told, "Mode").lower(), days=days)

    def kept_until(self, path: str) -> datetime | None:
        """Return until when a file cannot be deleted; nothing if it can be now. Raises TransientFailure."""
        answer = send(self._account, Request("HEAD", self._prefix + path))
        if answer.status not in {HTTPStatus.OK, HTTPStatus.NOT_FOUND}:
            raise TransientFailure("storage_away", f"{answer.status} {path}")
        until = answer.headers.get("x-amz-object-lock-retain-until-date", "")
        return datetime.fromisoformat(until) if until else None

    def put(self, path: str, chunks: Iterable[bytes], retention: Retention | None, *, is_new: bool) -> None:
        """Write a file into a bucket with object lock; the bytes are gathered first, for S3 wants their digest.

        Without ``retention`` the bucket's own default holds.

        Raises:
            FileExistsError: ``is_new``, and something stands there.
            PermanentFailure: ``bucket_not_locked``, ``file_too_large``, or what reading the bytes raises.
            TransientFailure: the server does not take it now.
        """
        with SpooledTemporaryFile(max_size=IN_MEMORY) as whole:
            headers, sha256 = _gather(chunks, whole)
            length = whole.tell()
            if length > MOST_BYTES:
                raise PermanentFailure("file_too_large", path)
            whole.seek(0)
            if retention:
                until = self._account.now() + timedelta(days=retention.days)
                headers["x-amz-object-lock-mode"] = retention.mode
                headers["x-amz-object-lock-retain-until-date"] = until.strftime("%Y-%m-%dT%H:%M:%SZ")
            if is_new:
                headers["If-None-Match"] = "*"
            _check(send(self._account, Request("PUT", self._prefix + path, "", headers, whole, length, sha256)), path)


def _gather(chunks: Iterable[bytes], whole: IO[bytes]) -> tuple[dict[str, str], str]:
    md5, sha256 = hashlib.md5(usedforsecurity=False), hashlib.sha256()  # S3 asks for MD5 with every lock
    for chunk in chunks:
        md5.update(chunk)
        sha256.update(chunk)
        whole.write(chunk)
    return {"Content-MD5": b64encode(md5.digest()).decode()}, sha256.hexdigest()


def _check(answer: Answer, path: str) -> None:
    if answer.status == HTTPStatus.PRECONDITION_FAILED:
        raise FileExistsError(path)
    if answer.status == HTTPStatus.BAD_REQUEST:
        raise PermanentFailure("bucket_not_locked", answer.body[:500].decode(errors="replace"))
    if answer.status != HTTPStatus.OK:
        raise TransientFailure("storage_away", f"{answer.status} {answer.body[:500].decode(errors='replace')}")


def _parsed(answer: Answer) -> etree._Element | None:
    if answer.status in _NO_LOCK:
        return None
    if answer.status != HTTPStatus.OK:
        raise TransientFailure("storage_away", f"{answer.status} {answer.body[:500].decode(errors='replace')}")
    try:
        return parse(answer.body)
    except (XmlUnsafeError, XmlMalformedError) as error:
        raise TransientFailure("storage_away", f"{error}") from error


def _text(root: etree._Element, name: str) -> str:
    return next((each.text or "" for each in root.iter("{*}" + name)), "")
