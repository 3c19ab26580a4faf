"""The WSGI application that the server process loads."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

from jingui.interfaces.cli.lifeline import die_with_parent
from jingui.interfaces.collector import settle_collector

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jingui.settings")
if os.environ.get("JINGUI_SUPERVISED") == "1":
    die_with_parent()

pages = get_wsgi_application()
from jingui.interfaces.api.lane import UploadLane  # noqa: E402 - models can be loaded only now

application = UploadLane(pages)
settle_collector()
