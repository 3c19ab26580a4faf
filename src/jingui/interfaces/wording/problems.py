"""What is wrong with one place of an input. Code → (Chinese, English)."""

from __future__ import annotations

Words = dict[str, tuple[str, str]]

FIELDS: Words = {
    "required": ("没有填写", "is required"),
    "wrong_type": ("类型不对，应为 {expected}", "has the wrong type; {expected} expected"),
    "too_long": ("太长：{length} 个字，最多 {limit} 个", "is too long: {length}, at most {limit}"),
    "too_many": ("太多：{count} 项，最多 {limit} 项", "has too many entries: {count}, at most {limit}"),
    "too_small": ("太小，最小 {minimum}", "is too small; at least {minimum}"),
    "too_large": ("太大，最大 {maximum}", "is too large; at most {maximum}"),
    "control_character": ("含有不允许的控制字符 {character}", "holds the forbidden character {character}"),
    "edge_space": ("首尾有空格", "begins or ends with a space"),
    "not_a_time": ("不是 ISO 8601 时间", "is no ISO 8601 time"),
    "time_without_offset": ("时间没有时区，例如 2025-11-21T09:00:00+08:00", "the time has no offset"),
    "year_implausible": (
        "年份 {year} 不合理，应在 {first} 至 {last} 之间",
        "year {year} is not between {first} and {last}",
    ),
    "not_in_range": ("不在允许的取值中：{allowed}", "is none of {allowed}"),
    "unknown_field": ("没有这个字段，请删去或改名", "is no known field"),
    "repeated": ("重复：{value}", "is repeated: {value}"),
    "value_malformed": ("写法不对", "is malformed"),
}

MESSAGES: Words = {
    "case_number_malformed": ("办件编号的写法不对", "the case number is malformed"),
    "region_code_malformed": ("行政区划代码的写法不对，应为 6 至 12 位数字", "the region code is malformed"),
    "file_key_malformed": ("文件标识含有不允许的字符", "the file key holds forbidden characters"),
    "file_name_malformed": ("文件名含有不允许的字符", "the file name holds forbidden characters"),
    "material_code_malformed": ("材料编码的写法不对", "the material code is malformed"),
    "sha256_malformed": ("SHA-256 应为 64 位十六进制数", "the SHA-256 must be 64 hexadecimal digits"),
    "replaces_itself": ("文件不能替换它自己", "a file cannot replace itself"),
    "metadata_twice": ("同一元数据写了两次", "the metadata element is given twice"),
    "item_unknown": ("事项目录中没有 {item_code}，请先导入目录", "item {item_code} is not in the catalogue"),
    "item_of_other_agency": (
        "事项 {item_code} 不属于本来源可报送的机构",
        "item {item_code} is of an agency this source may not send for",
    ),
    "item_without_plan": ("事项 {item_code} 还没有归档配置", "item {item_code} has no archiving plan"),
    "step_key_twice": ("同一消息中有两个环节用了这个标识", "two steps of the message bear this key"),
    "steps_malformed": ("环节应为 1 至 {most} 项的列表", "steps must be a list of 1 to {most}"),
    "agency_unknown": ("没有登记机构 {agency}", "agency {agency} is not registered"),
    "digest_mismatch": ("内容与声明的摘要不一致，收到的是 {received}", "the digest differs; received {received}"),
    "digest_missing": ("没有 sha-256 摘要", "there is no sha-256 digest"),
    "digest_malformed": ("摘要写法不对", "the digest is malformed"),
    "body_not_json": ("不是合法的 JSON", "is not valid JSON"),
    "body_interrupted": ("传输中断", "broke off"),
}

CATALOGUE: Words = {
    "row_twice": ("与第 {first_row} 行重复", "repeats row {first_row}"),
    "version_not_increased": (
        "内容变了，版本号仍是 {version}；请把版本号加 1",
        "changed, but the version is still {version}",
    ),
    "version_older": ("版本 {version} 比已有的 {known_version} 旧", "version {version} is older than {known_version}"),
    "fonds_exhausted": ("没有可分配的临时全宗号，请写明全宗号", "no provisional fonds number is left; state one"),
    "material_of_unknown_item": (
        "没有事项 {item_code}，这条材料无处归属",
        "there is no item {item_code} for this material",
    ),
    "material_twice": ("材料编码 {code} 重复", "material {code} is repeated"),
    "counts_reversed": (
        "最少份数 {minimum} 大于最多份数 {maximum}",
        "the minimum {minimum} exceeds the maximum {maximum}",
    ),
    "condition_missing": ("有条件的材料没有写明条件", "a conditional material states no condition"),
    "unknown_format": ("没有格式“{format}”", "there is no format “{format}”"),
    "plan_code_malformed": ("代码只能用字母、数字和短横", "the code may hold letters, digits and hyphens only"),
    "item_code_malformed": ("事项编码的写法不对（{fault}）", "the item code is malformed ({fault})"),
    "base_code_malformed": ("基本编码的写法不对（{fault}）", "the base code is malformed ({fault})"),
    "base_code_not_of_item": (
        "基本编码与事项编码不符，应为 {expected}",
        "the base code is not that of the item; {expected} expected",
    ),
    "item_type_not_of_item": (
        "事项类型与事项编码不符，应为 {expected}",
        "the type is not that of the item; {expected} expected",
    ),
    "credit_code_malformed": ("统一社会信用代码不对（{fault}）", "the credit code is wrong ({fault})"),
    "fonds_malformed": ("全宗号的写法不对（{fault}）", "the fonds number is malformed ({fault})"),
    "catalogue_file_too_large": ("文件超过 {limit} 字节，请拆分", "the file exceeds {limit} bytes; split it"),
    "not_json": ("既不是 Excel，也不是合法的 JSON", "is neither Excel nor valid JSON"),
    "unknown_catalogue_format": ("不认识的目录格式；可用：{known}", "unknown catalogue format; known: {known}"),
    "not_a_list": ("应为列表", "must be a list"),
    "unknown_catalogue_part": ("目录中没有这一部分", "is no part of a catalogue"),
    "workbook_unreadable": ("Excel 文件打不开", "the workbook cannot be opened"),
    "workbook_not_xlsx": ("不是 .xlsx 工作簿，请另存为 .xlsx 后再上传", "is no .xlsx workbook; save it as .xlsx"),
    "workbook_too_large": ("Excel 展开后超过 {limit} 字节", "the workbook unpacks to more than {limit} bytes"),
    "sheet_missing": ("缺少工作表“{sheet}”", "sheet “{sheet}” is missing"),
    "sheet_too_long": ("工作表“{sheet}”超过 {limit} 行", "sheet “{sheet}” has more than {limit} rows"),
    "column_missing": ("工作表“{sheet}”缺少列“{header}”", "sheet “{sheet}” lacks the column “{header}”"),
    "column_unknown": ("工作表“{sheet}”有不认识的列“{header}”", "sheet “{sheet}” has the unknown column “{header}”"),
    "column_twice": ("工作表“{sheet}”的列“{header}”重复", "sheet “{sheet}” has the column “{header}” twice"),
}

