"""Errors in words: what happened, that nothing was lost, what to do. Code → (Chinese, English)."""

from __future__ import annotations

from jingui.interfaces.wording.keys_and_pages import KEYS_AND_PAGES

Words = dict[str, tuple[str, str]]

REQUESTS: Words = {
    "not_found": (
        "没有这个页面或档案，或者您无权查看。没有数据变化。请从首页重新查找。",
        "There is no such page or record, or you may not know of it. Nothing changed. Start again from the home page.",
    ),
    "host_not_registered": (
        "这个地址（主机名）没有登记在本系统，没有执行。请用登记过的地址；要用这个地址，请管理员把它写进 JINGUI_ALLOWED_HOSTS 再重新启动。",
        "This host name is not registered here; nothing was done. Use a registered one, or add it to JINGUI_ALLOWED_HOSTS.",
    ),
    "method_not_allowed": (
        "这个地址不接受这种请求方法。没有数据变化。打开页面请从首页走，调用接口请对照说明。",
        "This address does not take this method. Nothing was changed. Open pages from the home page; the interface has a description.",
    ),
    "permission_missing": (
        "您的角色不能做这件事。没有数据变化。如确有需要，请联系系统管理员。",
        "Your role may not do this. Nothing changed. Ask the administrator if you need it.",
    ),
    "form_expired": (
        "页面打开太久，或登录已变化，这次提交没有执行，没有数据变化。请返回并刷新页面后再提交。",
        "The page was open too long or the sign-in changed; nothing was done. Go back, reload and submit again.",
    ),
    "address_unknown": (
        "接口没有这个地址，没有执行。请核对接口说明。",
        "The API has no such address; nothing was done. Check its description.",
    ),
    "request_malformed": (
        "请求无法识别，没有执行，没有数据变化。请检查地址或内容后再试。",
        "The request cannot be understood and was not carried out. Check the address or the content and try again.",
    ),
    "internal": (
        "系统内部出错，这次操作没有完成，已写入的数据不受影响。请稍后再试；仍不行请联系系统管理员。",
        "Something failed on our side; the act was not completed and stored data is unharmed. Try again, then ask the administrator.",
    ),
    "invalid_input": (
        "提交的内容有 {count} 处问题，没有执行，没有数据变化。请逐项改正后再提交。",
        "The input has {count} problems; nothing was done. Correct each and submit again.",
    ),
    "signed_out": (
        "登录已过期，没有数据变化。请重新登录。",
        "The sign-in has expired; nothing changed. Sign in again.",
    ),
    "sign_in_failed": ("账号或密码不对，还可以试 {left} 次", "Wrong name or password; {left} more tries"),
    "sign_in_blocked": (
        "试错次数太多，请 {minutes} 分钟后再试",
        "Too many wrong tries; try again in {minutes} minutes",
    ),
    "upload_missing": ("没有选择文件，没有执行。请选择目录文件后再上传。", "No file was chosen; nothing was done."),
    "upload_gone": (
        "上传的文件已过期，没有导入，没有数据变化。请重新上传。",
        "The uploaded file is gone; nothing was imported. Upload it again.",
    ),
}

