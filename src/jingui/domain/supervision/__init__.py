"""Supervision (统计监督): what a source says it handled, compared with what the archive holds."""

from __future__ import annotations

from jingui.domain.supervision.ledgers import SUPERVISION_PROBLEM_CODES

__all__ = ["SUPERVISION_PROBLEM_CODES"]
