"""The page of errors: families, codes and problems, in both languages, with their answers over HTTP."""

from __future__ import annotations

from collections.abc import Mapping

from jingui.domain import errors
from jingui.interfaces.cli.reference.markdown import code, meaning, page, table
from jingui.interfaces.wording.errors import ERRORS
from jingui.interfaces.wording.problems import PROBLEMS

# The answer over HTTP to each family; a subclass answers as the nearest of its parents here. The API does not know
# the commands nor they the API, so both keep these; a test holds them against each other.
STATUS_OF_FAMILY: dict[type[Exception], int] = {
    errors.NotFound: 404,
    errors.Refused: 403,
    errors.Conflict: 409,
    errors.Invalid: 422,
    errors.DomainError: 400,
    errors.TransientFailure: 503,
    errors.PermanentFailure: 500,
}
STATUS_OF_CODE: dict[str, int] = {
    "signature_missing": 401,
    "signature_malformed": 401,
    "signature_wrong": 401,
    "key_unknown": 401,
    "clock_skew": 401,
    "nonce_reused": 401,
    "digest_mismatch": 400,
    "digest_missing": 400,
    "digest_malformed": 400,
    "body_not_json": 400,
    "body_interrupted": 400,
    "file_too_large": 413,
    "message_too_large": 413,
    "storage_full": 507,
}

_PREAMBLE = """\
A failed check of a record is never an error: it is a [finding](findings.md). 检测不通过不是错误，而是检测结论。

Over HTTP an error is a problem document (RFC 9457, `application/problem+json`) with `code`, `detail` and, for a wrong input, all
`problems` at once. `lost` is always `false`: whatever was refused, nothing that had been taken is lost. A status in the table of codes \
overrules that of the family. After 503 and 507 send the same message again later.
接口以问题文档应答（RFC 9457）。被拒绝的请求不影响已收到的任何内容；遇 503、507 稍后重发同一消息即可。"""


def families(root: type[Exception]) -> list[type[Exception]]:
    """Return an error class and all below it that the domain defines, parents first."""
    below = sorted((each for each in root.__subclasses__() if each.__module__ == errors.__name__), key=str)
    return [root, *(each for child in below for each in families(child))]


def error_page() -> str:
    """List the families of refusals and failures, the codes of errors, and the codes of problems with an input."""
    classes = families(errors.DomainError) + families(errors.OutsideFailure)
    rows = ((code(c.__name__), code(c.__bases__[0].__name__), _status(c), meaning(c)) for c in classes)
    return page(
        "Errors 错误",
        _PREAMBLE,
        table(("class 类", "kind of 上级", "HTTP", "meaning 含义"), rows),
        "## Codes 错误代码",
        _words(ERRORS, statuses=STATUS_OF_CODE),
        "## Problems with an input 输入问题",
        "Values in braces are filled in. 花括号中的内容在应答时填入。",
        _words(PROBLEMS),
    )


def _status(error: type[Exception]) -> str:
    return next((str(STATUS_OF_FAMILY[each]) for each in error.__mro__ if each in STATUS_OF_FAMILY), "")


def _words(words: Mapping[str, tuple[str, str]], *, statuses: Mapping[str, int] | None = None) -> str:
    if statuses is None:
        return table(("code 代码", "中文", "English"), ((code(key), zh, en) for key, (zh, en) in words.items()))
    rows = ((code(key), str(statuses.get(key, "")), zh, en) for key, (zh, en) in words.items())
    return table(("code 代码", "HTTP", "中文", "English"), rows)