CAPTURE: Words = {
    "case_not_found": (
        "没有这个办件，没有数据变化。请核对办件编号。",
        "There is no such case; nothing changed. Check the case number.",
    ),
    "message_conflict": (
        "“{key}”已有内容不同的登记，这次没有写入，原有内容不变。请核对；要更换文件，请用新的文件标识并写明替换哪一份。",
        "“{key}” already stands for something different; nothing was written. Use a new key and say which file it replaces.",
    ),
    "move_not_allowed": (
        "办件处于“{state}”，不能转为“{to}”，没有数据变化。",
        "The case is {state} and cannot become {to}; nothing changed.",
    ),
    "digest_mismatch": (
        "收到的内容与声明的摘要不一致，已丢弃，没有写入。请重新发送。",
        "The body does not match its declared digest; it was not taken. Send it again.",
    ),
    "digest_missing": (
        "没有 Content-Digest，没有写入。请附上 sha-256 摘要后重新发送。",
        "There is no Content-Digest; nothing was written. Send it again with a sha-256 digest.",
    ),
    "digest_malformed": (
        "Content-Digest 写法不对，没有写入。写法：sha-256=:Base64:。",
        "Content-Digest is malformed; nothing was written. Its form is sha-256=:Base64:.",
    ),
    "body_not_json": (
        "正文不是合法的 JSON（UTF-8），没有写入。请改正后重新发送。",
        "The body is not valid JSON in UTF-8; nothing was written. Correct it and send it again.",
    ),
    "body_interrupted": (
        "传输中断，收到的部分已丢弃，没有写入。请重新发送。",
        "The transfer broke off; what came was discarded. Send it again.",
    ),
    "file_too_large": (
        "文件超过上限 {limit} 字节，没有写入。请联系管理员调整上限后再发送。",
        "The file is larger than {limit} bytes; nothing was written. Ask the administrator to raise the limit.",
    ),
    "message_too_large": (
        "消息超过上限 {limit} 字节，没有写入。请拆分后再发送。",
        "The message is larger than {limit} bytes; nothing was written. Split it.",
    ),
    "signature_missing": (
        "请求没有签名，没有执行。请按接口说明加上 Authorization。",
        "The request is not signed; nothing was done. Add Authorization as the API describes.",
    ),
    "signature_malformed": (
        "请求签名写法不对，没有执行。请按接口说明改正。",
        "The signature is malformed; nothing was done. Correct it as the API describes.",
    ),
    "signature_wrong": (
        "请求签名不对，没有执行。请核对密钥、签名内容和时间。",
        "The signature is wrong; nothing was done. Check the key, the signed text and the time.",
    ),
    "key_unknown": (
        "没有这个密钥，或已吊销，没有执行。请向系统管理员索取有效密钥。",
        "The key is unknown or revoked; nothing was done. Ask the administrator for a valid one.",
    ),
    "clock_skew": (
        "请求时间与服务器相差太多，没有执行。请校准时钟（服务器时间戳 {server_time}）。",
        "The request's time is too far from ours; nothing was done. Set the clock (server time {server_time}).",
    ),
    "nonce_reused": (
        "这个请求已经用过一次，没有再次执行。请用新的随机数重新签名。",
        "This request has been played before and was not carried out again. Sign it anew with a fresh nonce.",
    ),
    "checkpoint_not_yet": (
        "日志还没有第一个检查点，请稍后再取。",
        "The journal has no checkpoint yet; ask again later.",
    ),
}

ADMINISTRATION: Words = {
    "source_exists": (
        "来源系统“{name}”已登记，没有数据变化。",
        "Source “{name}” is registered already; nothing changed.",
    ),
    "account_exists": (
        "账号“{username}”已存在，没有数据变化。",
        "Account “{username}” exists already; nothing changed.",
    ),
    "code_rule_invalid": (
        "档号规则有问题，没有采用，没有数据变化。请逐项改正。",
        "The rule for codes is wrong and was not taken; nothing changed.",
    ),
    "package_layout_invalid": (
        "信息包结构有问题，没有封装，原有文件不变。请联系系统管理员。",
        "The package layout is wrong; nothing was packaged. Ask the administrator.",
    ),
    "note_key_invalid": ("检查点的公钥写法不对，无法核对。", "The public key of a checkpoint is malformed."),
    "checkpoint_malformed": ("检查点的内容写法不对，无法核对。", "The text of a checkpoint is malformed."),
    "note_malformed": ("签名文本的写法不对，无法核对。", "The signed note is malformed."),
}

