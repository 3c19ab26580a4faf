"""Words of catalogue imports: problems of rows, files and mappings, profiles, elements."""

from __future__ import annotations

from jingui.domain.catalogue.content import MATERIAL_DETAILS, PART_DETAILS
from jingui.domain.catalogue.elements import BY_IDENTIFIER
from jingui.domain.catalogue.profiles import PROFILES

PROBLEMS: dict[str, tuple[str, str]] = {
    "code_levels_disagree": (
        "三级编码对不上：业务办理项编码应以实施编码 {expected} 开头",
        "the levels of code disagree; {expected} expected in front",
    ),
    "item_code_unusable": (
        "事项编码含有空格、斜杠或看不见的字符",
        "the item code holds spaces, slashes or unseen signs",
    ),
    "item_code_allotted": ("清单没有事项编码，给了本地编码 {allotted}", "has no item code; was given {allotted}"),
    "agency_code_allotted": ("清单没有机构编码，给了本地编码 {allotted}", "has no agency code; was given {allotted}"),
    "agency_code_alternative": ("没有统一社会信用代码，用了 {used}", "has no credit code; {used} is used"),
    "agency_named_differently": ("同一机构编码已登记为“{name}”", "the agency is registered as “{name}”"),
    "element_code_unknown": ("“{value}”不在“{set}”的代码中", "“{value}” is no code of {set}"),
    "columns_disagree": ("两列对应同一字段，值不同", "two columns for one field differ"),
    "cell_not_json": ("应为 JSON", "must be JSON"),
    "mapping_target_unknown": ("没有“{target}”这个字段", "there is no field “{target}”"),
    "mapping_malformed": ("列对应文件的写法不对", "the mapping is malformed"),
    "mapping_without_items": ("没有哪张表对应事项", "no table is mapped to items"),
    "mapping_table_unknown": ("文件中没有这张表", "the file has no such table"),
    "mapping_kind_unknown": ("没有“{kind}”这种表", "there is no kind of table “{kind}”"),
    "mapping_profile_unknown": ("没有“{profile}”这种校验口径", "there is no profile “{profile}”"),
    "encoding_unknown": ("文字编码既不是 UTF-8 也不是 GB18030", "the text is neither UTF-8 nor GB 18030"),
    "table_without_header": ("表“{table}”没有表头", "table “{table}” has no header"),
    "table_too_wide": ("表“{table}”超过 {limit} 列", "table “{table}” has more than {limit} columns"),
    "header_twice": ("表“{table}”的表头“{header}”重复", "table “{table}” has the header “{header}” twice"),
    "row_too_long": ("第 {row} 行比表头长", "row {row} is longer than the header"),
    "dump_broken": ("SQL 文件第 {line} 行附近读不懂", "the dump cannot be read near line {line}"),
    "dump_without_tables": ("没有找到 up_ 数据表", "no up_ table was found"),
    "catalogue_file_unknown": (
        "不认识的文件；可用 Excel、CSV、JSON、SQL 或 CSV 的压缩包",
        "unknown file; Excel, CSV, JSON, SQL or a zip of CSV is taken",
    ),
    "table_broken": ("表“{table}”第 {row} 行附近读不懂", "table “{table}” cannot be read near row {row}"),
    "agency_out_of_reach": ("机构 {agency} 不归您管", "agency {agency} is not one of yours"),
    "scope_out_of_reach": (
        "您只能声明自己机构的清单完整，写法如 agency:机构编码",
        "a list may be declared complete for your own agencies only",
    ),
    "scope_malformed": (
        "完整范围应为 all、region:区划代码 或 agency:机构编码",
        "the scope must be all, region:CODE or agency:CODE",
    ),
    "archive_broken": ("压缩包打不开，或展开后太大", "the archive cannot be opened or unpacks to too much"),
}
ERRORS: dict[str, tuple[str, str]] = {
    "mapping_not_found": ("没有保存过列对应“{name}”。没有任何数据变化。", "There is no saved mapping “{name}”."),
    "import_report_gone": (
        "导入清单已过保存期。目录没有受影响，请重新上传文件。",
        "The report of the import is gone. Nothing in the catalogue is affected; upload the file again.",
    ),
}
_DETAILS = {f"material.{n}": (t, n) for n, t in MATERIAL_DETAILS.items()} | {
    f"part.{n}": (t, n) for n, t in PART_DETAILS.items()
}
WORDS: dict[str, dict[str, tuple[str, str]]] = {
    "problems": PROBLEMS,
    "errors": ERRORS,
    "item_element": {
        **{element.identifier: (element.title, element.identifier) for element in BY_IDENTIFIER.values()},
        "situations": ("情形", "situations"),
        "steps": ("办理环节", "steps"),
        "results": ("审批结果", "results"),
        "extra": ("其他信息", "further facts"),
        "plan": ("归档配置", "archiving plan"),
        "state": ("事项状态", "state"),
        "effective_from": ("生效日期", "effective from"),
        "effective_to": ("失效日期", "effective to"),
    },
    "item_detail": _DETAILS,
    "catalogue_profile": {profile.name: (profile.title, profile.name) for profile in PROFILES.values()},
    "item_state": {"in_force": ("现行", "in force"), "withdrawn": ("已取消", "withdrawn")},
    "event": {
        "catalogue.import_started": ("开始导入事项目录", "Catalogue import started"),
        "catalogue.import_finished": ("事项目录导入完毕", "Catalogue import finished"),
        "catalogue.mapping_saved": ("保存列对应", "Column mapping saved"),
        "item.withdrawn": ("取消事项", "Items withdrawn"),
    },
}
