"""The inspection report (四性检测报告) as XML for the package and as a printable form."""

from __future__ import annotations

from jingui.formats.inspection_reports.form import ReportForm, report_pdf
from jingui.formats.inspection_reports.xml import report_xml

__all__ = ["ReportForm", "report_pdf", "report_xml"]
