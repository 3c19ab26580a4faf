"""Format migrations in words. Code → (Chinese, English)."""

from __future__ import annotations

Words = dict[str, tuple[str, str]]

ERRORS: Words = {
    "migration_unknown": (
        "没有这个格式迁移方案。没有数据变化。用 jingui migration status 查看。",
        "There is no such format migration. Nothing was changed. See jingui migration status.",
    ),
    "migration_moved_on": (
        "方案现在的状态（{state}）不能这样做。没有数据变化。请刷新后再看。",
        "The migration stands at “{state}” and cannot do this. Nothing was changed. Look again.",
    ),
    "own_migration": (
        "方案须由编制人以外的人审批。没有数据变化。",
        "A plan is decided by another person than who made it. Nothing was changed.",
    ),
    "converter_missing": (
        "本机没有转换工具：{converter}。没有数据变化。请安装 LibreOffice 后再执行，或另作方案去掉这些格式。",
        "The machine lacks a converter: {converter}. Nothing was changed. Install LibreOffice, or plan without those formats.",
    ),
    "conversion_failed": (
        "转换工具没有给出结果。原件没有变化。请查看该文件，必要时另用工具处理。",
        "The converter gave no result. The original is as it was. Look at the file.",
    ),
    "conversion_timeout": (
        "转换超时。原件没有变化。请查看该文件。",
        "The conversion took too long. The original is as it was. Look at the file.",
    ),
    "converted_damaged": (
        "转换形成的文件在归入新版本之前损坏，该档案停在旧版本，原件没有变化。请从备份恢复暂存文件后重试。",
        "A converted file was damaged before it was packed; the original is as it was. Restore it from a backup, try again.",
    ),
    "converter_not_started": (
        "转换工具启动不了，稍后自动再试。没有数据丢失。",
        "The converter could not be started; it is tried again by itself. Nothing is lost.",
    ),
}

PROBLEMS: Words = {
    "no_conversion": ("不能把 {format} 转换为 {target}", "{format} cannot be converted into {target}"),
}

# Why a file was not converted.
REASONS: Words = {
    "superseded": ("已被后来的文件替换", "Replaced by a later file"),
    "result_unreadable": ("结果打不开", "The result cannot be opened"),
    "result_faulty": ("结果有缺陷", "The result is faulty"),
    "pages_differ": ("页数不同", "Other number of pages"),
    "text_lost": ("文字有丢失", "Text was lost"),
    "sizes_differ": ("图像尺寸不同", "Pictures of other sizes"),
    "pixels_differ": ("图像像素不同", "Other pixels"),
    "result_too_large": ("结果太大或是空的", "The result is too large or empty"),
    "image_not_taken": ("图像打不开或不能放入版式文件", "The picture cannot be opened or placed"),
    "image_too_large": ("图像太大", "The picture is too large"),
    "image_moves": ("含多幅图像", "Several pictures"),
    "text_not_decoded": ("字符编码不明", "Unknown encoding"),
    "text_too_long": ("文字太长", "The text is too long"),
    "markup_not_read": ("标记语言打不开", "The markup cannot be read"),
    "drawing_not_taken": ("矢量图打不开或内嵌其他矢量图", "The drawing cannot be read or holds another one"),
    "source_not_loaded": (
        "转换工具打不开原件（可能加密或损坏）",
        "The converter cannot open the original; encrypted or damaged?",
    ),
    "file_too_large": ("文件太大", "The file is too large"),
    "converter_missing": ("本机没有转换工具", "The machine lacks the converter"),
    "conversion_failed": ("转换工具没有给出结果", "The converter gave no result"),
    "conversion_timeout": ("转换超时", "The conversion took too long"),
    "content_not_openable": ("文件读不到", "The file cannot be opened"),
    "reader_crashed": ("转换进程崩溃", "The converting process crashed"),
    "reader_timeout": ("转换超时", "The conversion took too long"),
    "reader_out_of_memory": ("转换内存不足", "Out of memory"),
    "no_such_converter": ("没有这种转换", "No such converter"),
}

