"""Words of inspection that joined with its three phases: findings, topics, items, phases, profiles, statements."""

from __future__ import annotations

Words = dict[str, tuple[str, str]]

FINDINGS: Words = {
    "checked_at_packaging": ("封装时检测", "looked at when the package is built"),
    "checked_when_sealed": (
        "信息包封好以后才能核对，结论记在系统日志和数据库中",
        "looked at when the package is sealed; the outcome stands in journal and database",
    ),
    "checked_after_arrangement": ("赋号以后检测", "looked at when codes are given"),
    "switched_off": ("未启用，依检测方案“{profile}”", "switched off by profile “{profile}”"),
    "stated_by_person": ("{by} 于 {at} 判定：{words}", "{by} said at {at}: {words}"),
    "needs_statement": ("等档案员作出结论并附依据", "an archivist must state this, with evidence"),
    "signature_sound": ("“{file}”上 {signer} 的签名有效", "the signature of {signer} on “{file}” is sound"),
    "signature_issuer_not_trusted": (
        "“{file}”上 {signer} 的签名完好，但签发者 {issuer} 不在信任清单中",
        "the signature of {signer} on “{file}” is sound, its issuer {issuer} is not trusted here",
    ),
    "signature_list_grew": (
        "“{file}”上 {signer} 签章以后又加盖了印章，原内容未变",
        "a later seal was put on “{file}” after {signer} signed; the content is unchanged",
    ),
    "signature_part_not_covered": (
        "“{file}”有一部分不在 {signer} 签名的保护范围内",
        "a part of “{file}” is not covered by the signature of {signer}",
    ),
    "signature_algorithm_unsupported": (
        "“{file}”上 {signer} 的签名用了这里不能验证的算法，请人工核对",
        "the signature of {signer} on “{file}” uses an algorithm that cannot be verified here",
    ),
    "signature_content_unknown": (
        "“{file}”是分离的签名（{signer}），案卷里没有它签名的文件，未能验证",
        "“{file}” is a detached signature ({signer}), and what it signs is not in the record",
    ),
    "signature_signer_unknown": (
        "“{file}”上的签名（{signer}）没有附签名者证书，未能验证",
        "the signature in “{file}” ({signer}) comes without its signer's certificate and cannot be verified",
    ),
    "signature_certificate_not_valid": (
        "“{file}”上 {signer} 签名时证书不在有效期内或已吊销",
        "the certificate of {signer} was not valid when “{file}” was signed",
    ),
    "signature_content_changed": (
        "“{file}”在 {signer} 签名以后被改动",
        "“{file}” was changed after {signer} signed it",
    ),
    "signature_broken": ("“{file}”上 {signer} 的签名值不对", "the signature of {signer} on “{file}” is wrong"),
    "signature_malformed": ("“{file}”里的签名数据残缺（{signer}）", "a signature in “{file}” is malformed ({signer})"),
    "signatures_not_checked": (
        "{count} 个文件可能带电子签名或印章，没有验签",
        "{count} files may carry signatures that nobody verified",
    ),
    "code_malformed": ("{element}“{code}”写法不合规", "{element} “{code}” is malformed"),
    "code_not_of_rule": (
        "{element}“{code}”不符合编号规则 {template}",
        "{element} “{code}” does not follow the rule {template}",
    ),
    "package_fault": ("信息包：{trouble}（{path}）", "package: {trouble} ({path})"),
    "attachment_missing": ("材料 {material} 缺附件 {number}", "attachment {number} of material {material} is missing"),
    "fewer_attachments_than_declared": (
        "来源声明 {declared} 个附件，实收 {found} 个",
        "{declared} attachments declared, {found} came",
    ),
    "package_count_wrong": (
        "信息包说明有 {declared} 个文件，实有 {found} 个",
        "the package states {declared} files and holds {found}",
    ),
    "package_element_missing": ("信息包元数据里 {element}为空", "{element} is empty in the package"),
    "resolution_too_low": (
        "“{file}”只有 {found} dpi，低于 {least} dpi",
        "“{file}” has {found} dpi, less than {least} dpi",
    ),
    "not_in_database": ("不在本库，没有数据库元数据可核对", "not in this database, nothing to compare with"),
    "database_differs": ("{element}在数据库与信息包中不一致", "{element} differs between database and package"),
    "no_format_policy": ("没有格式策略，未判断", "there is no format policy to judge by"),
    "copy_audited": ("存储位置 {root} 的副本 {at} 巡检完好", "the copy in {root} was sound at the audit of {at}"),
    "copy_damaged_open": (
        "存储位置 {root} 的副本异常尚未处理：{path}",
        "a damaged copy in {root} is not settled yet: {path}",
    ),
    "drill_held": ("{at} 的恢复演练与备份一致", "the restore drill of {at} gave back what the backup holds"),
    "drill_differed": (
        "{at} 的恢复演练不一致：{different}（核验发现 {findings} 处）",
        "the restore drill of {at} differed: {different} ({findings} findings)",
    ),
    "drill_too_old": ("{days} 天内没有做过恢复演练", "no restore drill within {days} days"),
    "drill_missing": ("没有做过恢复演练", "there was no restore drill yet"),
    "scanner_away": ("病毒扫描没有应答：{detail}", "the malware scanner does not answer: {detail}"),
    "not_scanned": ("“{file}”没有扫描病毒 {detail}", "“{file}” was not scanned {detail}"),
}

