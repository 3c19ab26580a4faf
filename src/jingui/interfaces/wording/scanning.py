"""Scans and suggested materials in words. Code → (Chinese, English)."""

from __future__ import annotations

Words = dict[str, tuple[str, str]]

ERRORS: Words = {
    "case_being_archived": (
        "这个办件正在入库，暂时不能改材料。没有数据变化。请过一分钟再试。",
        "The case is just being archived; its materials cannot be changed. Nothing was changed. Try again in a minute.",
    ),
    "suggestion_decided": (
        "文件“{key}”的材料已经有人定了。没有数据变化。请刷新页面看结果。",
        "Somebody has just decided on the file “{key}”. Nothing was changed. Reload the page.",
    ),
    "recogniser_missing": (
        "这台服务器没有安装文字识别，只是不能按内容提出建议，其他不受影响。",
        "Text recognition is not installed here; only suggestions by content are missing.",
    ),
    "page_not_recognised": (
        "这一页识别不出文字，原件不受影响。",
        "The text of this page could not be recognised. The original is not affected.",
    ),
}
PROBLEMS: Words = {
    "material_not_in_plan": ("归档配置里没有材料“{material}”", "the plan has no material {material}"),
    "scan_form_unknown": (
        "不是扫描件：只收 TIFF、JPEG、PNG 和 PDF",
        "not a scan: TIFF, JPEG, PNG and PDF are taken",
    ),
    "scan_damaged": ("扫描件打不开，请重新扫描（{detail}）", "the scan cannot be opened; scan it again ({detail})"),
    "scan_encrypted": ("扫描件有密码，请去掉密码再上传", "the scan is encrypted; upload it without a password"),
    "scan_too_many_pages": ("页数太多，一次最多 {limit} 页", "too many pages; at most {limit} at once"),
    "scan_too_large": ("页面太大（{size}），请降低分辨率", "too large ({size}); use a lower resolution"),
    "scan_no_such_page": ("没有第 {number} 页", "there is no page {number}"),
    "scan_without_pages": ("没有可以合成的页", "there are no pages to put together"),
}
WORDS: dict[str, Words] = {
    "errors": ERRORS,
    "problems": PROBLEMS,
    "clue": {"none": ("没有依据", "No clue")},
    "event": {
        "material.suggested": ("提出材料建议", "Materials suggested"),
        "material.decided": ("人工定材料", "Materials decided"),
    },
}
