"""Words of package forms: what their checks find, why a record cannot be exported or taken in. Code → (Chinese, English)."""

from __future__ import annotations

Words = dict[str, tuple[str, str]]

FINDINGS: Words = {
    "checker_timeout": ("检查超过时限，已中止", "the check took too long and was broken off"),
    "checker_crashed": ("检查程序在这个信息包上中断", "the check broke down over this package"),
    "checker_out_of_memory": ("检查所需内存超过上限", "the check needs more memory than it may have"),
    "checker_failed": ("层次过深，无法检查", "nested too deep to be checked"),
    "findings_cut": ("问题过多，其余不再列出", "too many faults; the rest is not listed"),
    "statement_key_missing": ("说明文件缺少必填项", "the statement lacks a required key"),
    "archival_code_twice": ("档号重复", "archival code twice"),
    "transfer_folder_unlisted": ("文件夹不在目录中", "folder not in the catalogue"),
    "transfer_folder_empty": ("文件夹内没有内容文件", "folder without content"),
    "digest_list_missing": ("没有摘要清单，无法证明内容未变", "no digest list: nothing vouches for the content"),
    "digest_not_checked": ("摘要算法未支持，没有核对", "digest of an unsupported algorithm, not checked"),
    "eep_element_missing": ("封装包缺少必有元素", "required element missing"),
    "eep_version_unknown": ("封装包版本不认识", "unknown version"),
    "eep_type_unknown": ("封装包类型不认识", "unknown type"),
    "eep_value_missing": ("缺少 DA/T 46 要求的元素值", "a value asked for by DA/T 46 is missing"),
    "eep_content_missing": ("文档没有编码数据", "document without encoded data"),
    "eep_element_unknown": ("封装包里有规范之外的元素，已原样保留", "element outside the form, kept as it is"),
    "eep_signature_not_checked": (
        "电子签名未验证：签名所覆盖的字节和签名结果的编码没有可依据的文本；已原样保留",
        "signature not checked: no text at hand says which bytes it covers and how its value is encoded; kept as it is",
    ),
    "eep_signature_incomplete": (
        "电子签名块没有签名结果或读不懂，未验证；已原样保留",
        "signature block without a value, or not understood; not checked, kept as it is",
    ),
    "name_not_portable": (
        "这个名称在有的系统（如 Windows）上存不下来",
        "name that some systems (as Windows) cannot store",
    ),
    "eark_requirement": ("不满足 E-ARK 要求", "requirement not met"),
    "eark_file_unlisted": ("METS 没有提到这个文件", "no METS file speaks of it"),
    "mets_element_unknown": ("METS 没有这个元素", "no such METS element"),
    "mets_element_misplaced": ("METS 元素位置或次数不对", "METS element misplaced"),
    "mets_element_missing": ("缺少 METS 必有元素", "METS element missing"),
    "mets_attribute_unknown": ("METS 没有这个属性", "no such METS attribute"),
    "mets_attribute_missing": ("缺少 METS 必有属性", "METS attribute missing"),
    "mets_value_malformed": ("METS 属性值不合规定", "METS value malformed"),
    "mets_id_twice": ("METS 标识重复", "METS identifier twice"),
}

PROBLEMS: Words = {
    "package_form_unknown": ("认不出是哪一种信息包", "is no package of a known form"),
    "transfer_folder_not_one": (
        "该档号应有且只有一个文件夹，实有 {count} 个",
        "one folder is needed for this archival code, there are {count}",
    ),
    "eep_not_one_record": ("封装包里有 {count} 个文件实体，只收一个", "holds {count} records; one is taken"),
    "document_encoding_unknown": (
        "编码只能是 UTF-8、GB18030 或 GB2312",
        "must be in UTF-8, GB18030 or GB2312",
    ),
    "document_encoding_wrong": ("内容不符合所写的编码 {encoding}", "is not in {encoding} as it says"),
    "export_count": ("一次导出 1 至 {limit} 件，现选 {count} 件", "1 to {limit} records at a time, {count} are chosen"),
    "export_not_archived": ("还没有归档入库，不能导出", "is not archived yet"),
    "form_needs_codes": ("记录没有编号或编号重复：{detail}", "records need numbers, each its own: {detail}"),
    "form_needs_archival_code": (
        "记录没有档号或档号重复：{detail}",
        "records need archival codes, each its own: {detail}",
    ),
    "form_needs_files": ("这种信息包至少要有一个文件", "this form needs at least one file"),
    "form_needs_seals": (
        "没有封装时形成的 {detail}，不能按本系统信息包导出",
        "lacks {detail}, which only archiving makes",
    ),
}

ERRORS: Words = {
    "export_gone": (
        "导出的信息包已过保存期，从服务器上删除了。档案没有变化；需要时请重新导出。",
        "The exported package was kept for its time and then removed. No record changed; export again if needed.",
    ),
    "export_no_room": (
        "服务器上没有写完信息包的空间，导出已停止，没有给出文件。请腾出空间后再试。",
        "There is no room to write the package; the export stopped and gave out nothing. Make room and try again.",
    ),
    "package_of_many": (
        "这个文件里装着多个信息包。请先解开到一个文件夹，再检测这个文件夹。没有检测。",
        "The file holds several packages. Unpack it into a folder and inspect that. Nothing was inspected.",
    ),
    "record_unknown": (
        "没有 {number} 这件档案，或无权导出。没有导出。",
        "There is no record {number} that may be exported.",
    ),
    "export_form_unknown": (
        "没有名为“{form}”的信息包形式。没有导出。",
        "There is no package form {form}. Nothing was exported.",
    ),
    "export_damaged": (
        "库中保存的内容与归档时不一致，导出已停止，没有给出文件。请运行 jingui verify 查明。",
        "What is stored is not what was archived; the export stopped and gave out nothing. Run jingui verify.",
    ),
    "package_case_invalid": (
        "信息包里的办件有 {count} 处不合要求，没有收入。原文件没有改动。",
        "The case in the package has {count} faults and was not taken in. The package was not touched.",
    ),
}

LABELS: Words = {
    "national-draft": ("本系统信息包（封装原样）", "Sealed package as archived"),
    "city": ("地方规范信息包（单件）", "City profile, one case"),
    "city-theme": ("地方规范嵌套信息包（一件事）", "City profile, nested theme"),
    "city-batch": ("地方规范移交批次", "City hand-over batch"),
    "eep": ("EEP 封装包（DA/T 48 结构）", "EEP encapsulation"),
    "da-t-93": ("移交信息包（DA/T 93 结构）", "Transfer package of items"),
    "bagit": ("BagIt 1.0", "BagIt 1.0"),
    "eark-aip": ("E-ARK 信息包（CSIP）", "E-ARK package (CSIP)"),
    "eark-sip": ("E-ARK 提交包（SIP）", "E-ARK submission package (SIP)"),
    "collection": ("多个信息包", "Several packages"),
}

WORDS: dict[str, Words] = {
    "problems": PROBLEMS,
    "errors": ERRORS,
    "package_form": LABELS,
    "event": {
        "record.exported": ("导出档案", "Record exported"),
        "export.taken": ("下载导出的信息包", "Export downloaded"),
    },
}
