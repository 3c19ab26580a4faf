"""The client for source systems: ``from jingui.client import CaptureClient``. Standard library only, one file below this one.

It signs requests, streams files, and sends again whatever did not get through. ``docs/guides/integrator.md`` shows it at work.
"""

from __future__ import annotations

from jingui.interfaces.cli.client import Answer, Body, CaptureClient, Endpoint, FileMessage, ServerSilentError, Waiting

__all__ = ["Answer", "Body", "CaptureClient", "Endpoint", "FileMessage", "ServerSilentError", "Waiting"]
