"""Backups, restoring, rebuilding and offline media, in words. Code → (Chinese, English)."""

from __future__ import annotations

Words = dict[str, tuple[str, str]]

ERRORS: Words = {
    "backup_exists": (
        "目标文件夹中已有名为“{name}”的备份。没有写入。请换一个名称。",
        "There is a backup “{name}” in that folder already. Nothing was written. Choose another name.",
    ),
    "backup_name_bad": (
        "备份名称只能用字母、数字、- 、_ 和 .，且不超过 80 个字符。没有写入。",
        "The name of a backup may hold letters, digits, -, _ and . only, 80 at most. Nothing was written.",
    ),
    "backup_folder_missing": (
        "没有文件夹 {folder}。没有写入。请先挂载或建立目标文件夹。",
        "There is no folder {folder}. Nothing was written. Mount or make it first.",
    ),
    "backup_inside_instance": (
        "备份不能放在实例自己的文件夹里。没有写入。请放到另一块磁盘。",
        "A backup may not lie inside the instance itself. Nothing was written. Put it on another disk.",
    ),
    "not_a_backup": (
        "{place} 不是完整的备份，或者写到一半就中断了。没有数据变化。",
        "{place} is no whole backup, or it was broken off. Nothing was changed.",
    ),
    "backup_damaged": (
        "备份已损坏：{path} 与清单的摘要不一致。没有数据变化。请换一份备份。",
        "The backup is damaged: {path} is not what its manifest says. Nothing was changed. Take another backup.",
    ),
    "backup_other_schema": (
        "这份备份由版本 {version} 写出，数据表与本版本不同（{detail}）。没有数据变化。请用写出它的版本恢复，再升级。",
        "This backup was written by version {version}, whose tables differ ({detail}). Nothing was changed. Restore it there first.",
    ),
    "backup_unreadable": (
        "备份读不出。没有数据变化。请检查备份所在的磁盘和权限。",
        "The backup cannot be read. Nothing was changed. Check its disk and permissions.",
    ),
    "restore_not_empty": (
        "数据库不是空的（{table} 有数据）。没有数据变化。恢复只能做到空的数据库里。",
        "The database is not empty ({table} has rows). Nothing was changed. A backup is restored into an empty one only.",
    ),
    "restore_staging_not_empty": (
        "暂存区 {area} 不是空的。没有数据变化。恢复只能做到空的实例里。",
        "The staging area {area} is not empty. Nothing was changed. A backup is restored into an empty instance only.",
    ),
    "restore_keys_missing": (
        "这里没有签名私钥，备份里也没有。没有数据变化。请先把保存的 keys 文件夹放到 {folder}，或用带密钥的备份（--passphrase-file）。",
        "No private keys are here or in the backup. Nothing was changed. Put the kept keys at {folder}, or give a passphrase.",
    ),
    "restore_keys_differ": (
        "{folder} 里的密钥不是写出这份备份的密钥。没有数据变化。",
        "The keys in {folder} are not those of this backup. Nothing was changed.",
    ),
    "passphrase_wrong": (
        "口令不对，或密钥文件已损坏。没有数据变化。",
        "The passphrase is wrong or the sealed keys are damaged. Nothing was changed.",
    ),
    "passphrase_weak": (
        "口令至少要 {least} 个字符。没有写入。",
        "A passphrase needs at least {least} characters. Nothing was written.",
    ),
    "rebuild_source_unlisted": (
        "“{name}”不是已登记的存储库，也不是含有 store 的文件夹，或者其中没有内容。没有数据变化。请先用 jingui storage add 登记，或检查路径。",
        "“{name}” is no registered root and no folder with store in it, or it is empty. Nothing was changed. Register it first.",
    ),
    "medium_exists": (
        "已有编号为“{label}”的介质。没有数据变化。请换一个编号。",
        "There is a medium “{label}” already. Nothing was changed. Choose another label.",
    ),
    "medium_unknown": (
        "没有这件介质，或已停用。没有数据变化。",
        "There is no such medium in use. Nothing was changed.",
    ),
}

