"""Supervision (统计监督): what a source says it handled, compared with what the archive holds."""
