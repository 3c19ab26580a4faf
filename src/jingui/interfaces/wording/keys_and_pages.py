"""Errors of keys, of the sealed journal, and of files that are opened to be shown, in words. Code → (Chinese, English)."""

from __future__ import annotations

KEYS_AND_PAGES: dict[str, tuple[str, str]] = {
    "signing_key_exists": ("签名密钥已经存在，没有另建。", "The signing key exists; no other was made."),
    "signing_key_exposed": (
        "签名密钥文件的权限太宽，没有使用。请改为仅本账户可读（0600）。",
        "The signing key can be read by others and was not used. Set its mode to 0600.",
    ),
    "signing_key_missing": (
        "没有签名密钥，没有执行。请从备份恢复，或运行 jingui init。",
        "The signing key is missing. Restore it, or run jingui init.",
    ),
    "signing_key_unreadable": (
        "签名密钥读不出来，没有执行。请从备份恢复。",
        "The signing key cannot be read. Restore it from a backup.",
    ),
    "journal_tile_missing": (
        "日志的一块哈希不见了，无法给出证明。请运行 jingui verify。",
        "A tile of the journal is missing. Run jingui verify.",
    ),
    "journal_log_damaged": (
        "签封的日志与检查点对不上，没有继续签封，已有记录不变。请运行 jingui verify。",
        "The sealed log does not match its checkpoint; nothing more was sealed. Run jingui verify.",
    ),
    "journal_tile_damaged": (
        "日志的一块哈希已损坏，无法给出证明。请运行 jingui verify。",
        "A tile of the journal is damaged. Run jingui verify.",
    ),
    "reader_not_started": (
        "读取组件没能启动，原文件不变。系统会再试。",
        "A reader could not be started; it is tried again.",
    ),
    "reader_timeout": (
        "读取超时，已停止，原文件不变。",
        "Reading took too long and was stopped; the original is unharmed.",
    ),
    "reader_crashed": ("读取组件异常退出，原文件不变。", "The reader died over this file; the original is unharmed."),
    "reader_out_of_memory": (
        "读取所需内存超过上限，原文件不变。",
        "Reading needs too much memory; the original is unharmed.",
    ),
    "format_not_rendered": (
        "这种格式不能在页面上显示，请下载原文件查看。",
        "This format is not drawn here; download the file.",
    ),
    "no_such_page": ("文件里没有这一页。", "The file has no such page."),
    "page_not_drawn": (
        "这一页画不出来，原文件不变。请下载原文件查看。",
        "The page cannot be drawn; download the file.",
    ),
    "encrypted": ("文件已加密，不能显示。", "The file is encrypted and cannot be shown."),
    "too_many_pixels": (
        "图像太大，没有显示。请下载原文件查看。",
        "The picture is too large to be shown; download the file.",
    ),
    "content_gone": (
        "原文件暂时取不到，登记信息不受影响。请联系系统管理员运行 jingui verify。",
        "The file cannot be reached now. Ask the administrator to run jingui verify.",
    ),
}
