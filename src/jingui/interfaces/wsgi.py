"""The WSGI application that the server process loads."""

from __future__ import annotations

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from jingui.interfaces.cli.lifeline import die_with_parent
from jingui.interfaces.collector import settle_collector
from jingui.interfaces.hands import Hands

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jingui.settings")
if os.environ.get("JINGUI_SUPERVISED") == "1":
    die_with_parent()

pages = get_wsgi_application()
from jingui.interfaces.api.lane import UploadLane  # noqa: E402 - models can be loaded only now
from jingui.interfaces.reception import Reception  # noqa: E402

hands = Hands(settings.JINGUI.threads)
application = UploadLane(Reception(pages, hands.do), hands.do)
settle_collector()
