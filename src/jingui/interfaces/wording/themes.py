"""Theme cases, shared and called files, and documents made here, in words. Code → (Chinese, English)."""

from __future__ import annotations

Words = dict[str, tuple[str, str]]

ERRORS: Words = {
    "shared_file_differs": (
        "办件里的文件“{key}”与说明的摘要不符（实际是 {found}）。没有执行，没有数据变化。请核对要共享的是哪个文件。",
        "The file “{key}” of the other case has another digest ({found}). Nothing was done. Check which file is meant.",
    ),
    "shared_bytes_moved": (
        "共享文件正在入库，稍后自动再取。没有数据丢失。",
        "The shared file is just being stored; it is fetched again by itself. Nothing is lost.",
    ),
}

PROBLEMS: Words = {
    "not_json": ("不是 JSON", "not JSON"),
    "response_digest_malformed": (
        "应答摘要应写作 sha256: 或 sm3: 加 64 位十六进制数",
        "the digest of the answer is sha256: or sm3: with 64 hexadecimal digits",
    ),
    "called_in_future": ("调用时间在将来", "the time of the call lies in the future"),
    "shared_from_itself": ("不能引用本办件自己的文件", "a case cannot share a file with itself"),
    "shared_outside_theme": (
        "办件 {case} 与本办件不属于同一个“一件事”，不能共享文件",
        "case {case} is not of the same theme; files cannot be shared",
    ),
}

FINDINGS: Words = {
    "shared_file_waiting": (
        "共享材料“{file_key}”还没有取到：办件 {case} 的文件未到，或不是说明的那一个",
        "the shared file “{file_key}” has not come from case {case}, or is not the one meant",
    ),
}

TOPICS: Words = {"shared_file_waiting": ("共享材料未到", "Shared file missing")}

LABELS: dict[str, Words] = {
    "origin": {
        "e_licence": ("电子证照库调用", "E-licence library"),
        "data_sharing": ("数据共享调用", "Data sharing"),
        "earlier_case": ("以前办件已提交", "Earlier case"),
        "own_issue": ("本部门已出具", "Issued by us"),
    },
    "theme_role": {"main": ("主办", "Main"), "co": ("协办", "Joint")},
    "made": {
        "process_page": ("系统生成", "Made here"),
        "frozen_page": ("数据固化", "Data frozen"),
        "converted": ("格式转换", "Converted"),
    },
    "page_profile": {"a-2b": ("PDF/A-2b", "PDF/A-2b"), "a-3b": ("PDF/A-3b", "PDF/A-3b")},
}

WORDS: dict[str, Words] = {
    "errors": ERRORS,
    "problems": PROBLEMS,
    "findings": FINDINGS,
    "topics": TOPICS,
    **LABELS,
    "event": {
        "file.shared": ("共享材料登记", "Shared file announced"),
        "file.shared_taken": ("共享材料取到", "Shared file taken"),
        "file.shared_differs": ("共享材料不符", "Shared file differs"),
    },
    "receipt": {"file_shared": ("共享材料回执", "Shared file announced")},
}
