"""Opening a catalogue file and choosing how its columns are read: a named mapping, a known one, a saved one, or a guess."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from jingui.db.queries.imports import mapping_for, saved_mapping
from jingui.domain.catalogue.exchange import BASIC, NATIONAL_EXCHANGE
from jingui.domain.catalogue.mappings import ColumnMapping, TableHead, guess_mapping, mapping_from_dict, mapping_to_dict
from jingui.domain.errors import Invalid, Problem
from jingui.formats.catalogues.sources import CatalogueSource, open_source
from jingui.usecases.catalogue.completeness import CompleteScope, read_scope
from jingui.usecases.catalogue.import_tasks import ImportTask

_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class ImportChoices:
    """How a file is to be imported. ``mapping`` is the name of a saved mapping or a file; empty ones are chosen for us.

    ``within`` are the agencies of whoever imports (``None``: bound to none).
    """

    mapping: str = ""
    profile: str = ""
    complete: str = ""
    constants: tuple[tuple[str, str], ...] = ()
    within: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class ListHead:
    """What a list is, as far as choosing how to read it needs: enough to say what importing it means without its rows.

    ``is_known``: its form is one of ours; otherwise ``tables`` are what it has.
    """

    sha256: str
    is_known: bool
    tables: tuple[TableHead, ...] = ()


def open_task(path: Path, choices: ImportChoices, *, name: str = "") -> tuple[CatalogueSource, ImportTask]:
    """Open a file and say what importing it means.

    Raises:
        Invalid: the file, the mapping or the scope cannot be used.
        NotFound: there is no such saved mapping.
        OSError: the file is not there.
    """
    source = open_source(path)
    return source, task_of(head_of(source, _sha256(path)), choices, name=name or path.name)


def head_of(source: CatalogueSource, sha256: str) -> ListHead:
    """Return what a list is; ``sha256`` is the digest of its file."""
    return ListHead(sha256, source.known is not None, source.heads)


def task_of(head: ListHead, choices: ImportChoices, *, name: str) -> ImportTask:
    """Say what importing a list means that has been opened before.

    Raises:
        Invalid: the mapping or the scope cannot be used.
        NotFound: there is no such saved mapping.
    """
    mapping = None
    if not head.is_known:
        mapping = named_mapping(choices.mapping) if choices.mapping else chosen_mapping(head.tables)
        mapping = replace(mapping, constants={**mapping.constants, **dict(choices.constants)})
        mapping = mapping_from_dict(mapping_to_dict(mapping))
    return ImportTask(
        file_name=name,
        file_sha256=head.sha256,
        mapping=mapping,
        profile=choices.profile,
        complete=_scope(choices),
        within=choices.within,
    )


def _scope(choices: ImportChoices) -> CompleteScope | None:
    scope = read_scope(choices.complete)
    if scope and choices.within is not None and not (scope.agencies and set(scope.agencies) <= set(choices.within)):
        raise Invalid((Problem("complete", "scope_out_of_reach"),))
    return scope


def are_columns_named(task: ImportTask) -> bool:
    """Say whether the columns need nobody: the form is ours, or a name of items was found among them."""
    tables = task.mapping.tables.values() if task.mapping else ()
    return task.mapping is None or any("item_name" in table.columns.values() for table in tables)


def named_mapping(name: str) -> ColumnMapping:
    """Return the mapping of a file, or the saved one of this name.

    Raises:
        Invalid: the file is no mapping.
        NotFound: there is neither.
    """
    path = Path(name)
    if not path.is_file():
        return NATIONAL_EXCHANGE if name == NATIONAL_EXCHANGE.name else saved_mapping(name)
    try:
        return mapping_from_dict(json.loads(path.read_text(encoding="utf-8-sig")))
    except (ValueError, RecursionError):
        raise Invalid((Problem("", "mapping_malformed"),)) from None


def chosen_mapping(tables: Sequence[TableHead]) -> ColumnMapping:
    """Return the mapping that fits the tables of a file best: the national one, a saved one, or a guess."""
    if any(head.name == BASIC for head in tables):
        return NATIONAL_EXCHANGE
    headers = frozenset(header for head in tables for header in head.headers)
    return mapping_for(headers) or guess_mapping(tables)


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    files = sorted(each for each in path.iterdir() if each.is_file()) if path.is_dir() else [path]
    for each in files:
        if path.is_dir():
            digest.update(each.name.encode() + b"\0")
        with each.open("rb") as file:
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
    return digest.hexdigest()
