"""What no package holds, so that rebuilding from packages cannot bring it back: said in every report of it.

Each code stands for tables, or for columns of tables that are rebuilt; ``*`` is any table or any column. Only a backup
has these.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping


def _tables(*names: str) -> frozenset[str]:
    return frozenset(f"jingui_{name}" for name in names)


def _columns(table: str, *names: str) -> frozenset[str]:
    return frozenset(f"jingui_{table}.{name}" for name in names)


NOT_HELD: Mapping[str, frozenset[str]] = {
    "journal": frozenset({"*.event_id", "*.arrived_event"})
    | _tables("journal_event", "journal_checkpoint", "journal_tile")
    | _columns("case", "inspected_through")
    | _columns("package_version", "through_event"),
    "row_keys": frozenset({"*.key", "*.staged_token"}),
    "open_cases": _tables("job", "worker_beat"),
    "arrival_times": _columns("case", "opened_at", "announced_at", "preserved_at")
    | _columns("case_step", "received_at")
    | _columns("closure", "received_at")
    | _columns("shared_file", "received_at")
    | _columns("package_version", "stored_at"),
    "messages": _columns("case", "message", "message_sha256")
    | _columns("case_file", "message_sha256")
    | _columns("closure", "message", "message_sha256")
    | _columns("shared_file", "message", "message_sha256"),
    "shared_references": _tables("shared_file"),
    "receipts": _tables("receipt"),
    "inspections": _tables("inspection", "inspection_statement", "phase_inspection", "finding_tally")
    | _columns("inspection", "number", "at", "outcome", "is_blocked", "report", "readings"),
    "migrations": _tables("file_conversion", "tried_file") | _columns("format_migration", "*"),
    "catalogue": _columns("agency", "*")
    | _columns("service_item", "*")
    | _columns("archiving_plan", "*")
    | _columns("case", "plan_id")
    | _tables("agency", "service_item", "archiving_plan", "carried_plan")
    | _tables("catalogue_import", "catalogue_mapping", "catalogue_work", "plan_layer", "plan_opinion", "plan_rollout")
    | _tables("plan_catch_up", "level_run", "level_difference", "level_settlement", "level_unplaced"),
    "sources": _columns("source", "is_active", "agency_codes")
    | _tables("source_key", "source_connection", "source_problem", "source_progress", "nonce", "notice", "notice_work"),
    "accounts": _tables("account"),
    "access_copies": _tables("access_copy"),
    "counter": _tables("counter_session", "counter_scan", "counter_page", "counter_page_text", "counter_confirmation")
    | _tables("file_suggestion", "recognition_task"),
    "supervision": _tables("ledger", "ledger_part", "ledger_block", "ledger_line", "day_closing", "explanation")
    | _tables("coverage_certificate"),
    "storage": _tables("storage_root", "object_copy", "copy_task", "copy_check", "copy_finding", "fixity_cycle")
    | _tables("cycle_progress", "offline_medium", "medium_check"),
    "settings": _tables("installation", "trusted_certificate", "format_policy", "inspection_profile"),
}
"""Code → what of the database it stands for. A table that stands here may still get the rows that packages tell of."""


def named() -> frozenset[str]:
    """Return every table and column that is named."""
    return frozenset().union(*NOT_HELD.values())


def unnamed(differing: set[str]) -> Iterator[str]:
    """Yield what of these tables and columns nothing is said of."""
    known = named()
    for each in sorted(differing):
        table, _, column = each.partition(".")
        if not known & {each, f"{table}.*", f"*.{column}"}:
            yield each
