"""What a form of package is: how a record is written in it, read from it and checked by itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from jingui.domain.packaging.packages import PackageFinding, SignatureVerifier
    from jingui.domain.packaging.transfer import TransferFile, TransferRecord
    from jingui.formats.exchange.sinks import PackageSink
    from jingui.formats.exchange.views import PackageView

    Opener = Callable[[TransferFile], IO[bytes]]


@dataclass(frozen=True, slots=True)
class Trust:
    """By what signatures of a package are judged: the verifier, and the keys trusted here (PEM)."""

    verify: SignatureVerifier
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class HeldRecord:
    """A record as it was read from a package: ``places`` has the path inside the package by each file's path."""

    record: TransferRecord
    view: PackageView
    places: dict[str, str] = field(default_factory=dict)

    def open(self, file: TransferFile) -> IO[bytes]:
        """Open the bytes of a file. Raises OSError or ValueError."""
        return self.view.tree.open(self.places[file.path])


@dataclass(frozen=True, slots=True)
class Form:
    """A form of package. ``holds_many``: one package can hold several records.

    ``demand`` raises ``CannotHoldError`` where the form has no place for the records; ``write`` does too, and raises
    ``ContentDamagedError`` where the bytes are not the record's; ``read`` raises ``DocumentRefusedError``; ``check`` never
    raises.
    """

    name: str
    demand: Callable[[Sequence[Outgoing]], None]
    write: Callable[[Sequence[Outgoing], PackageSink], None]
    read: Callable[[PackageView], list[HeldRecord]]
    check: Callable[[PackageView, Trust], Iterator[PackageFinding]]
    holds_many: bool = False


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A record to be written, and how its files are opened."""

    record: TransferRecord
    open: Opener


def demand_number(outgoing: Sequence[Outgoing]) -> None:
    """Ask for a number in each record, another in every one.

    Raises:
        CannotHoldError: ``form_needs_codes``.
    """
    codes = [one.record.code for one in outgoing]
    if not all(codes) or len(set(codes)) != len(codes):
        raise CannotHoldError("form_needs_codes", ", ".join(codes))


class CannotHoldError(ValueError):
    """A form has no place for a record; ``code`` says why."""

    def __init__(self, code: str, detail: str = "") -> None:
        """Keep a stable code and a detail."""
        super().__init__(f"{code}: {detail}")
        self.code, self.detail = code, detail