COPIES: Words = {
    "copy_request_invalid": (
        "副本申请有 {count} 处问题，没有制作。请改正后再提交。",
        "The request for a copy has {count} problems; no copy was made. Correct them.",
    ),
    "copy_format_unsupported": (
        "这种格式不能制作限定用途副本，原文件不变。请改用其他文件。",
        "No restricted copy can be made of this format; the original is unharmed.",
    ),
    "copy_source_encrypted": (
        "原文件已加密，不能制作副本，原文件不变。请让来源系统补送未加密的文件。",
        "The original is encrypted, so no copy can be made. Let the source send one that is not.",
    ),
    "copy_source_broken": (
        "原文件打不开，没有制作副本，原文件不变。请查看四性检测结果。",
        "The original cannot be opened; no copy was made. See its inspection.",
    ),
    "copy_source_too_large": (
        "原文件太大，没有制作副本，原文件不变。请选择其中需要的文件。",
        "The original is too large; no copy was made.",
    ),
    "record_not_preserved": (
        "档案还没有入库，不能出具副本，没有数据变化。入库后再来。",
        "The record is not preserved yet, so no copy can be made; nothing changed. Come back once it is.",
    ),
    "copy_original_damaged": (
        "原文件与登记的摘要不符，没有制作副本，原文件不变。请联系系统管理员运行 jingui verify。",
        "The original does not match its digest; no copy was made. Ask the administrator to run jingui verify.",
    ),
    "copy_text_missing": (
        "文件里没有可用的文字，没有制作副本，原文件不变。",
        "The file holds no text to make a copy of; the original is unharmed.",
    ),
}

STORE: Words = {
    "server_busy": (
        "同时来的请求太多，这一次没有处理，已有数据不受影响。请过一会儿再试。",
        "Too many such requests are here at once; this one was not taken and nothing was lost. Try again in a while.",
    ),
    "storage_full": (
        "存储空间已满，没有写入，已有数据不受影响。请扩容后重新发送。",
        "The storage is full; nothing was written and what is stored is safe. Make room and send again.",
    ),
    "storage_failing": (
        "存储设备出错，没有写入，已有数据不受影响。请检查磁盘后再试。",
        "The storage fails; nothing was written. Check the disk and try again.",
    ),
    "storage_read_only": (
        "存储是只读的，没有写入，已有数据不受影响。请检查磁盘的挂载方式。",
        "The storage is read-only; nothing was written. Check how it is mounted.",
    ),
    "database_busy": (
        "数据库正忙或暂时连不上，没有写入。请稍后再试。",
        "The database is busy or away; nothing was written. Try again shortly.",
    ),
    "store_busy": (
        "存储正被占用，没有写入。系统会自动再试。",
        "The store is busy; nothing was written. It is tried again.",
    ),
    "store_damaged": (
        "存储根目录已损坏，没有写入。请运行 jingui verify 并联系系统管理员。",
        "The storage root is damaged; nothing was written. Run jingui verify.",
    ),
    "version_differs": (
        "存储中同一版本的内容不同，没有覆盖。请运行 jingui verify 查明。",
        "The same version holds something else in the store; nothing was overwritten. Run jingui verify.",
    ),
    "version_gap": (
        "版本号不连续，没有写入。请运行 jingui reconcile。",
        "The version number leaves a gap; nothing was written. Run jingui reconcile.",
    ),
    "build_missing": (
        "封装好的版本不见了，没有入库；系统会重新封装。",
        "The built version is gone; it will be built again.",
    ),
    "package_not_built": ("信息包还没有封装好，系统会重新封装。", "The package is not built; it will be built again."),
    "inventory_damaged": (
        "对象清单已损坏，没有写入。请运行 jingui verify 查明。",
        "The inventory of the object is damaged; nothing was written. Run jingui verify.",
    ),
    "staged_bytes_differ": (
        "暂存文件与登记的摘要不符，没有入库。请运行 jingui verify，并让来源系统重新发送。",
        "Staged bytes differ from their digest; nothing was stored. Run jingui verify and have the file sent again.",
    ),
    "staged_bytes_missing": (
        "暂存文件不见了，没有入库。请运行 jingui verify，并让来源系统重新发送。",
        "Staged bytes are missing; nothing was stored. Run jingui verify and have the file sent again.",
    ),
    "content_not_openable": (
        "读取组件打不开这个文件，原文件不变。请稍后再试。",
        "The file cannot be handed to its reader; the original is unharmed.",
    ),
}

ERRORS: Words = {**REQUESTS, **CAPTURE, **ADMINISTRATION, **COPIES, **STORE, **KEYS_AND_PAGES}
