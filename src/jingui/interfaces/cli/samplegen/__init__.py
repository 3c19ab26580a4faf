"""The shipped samples: an invented city's catalogue, its documents and its demo cases, made by this generator."""

from __future__ import annotations

from jingui.interfaces.cli.samplegen.catalogue import catalogue, write_catalogue
from jingui.interfaces.cli.samplegen.demo import CASE_COUNT, demo_cases
from jingui.interfaces.cli.samplegen.story import DemoCase, Expected, FileMessage
from jingui.interfaces.cli.samplegen.writing import write_files

__all__ = [
    "CASE_COUNT",
    "DemoCase",
    "Expected",
    "FileMessage",
    "catalogue",
    "demo_cases",
    "write_catalogue",
    "write_files",
]
