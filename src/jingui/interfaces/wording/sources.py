"""Sources besides push in words: connections, mappings, notices, what could not be taken. Code → (Chinese, English)."""

from __future__ import annotations

Words = dict[str, tuple[str, str]]

ERRORS: Words = {
    "message_unreadable": (
        "消息读不懂，没有收入，原文已保留。请按列出的问题修改映射或消息。",
        "The message cannot be read and was not taken; it is kept as it came. Correct the mapping or the message.",
    ),
    "mapping_incomplete": (
        "按映射取不全必需的字段，没有收入，原文已保留。请补全映射或消息。",
        "The mapping does not give every required field; the message was kept but not taken. Complete either.",
    ),
    "source_unknown": (
        "没有登记过来源系统“{name}”。没有数据变化。请先用 jingui source add 登记。",
        "There is no source system “{name}”. Nothing changed. Register it first with jingui source add.",
    ),
    "connection_unknown": (
        "没有来源连接“{name}”。没有数据变化。请用 jingui source list 查看名称。",
        "There is no connection “{name}”. Nothing changed. See the names with jingui source list.",
    ),
    "connection_exists": (
        "连接“{name}”已属于别的来源系统或种类。没有数据变化。请换一个名称。",
        "The connection “{name}” is of another source or kind. Nothing changed. Choose another name.",
    ),
    "kind_unknown": (
        "本版本不认识这种连接，没有采集。请核对连接种类。",
        "This version does not know this kind of connection; nothing was read. Check the kind.",
    ),
    "secret_missing": (
        "找不到配置中指名的密钥，没有采集，进度不变。请设置环境变量 JINGUI_CREDENTIAL_名称 或 keys/secrets 中的文件。",
        "A secret named in the configuration is not there; nothing was read. Set JINGUI_CREDENTIAL_NAME or its file.",
    ),
    "driver_missing": (
        "没有安装这种数据库的驱动，没有采集，进度不变。请安装驱动。",
        "The driver of this database is not installed; nothing was read. Install it.",
    ),
    "source_away": (
        "连不上来源，稍后自动再试，进度不变，没有数据丢失。",
        "The source cannot be reached; it is tried again by itself from where it was. Nothing is lost.",
    ),
    "source_folder_away": (
        "来源的文件夹不在或读不了，稍后自动再试，没有数据丢失。",
        "The folder of the source is away or cannot be read; it is tried again by itself. Nothing is lost.",
    ),
    "source_query_failed": (
        "来源数据库拒绝了查询，进度不变，没有数据丢失。请核对视图、列名和权限。",
        "The source's database refused the query; nothing is lost. Check views, columns and rights.",
    ),
    "source_failed": (
        "采集意外中断，稍后自动再试，进度不变，没有数据丢失。详情见日志。",
        "Reading the source broke unexpectedly; it is tried again by itself. Nothing is lost. See the log.",
    ),
    "source_read_elsewhere": (
        "另一个进程正在采集同一连接，本次放弃，没有数据丢失。",
        "Another process reads the same connection; this one gave way. Nothing is lost.",
    ),
    "watermark_unsuitable": (
        "进度列的类型不能用来续传，没有采集。请换成时间、整数或文本列。",
        "The type of the watermark column cannot be resumed from; nothing was read. Use a time, number or text.",
    ),
    "watermark_empty": (
        "查询中有的行没有进度值或主键，永远采集不到；其余的行已正常采集。请在来源视图中补上。",
        "Some rows have no watermark or key and would never be read; all others were. Mend the source's view.",
    ),
    "content_missing": (
        "来源处没有这个文件（{address}），没有收入。请来源补上后重收。",
        "The source has no such file ({address}); it was not taken. Let the source supply it, then take it again.",
    ),
    "content_outside": (
        "文件路径越出来源的文件夹（{address}），没有收入。请核对映射和来源数据。",
        "The path leads out of the source's folder ({address}); it was not taken. Check mapping and data.",
    ),
    "address_not_allowed": (
        "地址不在允许之列（{address}，{reason}），没有访问。如确属来源系统，请把主机加入连接配置。",
        "The address is not allowed ({address}, {reason}) and was not contacted. Add the host if it is the source's.",
    ),
    "redirected": (
        "来源要求转到别的地址（{status}），没有跟随，没有收入。请提供直接的地址。",
        "The source redirects ({status}); redirects are not followed, nothing was taken. Give the direct address.",
    ),
    "fetch_refused": (
        "来源拒绝了取件请求（{status}），没有收入。请与来源系统核对。",
        "The source refused the request ({status}); nothing was taken. Check with the source.",
    ),
    "fetch_failed": (
        "取件中断，已到的部分保留，稍后自动续取，没有数据丢失。",
        "Fetching broke off; what came is kept and it goes on by itself. Nothing is lost.",
    ),
    "fetch_slow": (
        "取件超过时限，已到的部分保留，稍后自动续取。",
        "Fetching took too long; what came is kept and it goes on by itself.",
    ),
    "certificate_refused": (
        "来源服务器的证书不可信，没有取件，稍后自动再试。请核对来源的证书，或在连接配置 ca_file 中指明其根证书。",
        "The certificate of the source's server is not trusted; nothing was fetched. Check it, or name its authority in ca_file.",
    ),
    "ca_file_unusable": (
        "配置中的根证书文件读不出，没有采集，进度不变。请核对 ca_file。",
        "The file of certificate authorities cannot be used; nothing was read. Check ca_file.",
    ),
    "host_unknown": (
        "解析不到来源的主机名，稍后自动再试，没有数据丢失。",
        "The source's host name is not known just now; it is tried again by itself. Nothing is lost.",
    ),
    "notice_given_up": (
        "取件通知多次失败，已停止重试，原通知已保留。请排除故障后让来源系统重新通知。",
        "A notice failed too often and was given up; it is kept. Mend the fault and let the source send a new one.",
    ),
    "notice_not_found": (
        "没有这个取件通知，没有执行。请核对通知编号。",
        "There is no such notice; nothing was done. Check its id.",
    ),
    "pull_not_configured": (
        "这个来源系统没有启用的拉取连接，通知没有收下。请管理员先建立连接。",
        "This source has no active connection for pulling; the notice was not taken. Ask the administrator for one.",
    ),
}

