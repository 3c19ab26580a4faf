"""Words of the day's closing (日终对账). Code → (Chinese, English)."""

from __future__ import annotations

Words = dict[str, tuple[str, str]]

SUPERVISION_LABELS: dict[str, Words] = {
    "ledger_state": {
        "received": ("已收件", "Received"),
        "in_progress": ("办理中", "In handling"),
        "closed": ("已办结", "Closed"),
    },
    "standing": {
        "archived": ("已归档", "Archived"),
        "running": ("在办期限内", "Within its time"),
        "explained": ("已说明", "Explained"),
        "unexplained": ("未说明", "Unexplained"),
        "repeated": ("台账重复", "Listed twice"),
    },
    "gap": {
        "never_received": ("什么都没有收到", "Nothing was received"),
        "not_announced": ("没有收到收件消息", "The case's own message did not come"),
        "not_closed_here": ("没有收到办结消息", "No closure came"),
        "held": ("检测未通过，超过归档时限", "Held by inspection beyond its time"),
        "not_archived": ("没有归档完，超过归档时限", "Not archived within its time"),
        "overdue": ("超过办理时限未办结", "In handling beyond its deadline"),
    },
    "difference": {
        "state": ("是否办结不一致", "Closed or not"),
        "kind": ("办结方式不一致", "Kind of closure"),
        "closed_at": ("办结时间不一致", "Time of closure"),
        "files": ("文件数不一致", "Number of files"),
        "steps": ("环节数不一致", "Number of steps"),
        "digest": ("文件摘要不一致", "Digest of the files"),
        "item": ("事项不一致", "Item"),
        "agency": ("机构不一致", "Agency"),
    },
    "explanation": {
        "withdrawn": ("撤件", "Withdrawn"),
        "classified": ("涉密，另行归档", "Classified, archived elsewhere"),
        "system_fault": ("系统故障", "System fault"),
        "on_paper": ("纸质归档", "Archived on paper"),
        "elsewhere": ("由其他机构归档", "Archived by another agency"),
        "not_a_case": ("测试件或误报", "No real case"),
        "other": ("其他", "Other"),
    },
    "certificate_fault": {
        "not_a_certificate": ("不是归档覆盖证书", "This is no coverage certificate"),
        "certificate_malformed": ("证书内容残缺或被改动", "The certificate is incomplete or altered"),
        "sums_differ": ("四类件数之和不等于应归件数", "The four counts do not add up"),
        "list_differs": ("名单与件数不符", "A list does not agree with its count"),
        "signature_missing": ("缺少签名", "A signature is missing"),
        "signature_wrong": ("签名不对：内容被改动过，或不是这把密钥签的", "The signature is wrong"),
        "key_not_trusted": ("没有给出这把密钥的公钥，未能验证", "The key is none of the trusted ones"),
        "file_unreadable": ("读不出证书文件", "The file cannot be read"),
    },
}

SUPERVISION_ERRORS: Words = {
    "ledger_lines_pruned": (
        "这一天的逐件明细已按保存期限清理，证书和台账原文都还在。没有下载。请重新核对这一天，明细会重新装入。",
        "The single lines of this day were let go; certificates and ledger stay. Compare the day again to have them back.",
    ),
    "ledger_not_found": (
        "这一天没有收到本来源的台账。没有数据变化。",
        "There is no ledger of this source for that day. Nothing changed.",
    ),
    "ledger_damaged": (
        "保存的台账与收到时不同，没有据此对账。请运行 jingui verify 查明。",
        "The kept ledger is not what was taken; the day was not closed on it. Run jingui verify.",
    ),
}

SUPERVISION_PROBLEMS: Words = {
    "ledger_not_closed": ("没有办结的办件不应有此项", "must be absent for a case that is not closed"),
    "agency_of_other_source": (
        "机构 {agency} 不属于本来源可报送的机构",
        "this source may not send for agency {agency}",
    ),
    "ledger_line_malformed": ("这一行读不懂", "cannot be read"),
    "ledger_line_too_long": ("太长，最多 {limit} 字节", "is too long: at most {limit} bytes"),
    "ledger_columns_unknown": ("没有这样的列：{columns}", "has unknown columns: {columns}"),
    "ledger_column_missing": ("缺少列 {column}", "lacks the column {column}"),
    "day_in_future": ("日期还没有到", "lies in the future"),
    "day_malformed": ("日期应写成 2026-11-21", "must be a date like 2026-11-21"),
    "part_malformed": ("分段应从 1 起，不超过总段数，总段数最多 {most}", "must be 1 to parts, at most {most}"),
    "explanation_until_past": ("日期已经过去", "lies in the past"),
    "nothing_chosen": ("没有选择办件", "no case is chosen"),
}

SUPERVISION_EVENTS: Words = {
    "ledger.received": ("收到办件台账", "Ledger received"),
    "coverage.certified": ("出具归档覆盖证书", "Coverage certified"),
    "ledger.lines_pruned": ("清理台账逐件明细", "Ledger lines let go"),
    "case.explained": ("说明未归档原因", "Case explained"),
    "explanation.revoked": ("撤销说明", "Explanation revoked"),
}

WORDS: dict[str, Words] = {
    **SUPERVISION_LABELS,
    "errors": SUPERVISION_ERRORS,
    "problems": SUPERVISION_PROBLEMS,
    "event": SUPERVISION_EVENTS,
}