TOPICS: Words = {
    "no_format_policy": ("没有格式策略", "No format policy"),
    "copy_audited": ("副本巡检完好", "Copy audited"),
    "copy_damaged_open": ("副本异常未处理", "Damaged copy open"),
    "drill_held": ("恢复演练一致", "Drill held"),
    "drill_differed": ("恢复演练不一致", "Drill differed"),
    "drill_too_old": ("恢复演练过期", "Drill too old"),
    "drill_missing": ("没有恢复演练", "No drill"),
    "checked_when_sealed": ("封包后核对", "When sealed"),
    "switched_off": ("未启用", "Switched off"),
    "stated_by_person": ("人工结论", "Stated"),
    "signature_sound": ("签名有效", "Signature sound"),
    "signature_issuer_not_trusted": ("签发者未列入信任", "Issuer not trusted"),
    "signature_list_grew": ("后来加盖印章", "Later seal"),
    "signature_part_not_covered": ("签名未覆盖全部", "Part not covered"),
    "signature_algorithm_unsupported": ("签名算法不支持", "Unknown algorithm"),
    "signature_content_unknown": ("没有被签名的文件", "Signed file missing"),
    "signature_signer_unknown": ("没有签名者证书", "Signer unknown"),
    "signature_certificate_not_valid": ("签名证书无效", "Certificate not valid"),
    "signature_content_changed": ("签名后被改动", "Changed after signing"),
    "signature_broken": ("签名值不对", "Signature wrong"),
    "signature_malformed": ("签名残缺", "Signature malformed"),
    "code_malformed": ("编号写法不对", "Malformed code"),
    "code_not_of_rule": ("编号不合规则", "Code not of the rule"),
    "package_fault": ("信息包不合规", "Package fault"),
    "attachment_missing": ("缺附件", "Attachment missing"),
    "fewer_attachments_than_declared": ("附件不足", "Fewer attachments"),
    "package_count_wrong": ("包内文件数不符", "Package count"),
    "package_element_missing": ("包内元数据缺项", "Package element missing"),
    "resolution_too_low": ("分辨率过低", "Low resolution"),
    "not_in_database": ("不在本库", "Not in database"),
    "database_differs": ("库与包不一致", "Database differs"),
    "scanner_away": ("扫描无应答", "Scanner away"),
}

RULES: Words = {
    "backup_recoverable": ("备份数据可恢复性检测", "Recoverability of backups"),
    "software_security": ("软件系统安全漏洞检测", "Security of software"),
    "storage_environment": ("载体保管环境安全性检测", "Environment of carriers"),
}