WORDS: dict[str, Words] = {
    "errors": ERRORS,
    "problems": PROBLEMS,
    "conversion_reason": REASONS,
    "conversion_remark": {
        "macros": ("宏只留在原件里", "Macros stay in the original"),
        "javascript": ("脚本只留在原件里", "Scripts stay in the original"),
        "attachments": ("内嵌文件只留在原件里", "Embedded files stay in the original"),
        "external_links": ("原件引用了文件以外的内容，转换件里没有", "Content from elsewhere is not in the result"),
        "signature": ("电子签名只对原件有效", "Signatures hold for the original only"),
        "dynamic_form": ("动态表单只留在原件里", "The dynamic form stays in the original"),
        "comments": ("批注只留在原件里", "Comments stay in the original"),
        "tracked_changes": (
            "原件有修订痕迹：转换时没有接受也没有拒绝，以原件为准，请人工核对",
            "The original has tracked changes: converting accepted and rejected none; the original holds, compare by eye",
        ),
        "values_not_stored": (
            "表格里有公式没有可用的保存结果，转换件里的值是转换时算出来的，请人工核对",
            "Formulas without a usable stored value: what the result shows was computed when converting; compare by eye",
        ),
        "values_not_compared": (
            "表格里的数值没有对比，请人工核对",
            "Numbers of the sheets were not compared; compare by eye",
        ),
        "text_not_compared": (
            "原件的文字、批注和修订未能读出对比，请人工核对",
            "Text, comments and changes of the original were not read; compare by eye",
        ),
    },
    "conversion_obstacle": {
        "lasting": ("适合长期保存，不需要转换", "Suits long-term keeping"),
        "no_pdf_tool": (
            "PDF 可以长期保存；没有不改动内容的 PDF/A 转换工具",
            "Suits long-term keeping; no tool makes PDF/A of it without changing it",
        ),
        "unpack": ("压缩包应解开后逐件归档，不转换", "To be unpacked and archived file by file"),
        "mail": ("邮件应连同附件逐件归档，不转换", "To be archived with its attachments file by file"),
        "no_uof_tool": (
            "LibreOffice 打开标文通时丢失页面尺寸，结果不可靠；请用原软件另存",
            "LibreOffice loses the page size of UOF; to be saved anew by its own program",
        ),
        "unclear": ("加密、损坏或内容种类不明，须先查明", "Encrypted, damaged or of unknown kind"),
        "no_tool": ("没有转换工具，须先评估", "No converter; to be assessed first"),
    },
    "migration_state": {
        "planned": ("已编制", "Planned"),
        "trying": ("正在试转换", "Being tried"),
        "tried": ("已试转换，待审批", "Tried"),
        "approved": ("已批准", "Approved"),
        "rejected": ("未批准", "Rejected"),
        "running": ("正在执行", "Running"),
        "done": ("已完成", "Done"),
    },
    "conversion": {
        "converted": ("已转换", "Converted"),
        "failed": ("失败", "Failed"),
        "skipped": ("跳过", "Skipped"),
    },
    "converter": {
        "image_pdf": ("图像 → PDF/A（img2pdf）", "Pictures to PDF/A (img2pdf)"),
        "text_pdf": ("文本、XML、HTML → PDF/A（typst）", "Texts to PDF/A (typst)"),
        "drawing_pdf": ("矢量图 → PDF/A（typst）", "Drawings to PDF/A (typst)"),
        "picture": ("图像无损另存（Pillow）", "Pictures without loss (Pillow)"),
        "office": ("办公文档 → PDF/A（LibreOffice）", "Office to PDF/A (LibreOffice)"),
    },
    "event": {
        "migration.planned": ("格式迁移方案编制", "Format migration planned"),
        "migration.trial_asked": ("格式迁移试转换", "Trial asked for"),
        "migration.tried": ("格式迁移试转换完成", "Format migration tried"),
        "migration.decided": ("格式迁移审批", "Format migration decided"),
        "migration.started": ("格式迁移开始", "Format migration began"),
        "migration.ended": ("格式迁移完成", "Format migration ended"),
        "files.converted": ("文件格式转换", "Files converted"),
    },
}


def reason_text(reason: str, *, language: str = "zh") -> str:
    """Put the reason for which a file was not converted into words; its detail stays as it is."""
    codes, _, detail = reason.partition(":")
    place = 0 if language == "zh" else 1
    words = [REASONS[code.strip()][place] if code.strip() in REASONS else code.strip() for code in codes.split(",")]
    told = ("、" if language == "zh" else ", ").join(words)
    return f"{told}（{detail.strip()}）" if detail.strip() else told
