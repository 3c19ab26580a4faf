"""Storage roots, copies and audits, in words. Code → (Chinese, English)."""

from __future__ import annotations

Words = dict[str, tuple[str, str]]

ERRORS: Words = {
    "root_unknown": (
        "没有名为“{name}”的存储库，或已停用。没有数据变化。用 jingui storage list 查看。",
        "There is no storage root “{name}” in use. Nothing was changed. See jingui storage list.",
    ),
    "root_exists": (
        "已有名为“{name}”的存储库。没有数据变化。请换一个名称。",
        "There is a storage root “{name}” already. Nothing was changed. Choose another name.",
    ),
    "primary_root": (
        "主库不能停用。没有数据变化。",
        "The primary root cannot be ended. Nothing was changed.",
    ),
    "cycle_running": (
        "存储库“{name}”正在巡检，一次只做一轮。没有数据变化。请等这一轮结束。",
        "The storage root “{name}” is being audited. Nothing was changed. Wait until it ends.",
    ),
    "finding_unknown": ("没有这处异常。没有数据变化。", "There is no such finding. Nothing was changed."),
    "storage_away": (
        "存储库现在连不上。没有数据丢失，恢复后会自动继续。请检查磁盘、网络和权限。",
        "The storage root cannot be reached now. Nothing is lost; work goes on by itself. Check disk, network and rights.",
    ),
    "source_missing": (
        "要复制的文件在主库中找不到。副本没有写入，稍后再试；请运行 jingui verify。",
        "A file to be copied is not in the primary root. Nothing was written; it is tried again. Run jingui verify.",
    ),
    "bytes_differ": (
        "读到的内容与登记的摘要不符，没有写入。请运行 jingui verify 查明是哪个库的文件坏了。",
        "The bytes are not those of the digest; nothing was written. Run jingui verify to see whose file is damaged.",
    ),
    "copy_differs": (
        "存储库中同一位置已有别的内容，没有覆盖。请人工查看。",
        "The storage root holds something else in this place; it was not overwritten. A person must look.",
    ),
    "copy_not_sound": (
        "副本写入后核验不符，不计入副本，稍后重试。",
        "The copy was not sound when read back; it does not count and is tried again.",
    ),
    "folder_in_the_way": (
        "要修复的文件处有一个文件夹，没有改动。请人工查看。",
        "A folder stands where a file must be; nothing was changed. A person must look.",
    ),
    "path_unsafe": (
        "路径越出存储库，没有执行。",
        "The path leads out of the storage root; nothing was done.",
    ),
    "s3_not_installed": (
        "没有安装对象存储的软件包。没有数据变化。请安装 scale 一组软件包。",
        "The packages for object storage are not installed. Nothing was changed. Install the scale set.",
    ),
    "bucket_not_locked": (
        "存储库要求每个文件带保留期，但桶没有启用对象锁定，服务器不接受。没有写入。请在建桶时启用对象锁定，或去掉 lock_mode。",
        "Files are to be retained but the bucket has no object lock. Nothing was written. Enable it when the bucket is made.",
    ),
    "finding_settled": ("这处异常已经处置。没有数据变化。", "This finding is settled. Nothing was changed."),
}

PROBLEMS: Words = {
    "path_not_absolute": ("应写从 / 开始的完整路径", "the whole path from / is needed"),
}

WORDS: dict[str, Words] = {
    "errors": ERRORS,
    "problems": PROBLEMS,
    "root_kind": {
        "primary": ("主库", "Primary"),
        "folder": ("文件夹副本", "Copy in a folder"),
        "s3": ("对象存储副本", "Copy in object storage"),
    },
    "lock": {
        "folder": (
            "文件夹没有对象锁定：能写这个文件夹的人就能删除其中的文件。另一份副本请放在只读挂载、离线介质或带锁定的桶里。",
            "A folder has no object lock: whoever may write it may delete. Keep another copy read-only, offline or locked.",
        ),
        "none": (
            "桶没有启用对象锁定：持有密钥的人可以删除其中的文件。对象锁定须由桶的管理者启用。",
            "The bucket has no object lock: whoever has the key may delete. Its owner can enable it.",
        ),
        "untold": (
            "服务器不肯说桶有没有启用对象锁定：这个密钥没有查看的权限（s3:GetBucketObjectLockConfiguration）。",
            "The server does not tell whether the bucket has object lock: the key lacks the right to ask.",
        ),
        "bare": (
            "桶已启用对象锁定，没有默认保留期；只有写入时带保留期的文件受保护（lock_mode、lock_days）。",
            "The bucket has object lock without a default; only what is written with a time is kept (lock_mode, lock_days).",
        ),
        "compliance": (
            "桶已启用对象锁定，默认合规模式：到期前任何人（包括管理员）都不能删除。",
            "The bucket has object lock, by default in compliance mode: nobody can delete before the time is over.",
        ),
        "governance": (
            "桶已启用对象锁定，默认治理模式：到期前只有被授予特权的人能删除。",
            "The bucket has object lock, by default in governance mode: before the time is over only few can delete.",
        ),
    },
    "cycle": {
        "routine": ("日常巡检", "Routine audit"),
        "full": ("全面巡检", "Full audit"),
        "sample": ("抽样巡检", "Sample audit"),
        "inventory": ("清单巡检", "Inventory audit"),
    },
    "cycle_meaning": {
        "routine": (
            "每个文件核对 SHA-256，目录清单核对 SHA-512",
            "every file by SHA-256, inventories by SHA-512",
        ),
        "full": (
            "每个文件核对 SHA-512 和 SHA-256，收到的文件另核对 SM3",
            "every file by SHA-512 and SHA-256, captured files by SM3 too",
        ),
        "sample": ("随机抽取对象，核对全部摘要", "objects drawn at random, by every digest"),
        "inventory": (
            "每个文件只核对目录清单所载的 SHA-512，与其他 OCFL 工具所查相同",
            "every file by the SHA-512 of the inventories alone, as other OCFL tools do",
        ),
    },
    "settlement": {
        "repaired": ("已由好副本修复", "Repaired from a good copy"),
        "gone": ("再查已完好", "Sound when looked at again"),
        "accepted": ("人工确认", "Accepted by a person"),
    },
    "event": {
        "storage_root.added": ("存储库加入", "Storage root added"),
        "storage_root.changed": ("存储库设置更改", "Storage root changed"),
        "storage_root.ended": ("存储库停用", "Storage root ended"),
        "object.copied": ("副本写入并核验", "Object copied"),
        "fixity_cycle.started": ("巡检开始", "Audit began"),
        "fixity_cycle.ended": ("巡检结束", "Audit ended"),
        "copy.damaged": ("副本异常", "Copy damaged"),
        "copy.repaired": ("副本修复", "Copy repaired"),
        "copy_finding.settled": ("副本异常处置", "Finding settled"),
    },
}