LABELS: dict[str, Words] = {
    "trouble": {
        "not_as_laid_out": ("封装出来的与拟定的不一致", "built otherwise than laid out"),
        "not_as_ingested": ("与入库时不一致", "not as ingested"),
        "made_unreadable": ("系统生成的文件打不开", "a made document cannot be opened"),
    },
    "inspection_phase": {
        "gd": ("归档", "archiving"),
        "yj": ("移交与接收", "transfer"),
        "cq": ("长期保存", "preservation"),
    },
    "carrier": {
        "none": ("无载体（在线归档）", "none (on line)"),
        "disc": ("光盘", "optical disc"),
        "disk": ("硬盘", "disk"),
        "tape": ("磁带", "tape"),
    },
    "profile_scope": {
        "general": ("通用", "general"),
        "region": ("行政区划", "region"),
        "agency": ("立档单位", "agency"),
        "item": ("政务服务事项", "service item"),
    },
    "parameter": {
        "sound_issuer_not_trusted": ("签名完好但签发者不受信任时", "sound, issuer not trusted"),
        "list_changed_by_later_seal": ("签章以后又加盖印章时", "later seal"),
        "part_not_covered": ("签名没有覆盖全部内容时", "part not covered"),
        "algorithm_unsupported": ("签名算法这里不能验证时", "algorithm unsupported"),
        "certificate_not_valid": ("签名时证书无效时", "certificate not valid"),
        "malformed": ("签名数据残缺时", "malformed"),
        "content_unknown": ("找不到分离签名所签的文件时", "signed file missing"),
        "signer_unknown": ("找不到签名者的证书时", "signer unknown"),
        "extra_length": ("扩展元数据最多字数", "length of further elements"),
        "first_year": ("最早的合理年份", "first plausible year"),
        "clock_tolerance_seconds": ("来源时钟最多超前（秒）", "clock tolerance (s)"),
        "code_length": ("编号最多字数", "length of codes"),
        "handler_required": ("环节必须有经办人（否则不通过）", "handler required"),
        "first_number": ("编号从几开始", "first number"),
        "allowed_formats": ("允许的格式（空：依事项方案）", "allowed formats"),
        "minimum_dpi": ("扫描件最低分辨率（dpi，0：不检查）", "least resolution"),
        "long_term_formats": ("适合长期保存的格式（空：依格式策略）", "long-term formats (none: format policy)"),
        "drill_days": ("恢复演练有效天数", "days a restore drill counts"),
        "scan_required": ("必须扫描病毒（没扫不通过）", "scan required"),
        "carrier": ("归档载体", "carrier"),
    },
}

ERRORS: Words = {
    "profile_invalid": ("检测方案没有保存，请改正标出的设置。", "The profile was not saved; correct what is marked."),
    "statement_not_of_person": (
        "这一项由程序检测，不能由人工作结论；没有保存。",
        "This item is decided by a program, not by a statement; nothing was saved.",
    ),
    "finding_not_open": (
        "这条结论不在等待人工判定（可能已重新检测），没有保存。请刷新后再看。",
        "This finding does not wait for a person any more; nothing was saved.",
    ),
    "not_to_inspect_now": (
        "这件现在不能重新检测：它没有被拦下，也没有入库。没有任何改动。",
        "This record can not be inspected now: it is neither held nor preserved.",
    ),
    "profile_superseded": (
        "方案已有更新的版本，这次修改没有保存。请在新版本上再改。",
        "There is a newer version of this profile; the change was not saved.",
    ),
    "package_unknown": (
        "这里没有能检测的信息包，或结构不是本系统认识的。没有任何改动。",
        "There is no package here that can be inspected.",
    ),
    "scanner_away": ("病毒扫描程序没有应答。", "The malware scanner does not answer."),
    "scanner_unknown": (
        "JINGUI_CLAMD 写法不对，应为 unix:/路径 或 tcp:主机:端口。",
        "JINGUI_CLAMD must be unix:/path or tcp:host:port.",
    ),
}

PROBLEMS: Words = {
    "parameter_invalid": ("数值不在允许范围内", "the value is out of bounds"),
    "parameter_unknown": ("这个检测项目没有这个设置", "this item has no such setting"),
    "rule_unknown": ("没有这个检测项目", "there is no such item"),
    "rule_set_twice": ("同一检测项目设置了两次", "the item is set twice"),
    "scope_unknown": ("没有这个适用对象", "there is nothing with this code"),
    "time_reversed": ("有效期止早于起", "it ends before it begins"),
}

EVENTS: Words = {
    "inspection.profile_saved": ("保存检测方案", "inspection profile saved"),
    "inspection.stated": ("人工检测结论", "inspection stated by a person"),
    "inspection.asked": ("要求重新检测", "inspection asked for"),
    "inspection.phase_made": ("环节检测", "inspection of a phase"),
}

WORDS: dict[str, Words] = {
    "findings": FINDINGS,
    "topics": TOPICS,
    "rules": RULES,
    "errors": ERRORS,
    "problems": PROBLEMS,
    "event": EVENTS,
    **LABELS,
}
