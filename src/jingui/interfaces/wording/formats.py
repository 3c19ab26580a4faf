"""The format policy and what readers note in files, in words. Code → (Chinese, English)."""

from __future__ import annotations

Words = dict[str, tuple[str, str]]

ERRORS: Words = {
    "policy_unchanged": (
        "与现行的第 {version} 版相同，没有新建版本。",
        "This is the same as version {version}, which is in force. Nothing was changed.",
    ),
    "policy_moved_on": (
        "策略已经是第 {version} 版，没有保存。请看过新版再改。",
        "Version {version} is in force by now; nothing was saved. Look at it first.",
    ),
    "policy_version_unknown": ("没有这一版格式策略。", "There is no such version of the format policy."),
}

PROBLEMS: Words = {
    "target_without_conversion": (
        "只有“转换”要写目标格式，“转换”也必须写",
        "a target format stands with a conversion, and only with one",
    ),
}

FEATURES: Words = {
    "javascript": ("脚本", "Scripts"),
    "launch_action": ("启动程序的动作", "Action that starts a program"),
    "macros": ("宏", "Macros"),
    "attachments": ("内嵌附件", "Embedded files"),
    "form_fields": ("可填写的域", "Form fields"),
    "dynamic_form": ("动态表单", "Dynamic form (XFA)"),
    "external_links": ("外部链接", "External links"),
    "fonts_not_embedded": ("字体未嵌入", "Fonts not embedded"),
    "polyglot": ("一个文件两种格式", "Two formats in one file"),
    "hidden_data": ("隐藏数据", "Hidden data"),
    "trailing_data": ("尾部多余数据", "Trailing data"),
    "needs_repair": ("需修补才能打开", "Opens only when repaired"),
    "nested_archives": ("嵌套压缩包", "Nested archives"),
    "path_tricks": ("可疑的包内路径", "Deceptive names inside"),
    "pdfa_fault": ("PDF/A 声明不符", "PDF/A claim contradicted"),
    "pdfa_unproven": ("PDF/A 声明未经验证", "PDF/A claim not validated"),
    "pronom_differs": ("PRONOM 识别不同", "PRONOM differs"),
    "xml_dtd": ("文档类型声明", "Document type declaration"),
    "duplicate_entry": ("重名条目", "Duplicate entries"),
    "nonstandard_namespace": ("非标准命名空间", "Nonstandard namespace"),
}

WORDS: dict[str, Words] = {
    "errors": ERRORS,
    "problems": PROBLEMS,
    "feature": FEATURES,
    "treatment": {
        "accept": ("接收", "Accept"),
        "convert": ("转换", "Convert"),
        "warn": ("提示", "Warn"),
        "refuse": ("拒绝", "Refuse"),
    },
    "suitability": {
        "long_term": ("适合长期保存", "Suits long-term keeping"),
        "limited": ("有条件适合", "Limited"),
        "unsuitable": ("不适合", "Unsuitable"),
        "unknown": ("未评估", "Not assessed"),
    },
    "format_risk": {"low": ("低", "Low"), "medium": ("中", "Medium"), "high": ("高", "High")},
    "format": {"cms": ("电子签名文件", "CMS signature"), "uof": ("UOF", "UOF"), "jp2": ("JPEG 2000", "JPEG 2000")},
    "event": {"format_policy.adopted": ("采用格式策略", "Format policy adopted")},
}