WORDS: dict[str, Words] = {
    "errors": ERRORS,
    "carrier": {
        "hard_disk": ("硬磁盘", "Hard disk"),
        "solid_state": ("固态盘", "Solid-state disk"),
        "optical": ("光盘", "Optical disc"),
        "tape": ("磁带", "Tape"),
        "microfilm": ("缩微胶片", "Microfilm"),
        "other": ("其他", "Other"),
    },
    "medium_result": {
        "sound": ("完好可读", "Sound and readable"),
        "damaged": ("有损坏", "Damaged"),
        "unreadable": ("读不出", "Unreadable"),
    },
    "medium_field": {
        "label": ("编号", "Label"),
        "carrier": ("载体", "Carrier"),
        "place": ("存放位置", "Place"),
        "content": ("内容", "Content"),
        "written_at": ("写入日期", "Written on"),
        "check_days": ("检查周期", "Check period"),
        "coldest": ("最低温度", "Lowest temperature"),
        "hottest": ("最高温度", "Highest temperature"),
        "driest": ("最低湿度", "Lowest humidity"),
        "dampest": ("最高湿度", "Highest humidity"),
        "temperature": ("实测温度", "Temperature measured"),
        "humidity": ("实测湿度", "Humidity measured"),
        "result": ("检查结果", "Result"),
        "note": ("说明", "Note"),
        "reason": ("理由", "Reason"),
    },
    "not_held": {
        "journal": ("此前的日志，以及各行与日志的对应", "The journal before, and which event vouched for which row"),
        "row_keys": ("各行的内部编号（办件的除外）", "Internal keys of rows, but for those of cases"),
        "open_cases": (
            "尚未归档的办件及其暂存文件、任务队列",
            "Cases that were not archived yet, their staged files and the queue",
        ),
        "arrival_times": (
            "环节、办结、共享引用的到达时间，办件的建立时间，入库时刻（以打包或重建时间代替）",
            "When steps, closures and references arrived, cases were opened and versions stored",
        ),
        "messages": (
            "来源报文的原文及其摘要（内容按元数据重新生成；事项版本、与机构相同的区划是否曾写明不可知）",
            "Messages as sent and their digests; made again from the metadata, but for an item version or own region",
        ),
        "shared_references": (
            "尚未取到文件的共享材料引用",
            "References to shared files whose bytes had not come",
        ),
        "receipts": ("签发过的回执", "Receipts that were given"),
        "inspections": (
            "没有进入信息包的检测（未通过的、长期保存和移交阶段的）、人工认定、对已封装信息包的那部分结论",
            "Inspections that went into no package, persons' statements, and what was found of the sealed package",
        ),
        "migrations": (
            "格式迁移的计划、试转、审批，以及没有转换成功的文件",
            "Plans, trials and approvals of format migrations, and files that were not converted",
        ),
        "catalogue": (
            "事项目录、归档方案的其余内容及其各层、导入和比对（请先导入目录）",
            "The rest of catalogue and plans, their layers, imports, comparisons (import the catalogue first)",
        ),
        "sources": (
            "来源系统的密钥、连接、进度、问题和通知（重建的来源系统处于停用状态）",
            "Keys, connections, progress, problems and notices of sources (rebuilt sources are inactive)",
        ),
        "accounts": ("账户", "Accounts"),
        "access_copies": ("利用复制件的登记", "The register of copies handed out"),
        "counter": (
            "窗口扫描会话、页面、确认单的办理记录，文件识别和归类建议",
            "Counter sessions, pages and confirmations, recognition and suggestions",
        ),
        "supervision": (
            "办结清单、逐日对账、说明和归档证明",
            "Ledgers, daily closings, explanations and coverage certificates",
        ),
        "storage": (
            "存储库登记、副本和巡检记录、离线介质登记",
            "Storage roots, copies and audits, the register of media",
        ),
        "settings": (
            "信任列表、格式策略、检测方案等设置的版本",
            "Versions of trust lists, format policies and inspection profiles",
        ),
    },
    "event": {
        "backup.made": ("备份完成", "Backup made"),
        "backup.drilled": ("恢复演练", "Restore drill"),
        "instance.restored": ("从备份恢复", "Instance restored"),
        "case.rebuilt": ("由信息包重建目录", "Rows rebuilt from a package"),
        "medium.added": ("介质登记", "Medium entered"),
        "medium.checked": ("介质检查", "Medium checked"),
        "medium.ended": ("介质停用", "Medium ended"),
    },
}
