"""What an inspection found. Code → (Chinese, English). ``file`` is a name as sent; ``element`` is shown by its title."""

from __future__ import annotations

Words = dict[str, tuple[str, str]]

WITHOUT_PROBLEM: Words = {
    "all_well": ("查了 {count} 处，没有问题", "{count} looked at, nothing wrong"),
    "nothing_to_check": ("没有要查的内容", "there is nothing to check"),
    "no_carrier": ("在线归档，没有载体", "archived on line; there is no carrier"),
}

AUTHENTICITY: Words = {
    "digest_mismatch": ("“{file}”的摘要与来源声明的不一致", "the digest of “{file}” is not the declared one"),
    "stored_digest_mismatch": ("“{file}”现在的摘要与收到时不一致", "“{file}” no longer has the digest it came with"),
    "digest_not_recomputed": (
        "“{file}”的摘要收到时已核对，这次没有重新计算",
        "the digest of “{file}” was checked at receipt, not again now",
    ),
    "value_too_long": (
        "{element}太长：{length} 个字，最多 {limit} 个",
        "{element} is too long: {length}, at most {limit}",
    ),
    "value_malformed": ("{element}的写法不对", "{element} is malformed"),
    "value_not_a_number": ("{element}不是数字", "{element} is no number"),
    "value_not_a_time": ("{element}不是时间", "{element} is no time"),
    "value_not_in_range": ("{element}“{value}”不在取值范围内", "{element} “{value}” is out of range"),
    "time_in_future": ("{element}在将来：{time}", "{element} lies in the future: {time}"),
    "year_implausible": (
        "{element}的年份 {year} 不合理（早于 {first}）",
        "the year {year} of {element} is implausible",
    ),
    "times_reversed": ("{later}早于{earlier}", "{later} lies before {earlier}"),
    "step_ends_before_start": ("环节“{step}”结束早于开始", "step “{step}” ends before it starts"),
    "step_before_receipt": ("环节“{step}”早于收件", "step “{step}” lies before receipt"),
    "step_after_closure": ("环节“{step}”晚于办结", "step “{step}” lies after closure"),
    "file_formed_after_receipt": ("“{file}”的形成时间晚于收到时间", "“{file}” was formed after it came"),
    "identity_number_implausible": ("{element}校验位不对，请核对", "{element} fails its check digit"),
    "special_character": ("{element}含有特殊字符 {character}", "{element} holds the special character {character}"),
    "private_use_character": (
        "{element}含有自造字 {character}，可保存，换系统可能显示不出",
        "{element} holds the private use character {character}",
    ),
    "same_content_twice": ("“{file}”与“{other}”内容完全相同", "“{file}” and “{other}” are the same"),
    "value_also_in_case": ("{element}与另一办件相同：{case}", "{element} is the same as in case {case}"),
    "size_mismatch": (
        "“{file}”大小不符：登记 {recorded} 字节，实际 {found} 字节",
        "“{file}” has {found} bytes, {recorded} were recorded",
    ),
    "extension_not_of_format": (
        "“{file}”扩展名是 {extension}，内容却是 {format}",
        "“{file}” is named {extension} but is {format}",
    ),
    "extension_missing": ("“{file}”没有扩展名", "“{file}” has no extension"),
    "content_absent": ("“{file}”只有登记，没有内容", "“{file}” is recorded, but its content is absent"),
    "step_unknown": ("“{file}”所属环节“{step}”没有上报", "“{file}” names the step “{step}”, which was not reported"),
}