PROBLEMS: Words = {
    "rule_malformed": (
        "规则不完整：find、constant、join（或 view、sql）必须且只能有一个",
        "needs exactly one of find, constant, join (or view, sql)",
    ),
    "table_unknown": ("没有代码表“{table}”", "there is no code table “{table}”"),
    "zone_unknown": ("不认识的时区“{zone}”", "unknown time zone “{zone}”"),
    "target_unknown": ("“{kind}”消息没有这个字段", "a message “{kind}” has no such field"),
    "code_not_in_table": ("代码“{value}”不在代码表“{table}”中", "code “{value}” is not in the table “{table}”"),
    "time_not_as_format": ("“{value}”不符合时间格式 {format}", "“{value}” is no time in the form {format}"),
    "number_malformed": ("“{value}”不是整数", "“{value}” is no whole number"),
    "many_values": ("取到 {count} 个值，只能有一个；请改表达式或设为列表", "found {count} values where one is needed"),
    "not_a_single_value": ("取到的不是一个值而是一个结构", "found a structure where a value is needed"),
    "expression_malformed": ("表达式写错：{detail}", "the expression is malformed: {detail}"),
    "expression_failed": ("表达式在这份数据上出错：{detail}", "the expression failed on this document: {detail}"),
    "expression_too_costly": (
        "表达式过于耗时，请改用更直接的路径",
        "the expression costs too much; use a more direct path",
    ),
    "no_message_found": ("按映射没有取到任何消息", "the mapping finds no message in it"),
    "body_not_json": ("不是 JSON", "is not JSON"),
    "body_not_xml": ("不是可接受的 XML：{detail}", "is no XML that is accepted: {detail}"),
    "content_differs": ("与来源声明的不符，实际为 {received}", "differs from what the source states; it is {received}"),
    "network_malformed": ("网段“{value}”写法不对", "“{value}” is no network"),
    "name_malformed": (
        "名称只能用字母、数字和下划线，以字母开头",
        "may hold letters, digits and _ only, a letter first",
    ),
    "statement_not_reading": (
        "只能是一条 SELECT 或 WITH 语句，不带分号",
        "must be one SELECT or WITH without a semicolon",
    ),
    "database_url_malformed": ("不是可用的数据库地址", "is no usable database address"),
    "secret_in_configuration": (
        "配置里不能写密码；请用 password_secret 指名",
        "holds a password; name it by password_secret",
    ),
    "content_missing": ("来源处没有（{address}）", "the source does not have it ({address})"),
    "address_not_allowed": ("地址不允许：{reason}", "the address is not allowed: {reason}"),
    "redirected": ("来源要求转到别处（{status}）", "the source redirects ({status})"),
    "fetch_refused": ("来源拒绝（{status}）", "the source refused ({status})"),
    "file_too_large": ("太大，最多 {limit} 字节", "is too large; at most {limit} bytes"),
    "source_failed": ("意外中断：{detail}", "broke unexpectedly: {detail}"),
    "source_away": ("连不上：{detail}", "cannot be reached: {detail}"),
    "fetch_failed": ("取件中断：{detail}", "broke off: {detail}"),
    "fetch_slow": ("取件太慢：{detail}", "took too long: {detail}"),
    "certificate_refused": ("服务器证书不可信：{detail}", "the server's certificate is not trusted: {detail}"),
    "ca_file_unusable": ("根证书文件读不出（{path}）", "no certificate of an authority can be read from {path}"),
    "host_unknown": ("主机名解析不到：{detail}", "unknown host: {detail}"),
}

WORDS: dict[str, Words] = {
    "errors": ERRORS,
    "problems": PROBLEMS,
    "event": {
        "source.connected": ("建立来源连接", "Source connected"),
        "source.connection_changed": ("变更来源连接", "Source connection changed"),
        "source.failed": ("来源采集开始失败", "Source began to fail"),
        "source.recovered": ("来源采集恢复", "Source recovered"),
        "source.retry_asked": ("要求重收未收消息", "Messages asked to be taken again"),
        "source.problem_settled": ("处理未收消息", "Message not taken was settled"),
        "notice.received": ("收到取件通知", "Notice received"),
        "notice.reopened": ("重新取件", "Notice fetched anew"),
        "notice.ended": ("取件结束", "Notice ended"),
    },
    "receipt": {
        "notice_received": ("收到取件通知", "Notice received"),
        "notice_stage": ("取件进展", "Progress of a notice"),
    },
    "connection_kind": {
        "pull": ("拉取", "Pull"),
        "database": ("数据库", "Database"),
        "folder": ("批次文件夹", "Batch folder"),
        "bagit": ("BagIt", "BagIt"),
        "amqp": ("消息队列", "Message queue"),
    },
    "health": {
        "new": ("未采集", "Not read yet"),
        "healthy": ("正常", "Healthy"),
        "failing": ("故障", "Failing"),
    },
    "arrival": {
        "case": ("收件", "Case"),
        "file": ("文件", "File"),
        "step": ("环节", "Step"),
        "closure": ("办结", "Closure"),
        "unreadable": ("读不懂的消息", "Unreadable message"),
    },
}
