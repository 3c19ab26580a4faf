"""The counter and the applicant's screen in words. Code → (Chinese, English)."""

from __future__ import annotations

Words = dict[str, tuple[str, str]]

ERRORS: Words = {
    "counter_move_not_allowed": (
        "这次收件已经到了下一步，不能这样做。没有数据变化。请刷新页面看现在的进度。",
        "The session is at another step ({state}); this cannot be done. Nothing was changed. Reload the page.",
    ),
    "counter_ended": (
        "这次收件已经结束，不能再改。没有数据变化。要补收材料，请重新开始一次收件。",
        "The session has ended. Nothing was changed. Open another one to take in more.",
    ),
    "counter_changed": (
        "页面内容刚刚有改动，和屏幕上看到的不一致。没有数据变化。请刷新后重新核对。",
        "The pages have just changed and differ from what was shown. Nothing was changed. Reload and look again.",
    ),
    "counter_not_ready": (
        "还有 {count} 处没有理好，不能请申请人确认。没有数据变化。",
        "{count} things are not settled yet; the applicant cannot be asked. Nothing was changed.",
    ),
    "case_without_plan": (
        "这个办件还没有收到收件消息，不知道要哪些材料。没有数据变化。请等来源系统报送后再收。",
        "The case's own message has not come, so its materials are not known. Nothing was changed.",
    ),
    "counter_not_signed": (
        "申请人还没有签名，或者签名后又改过页面。没有提交任何材料。请重新请申请人确认。",
        "The applicant has not signed, or pages were changed since. Nothing was handed over. Ask for confirmation again.",
    ),
    "counter_file_changed": (
        "“{name}”和申请人确认时不一样了。没有提交任何材料。请联系系统管理员，并重新请申请人确认。",
        "“{name}” is not what the applicant confirmed. Nothing was handed over. Tell the administrator and ask again.",
    ),
    "counter_file_replaced": (
        "要替换的文件（{file}）已经被别的文件替换了。没有提交。请重新选要替换的文件，再请申请人确认。",
        "The file to be replaced ({file}) was replaced meanwhile; nothing was handed over. Choose anew and ask again.",
    ),
    "counter_not_finished": (
        "材料还没有提交，不能办结。没有数据变化。请先提交。",
        "The materials have not been handed over; the case cannot be closed. Nothing was changed.",
    ),
    "counter_case_of_platform": (
        "这个办件由业务系统办结，不在窗口办结。没有数据变化。",
        "This case is closed by its business system, not at the counter. Nothing was changed.",
    ),
    "counter_code_unknown": (
        "没有这个验证码，或者已经过期。请核对窗口屏幕上的数字，或请窗口人员重新生成。",
        "There is no such code, or it has expired. Compare it with the clerk's screen or ask for a new one.",
    ),
    "counter_code_wrong": (
        "验证码不对，还可以试 {left} 次。",
        "The code is wrong; {left} tries are left.",
    ),
    "counter_code_spent": (
        "这个验证码不能再用了。请窗口人员重新生成一个。",
        "This code is spent. Ask the clerk for a new one.",
    ),
    "counter_screen_unknown": (
        "这块屏幕没有打开过这次确认，或者已经超过两小时。请输入窗口给的验证码。",
        "This screen has not opened the confirmation, or too long ago. Type the code that the clerk shows.",
    ),
    "counter_confirmation_void": (
        "材料又有改动，这次确认已经作废。您确认过的内容不会被提交。请等窗口人员重新请您确认。",
        "The pages were changed, so this confirmation is void. Nothing of it is handed over. Wait for the clerk.",
    ),
    "counter_material_unconfirmed": (
        "“{material}”还没有确认，不能签名。请先看完并确认。",
        "“{material}” is not confirmed yet; look at it and confirm it before signing.",
    ),
    "counter_full": (
        "这次收件的页数太多，放不下了。这份扫描件没有收，其他不受影响。请提交后另开一次收件。",
        "The session has too many pages. This scan was not taken; the others stay. Open another session.",
    ),
}
PROBLEMS: Words = {
    "counter_scans_unread": ("还有 {count} 个扫描件没有读完，请等一会儿", "{count} scans are still being read"),
    "counter_pages_missing": ("还没有任何页", "there are no pages yet"),
    "counter_pages_unassigned": (
        "有 {count} 页没有定下是哪份材料，请采纳建议、指定材料或者略过",
        "{count} pages are not assigned: accept, assign or drop them",
    ),
    "counter_material_unknown": ("归档配置里没有这份材料（{count}）", "the plan has no such material ({count})"),
    "counter_full": ("页数太多，请另开一次收件", "too many pages for one session"),
    "signature_malformed": ("签名没有传完整，请清除后重新签", "the signature did not arrive whole; write it again"),
    "signature_missing": ("还没有签名，请在框里写上姓名", "nothing was signed; write your name into the frame"),
    "content_gone": ("文件找不到了，请重新上传", "the file is gone; upload it again"),
}
LABELS: dict[str, Words] = {
    "counter_state": {
        "collecting": ("收材料", "Collecting"),
        "confirming": ("等申请人确认", "With the applicant"),
        "signed": ("申请人已签名", "Signed"),
        "finished": ("已提交", "Handed over"),
        "abandoned": ("已放弃", "Given up"),
    },
    "void_reason": {
        "pages_changed": ("页面有改动", "Pages were changed"),
        "objected": ("申请人说有问题", "The applicant objected"),
        "renewed": ("重新生成了验证码", "A new code was made"),
        "expired": ("超过时间", "Its time was over"),
        "tries_spent": ("验证码输错太多次", "The code was mistyped too often"),
        "abandoned": ("收件已放弃", "The session was given up"),
    },
    "page_warning": {
        "low_resolution": ("分辨率太低", "Low resolution"),
        "skewed": ("歪斜", "Skewed"),
        "blank": ("空白页", "Blank"),
        "blurred": ("模糊", "Blurred"),
        "too_dark": ("太暗", "Too dark"),
    },
    "clue": {
        "separator": ("按分隔页", "By separator sheet"),
        "name": ("按文件名建议", "Suggested by file name"),
        "title": ("按标题建议", "Suggested by title"),
        "text": ("按文字内容建议", "Suggested by text"),
        "ocr": ("按识别出的文字建议", "Suggested by recognised text"),
        "exclusion": ("只剩这一份，请核对", "The only one left; check it"),
    },
    "event": {
        "counter.source_registered": ("窗口登记为来源", "Counter entered as source"),
        "counter.opened": ("窗口开始收件", "Counter session opened"),
        "counter.scanned": ("窗口收扫描件", "Scans taken in"),
        "counter.read": ("扫描件分页", "Scans split"),
        "counter.arranged": ("窗口整理页面", "Pages arranged"),
        "counter.finished": ("窗口提交材料", "Counter handed over"),
        "counter.abandoned": ("窗口放弃收件", "Counter session given up"),
        "confirmation.asked": ("请申请人确认", "Applicant asked"),
        "confirmation.code_refused": ("验证码不对", "One-time code refused"),
        "confirmation.opened": ("申请人打开确认屏", "Applicant's screen opened"),
        "confirmation.given": ("申请人确认材料", "Material confirmed"),
        "confirmation.signed": ("申请人签名", "Applicant signed"),
        "confirmation.void": ("确认作废", "Confirmation void"),
    },
    "permission": {"receive_at_counter": ("窗口收件", "Take in at the counter")},
}

WORDS: dict[str, Words] = {"errors": ERRORS, "problems": PROBLEMS, **LABELS}