CODES: Words = {
    "code_rule_malformed": ("编号规则的写法不对", "the rule is malformed"),
    "code_rule_too_long": ("编号规则太长，最多 {limit} 个字", "the rule is too long; at most {limit}"),
    "code_rule_unknown_name": ("编号规则里没有“{name}”；可用：{allowed}", "“{name}” is none of {allowed}"),
    "code_rule_bad_width": ("“{name}”的位数写法不对", "the width of “{name}” is malformed"),
    "code_rule_serial_count": ("流水号应出现一次，现在是 {count} 次", "the serial must stand once, not {count} times"),
    "code_rule_serial_not_apart": ("流水号与前后的数字分不开", "the serial cannot be told from what stands beside it"),
    "code_rule_unsafe_character": ("含有不能用在文件名里的字符 {character}", "holds the unsafe character {character}"),
    "code_value_missing": ("缺少“{name}”的值", "“{name}” has no value"),
    "code_value_unsafe": ("“{name}”的值含有不能用的字符", "the value of “{name}” holds unsafe characters"),
    "code_serial_not_positive": ("流水号应从 1 开始", "the serial must be positive"),
    "unknown_package_profile": ("没有信息包结构“{profile}”", "there is no package profile “{profile}”"),
    "case_not_closed": ("办件还没有办结", "the case is not closed"),
    "package_path_conflict": ("信息包内路径冲突", "the path conflicts with another one"),
    "package_path_outside": ("路径在信息包之外", "the path leads outside the package"),
    "path_absolute": ("路径不能以斜杠开头或结尾", "the path begins or ends with a slash"),
    "path_element_bad": ("路径中有空的或“..”的一段", "the path holds an empty or “..” element"),
    "path_backslash": ("路径中有反斜杠", "the path holds a backslash"),
    "path_not_text": ("路径不是合法文本", "the path is no valid text"),
    "path_element_too_long": ("路径中有一段太长", "an element of the path is too long"),
    "path_too_long": ("路径太长", "the path is too long"),
    "path_conflict": ("路径与另一个文件冲突", "the path conflicts with another file"),
    "time_without_zone": ("时间没有时区", "the time has no zone"),
    "content_without_bytes": ("没有内容", "there are no bytes"),
    "digest_wrong": ("摘要写法不对", "the digest is malformed"),
    "report_contradicts_itself": ("检测报告前后矛盾", "the report contradicts itself"),
    "note_key_invalid": ("公钥写法不对", "the public key is malformed"),
    "checkpoint_malformed": ("检查点写法不对", "the checkpoint is malformed"),
    "note_malformed": ("签名文本写法不对", "the note is malformed"),
}

COPIES: Words = {
    "copy_purpose_missing": ("请写明用途", "state the purpose"),
    "copy_purpose_too_long": (
        "用途太长：{length} 个字，最多 {limit} 个",
        "the purpose is too long: {length}, at most {limit}",
    ),
    "copy_purpose_unprintable": ("用途里有不能打印的字符", "the purpose holds characters that cannot be printed"),
    "copy_receiver_missing": ("请写明接收单位或个人", "state who receives the copy"),
    "copy_receiver_too_long": (
        "接收方太长：{length} 个字，最多 {limit} 个",
        "the receiver is too long: {length}, at most {limit}",
    ),
    "copy_receiver_unprintable": ("接收方里有不能打印的字符", "the receiver holds characters that cannot be printed"),
    "copy_expiry_past": ("有效期应晚于今天（{today}）", "the copy must be valid beyond today ({today})"),
    "copy_expiry_too_far": ("有效期最晚到 {latest}", "the copy may be valid until {latest} at most"),
}

PROBLEMS: Words = {**FIELDS, **MESSAGES, **CATALOGUE, **CODES, **COPIES}