INTEGRITY: Words = {
    "count_not_declared": ("来源没有声明件数，无法核对", "the source declared no counts"),
    "bytes_not_declared": ("来源没有声明字节数，无法核对", "the source declared no bytes"),
    "fewer_files_than_declared": (
        "来源声明 {declared} 个文件，实收 {found} 个",
        "{declared} files declared, {found} came",
    ),
    "more_files_than_declared": (
        "来源声明 {declared} 个文件，实收 {found} 个，多于声明",
        "{declared} files declared, {found} came",
    ),
    "fewer_steps_than_declared": (
        "来源声明 {declared} 个环节，实收 {found} 个",
        "{declared} steps declared, {found} came",
    ),
    "more_steps_than_declared": (
        "来源声明 {declared} 个环节，实收 {found} 个，多于声明",
        "{declared} steps declared, {found} came",
    ),
    "fewer_bytes_than_declared": (
        "来源声明 {declared} 字节，实收 {found} 字节",
        "{declared} bytes declared, {found} came",
    ),
    "more_bytes_than_declared": (
        "来源声明 {declared} 字节，实收 {found} 字节，多于声明",
        "{declared} bytes declared, {found} came",
    ),
    "conditional_element_empty": (
        "{element}为空，按本件情形应当填写",
        "{element} is empty, though this case asks for it",
    ),
    "file_element_missing": ("“{file}”缺少登记项 {element}", "“{file}” lacks {element}"),
    "required_element_empty": ("{element}为空，必须填写", "{element} is empty, but required"),
    "not_closed": ("办件没有办结信息", "the case has no closure"),
    "required_step_missing": ("缺少环节“{step}”", "step “{step}” is missing"),
    "too_few_steps": ("至少应有 {needed} 个环节，只收到 {found} 个", "{needed} steps are needed, {found} came"),
    "step_not_ended": ("环节“{step}”没有结束时间", "step “{step}” has no end"),
    "step_without_handler": ("环节“{step}”没有经办人", "step “{step}” has no handler"),
    "numbers_not_allotted": ("编号在整理时赋予，届时由系统保证连续", "numbers are allotted at arrangement"),
    "number_missing": ("{series}缺第 {number} 号", "{series} lacks number {number}"),
    "number_repeated": ("{series}第 {number} 号重复", "number {number} of {series} is repeated"),
    "content_truncated": ("“{file}”内容不完整，尾部缺失", "“{file}” is cut off"),
    "content_empty": ("“{file}”是空文件", "“{file}” is empty"),
    "pages_missing": ("“{file}”缺页", "“{file}” lacks pages"),
    "material_missing": (
        "缺 {material} {name}：应有 {needed} 份，收到 {found} 份",
        "{material} {name} is missing: {needed} needed, {found} came",
    ),
    "file_not_in_plan": (
        "“{file}”不在归档范围内（材料 {material}）",
        "“{file}” is outside the archiving scope (material {material})",
    ),
    "too_many_files": ("“{file}”超过材料 {material} 的份数", "“{file}” is one too many for material {material}"),
}

USABILITY: Words = {
    "not_examined": ("“{file}”还没有打开检查", "“{file}” was not examined"),
    "format_unknown": ("“{file}”识别不出格式", "the format of “{file}” is unknown"),
    "format_not_allowed": (
        "“{file}”是 {format}，不在本事项允许的格式中",
        "“{file}” is {format}, which this item does not allow",
    ),
    "format_advised": (
        "“{file}”是 {format}，方案允许，但格式策略不建议：{reason}",
        "“{file}” is {format}: the plan allows it, the format policy advises against it: {reason}",
    ),
    "feature_warned": ("“{file}”{feature}：{reason}", "“{file}”, {feature}: {reason}"),
    "feature_refused": (
        "“{file}”{feature}，格式策略不接收：{reason}",
        "“{file}”, {feature}: the format policy refuses it: {reason}",
    ),
    "file_not_readable": ("“{file}”打不开（{format}）", "“{file}” cannot be read ({format})"),
    "no_reader": (
        "“{file}”是 {format}，这里没有读取组件，请人工查看",
        "there is no reader for “{file}” ({format}); a person must look",
    ),
    "structure_damaged": ("“{file}”结构损坏", "the structure of “{file}” is damaged"),
    "content_not_text": ("“{file}”里有不属于文本的字节", "“{file}” holds bytes that are no text"),
    "too_many_pixels": ("“{file}”像素超过上限，没有解码", "“{file}” has too many pixels and was not decoded"),
    "reader_crashed": ("打开“{file}”时读取组件异常退出", "the reader died over “{file}”"),
    "reader_timeout": ("打开“{file}”超时", "reading “{file}” took too long"),
    "reader_out_of_memory": ("打开“{file}”所需内存超过上限", "reading “{file}” needs too much memory"),
    "unknown_defect": ("“{file}”有问题（{defect}）", "“{file}” has a defect ({defect})"),
    "format_not_long_term": (
        "“{file}”是 {format}，不适合长期保存",
        "“{file}” is {format}, which does not suit long-term keeping",
    ),
    "file_encrypted": ("“{file}”已加密，不能归档", "“{file}” is encrypted and cannot be archived"),
    "zip_bomb": ("“{file}”解压后大得异常，已拒绝打开", "“{file}” unpacks to far more than it holds"),
    "zip_slip": ("“{file}”里有指向包外的路径", "“{file}” holds a path that leads outside"),
    "xml_entities": ("“{file}”声明了 XML 实体，已拒绝解析", "“{file}” declares XML entities and is not parsed"),
}

SECURITY: Words = {
    "no_scanner": ("没有接入病毒扫描", "no malware scanner is connected"),
    "file_infected": ("“{file}”发现病毒 {name}", "“{file}” is infected with {name}"),
    "extra_file": ("多出文件 {path}", "there is an extra file {path}"),
}

FINDINGS: Words = {**WITHOUT_PROBLEM, **AUTHENTICITY, **INTEGRITY, **USABILITY, **SECURITY}
