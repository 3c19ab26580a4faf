"""The API as one object, with its OpenAPI description at /api/v1/openapi.json (no page that loads scripts)."""

from __future__ import annotations

from jingui import __version__
from jingui.interfaces.api import capture, ledgers, notices, problems, public
from jingui.interfaces.api.addresses import CaptureApi

api = CaptureApi(
    title="金匮捕获接口",
    version=__version__,
    description="办理系统从收件起逐步送来办件、文件、环节和办结；同一消息重发不会改变任何东西。签名方法见集成指南。",
    docs_url=None,
    openapi_url="/openapi.json",
    urls_namespace="api",
)
api.add_router("", capture.router, tags=["捕获"])
api.add_router("", ledgers.router, tags=["对账"])
api.add_router("", notices.router, tags=["取件"])
api.add_router("", public.router, tags=["公开"])
problems.install(api)
