"""Opening hostile files: in confined processes of their own, or in this process for bulk work on trusted files."""

from __future__ import annotations

from jingui.adapters.examination.confinement import Confinement
from jingui.adapters.examination.inline_examiner import InlineExaminer
from jingui.adapters.examination.process_examiner import ProcessExaminer

__all__ = ["Confinement", "InlineExaminer", "ProcessExaminer"]
