"""Words of hand-overs in files and of queues. Code → (Chinese, English)."""

from __future__ import annotations

Words = dict[str, tuple[str, str]]

ERRORS: Words = {
    "sheet_refused": (
        "移交目录有误，整批没有接收。原文件没有移动；请改正后以新的批次号重新移交。",
        (
            "The hand-over sheet is at fault and nothing of the batch was taken. Nothing was moved; correct it and hand it "
            "over again under a new batch number."
        ),
    ),
    "package_refused": (
        "归档信息包有误，没有接收，同批其他包不受影响。原文件没有移动；请改正后放入新的批次。",
        (
            "The package is at fault and was not taken; the others of its batch were. Nothing was moved; correct it and name "
            "it in a new batch."
        ),
    ),
    "bag_refused": (
        "BagIt 包有误，没有接收。原文件没有移动；请改正后以新的目录重新放入。",
        "The bag is at fault and was not taken. Nothing was moved; correct it and put it in again as a new folder.",
    ),
    "message_put_aside": (
        "消息过大或多次没有收成，已整条另存，不再阻塞队列。请查明原因后由来源重新发送。",
        (
            "The message is too large or could not be taken many times over; it is kept whole as a file and holds up the "
            "queue no longer. Find the cause and have it sent again."
        ),
    ),
    "source_folder_not_writable": (
        "无法在来源目录中写回执，稍后自动再试。已收下的不会丢失；请检查目录权限和剩余空间。",
        (
            "The receipt cannot be written into the folder of the source; it is tried again. What was taken is not lost. "
            "Check permissions and free space."
        ),
    ),
    "queue_away": (
        "消息队列连接不上或已中断，稍后自动再试。未确认的消息仍在队列中。",
        "The message queue cannot be reached or broke off; it is tried again. Messages not acknowledged are still there.",
    ),
    "queue_refused": (
        "消息队列拒绝了连接：账号、虚拟主机、权限或队列参数不对。请改正来源连接的配置。",
        (
            "The message queue refused the connection: account, virtual host, permission or arguments of the queue are "
            "wrong. Correct the connection."
        ),
    ),
}

PACKAGES: Words = {
    "package_missing": ("没有找到这个归档信息包", "the package is not there"),
    "package_incomplete": ("只有 {found} 字节，应为 {expected} 字节", "has {found} bytes only, {expected} are stated"),
    "package_size_wrong": ("有 {found} 字节，应为 {expected} 字节", "has {found} bytes, {expected} are stated"),
    "package_digest_wrong": (
        "{algorithm} 摘要不符：应为 {expected}，实为 {found}",
        "the {algorithm} digest is {found}, {expected} is stated",
    ),
    "package_unreadable": ("读不出来：{detail}", "cannot be read: {detail}"),
    "package_not_readable_as_zip": ("不是完整的 ZIP 文件：{detail}", "is no whole ZIP file: {detail}"),
    "package_path_unsafe": (
        "路径会越出包外，或含有不允许的字符",
        "the path leads outside or holds forbidden characters",
    ),
    "package_path_too_long": ("路径太长，最多 {limit} 字节", "the path is too long; at most {limit} bytes"),
    "package_path_collision": (
        "与“{other}”在不分大小写或字符写法的系统上是同一个路径",
        "is the same path as “{other}” where letter case or normalisation does not count",
    ),
    "package_link": ("是链接或特殊文件，只接受普通文件", "is a link or special file; only plain files are taken"),
    "package_encrypted": ("已加密，打不开", "is encrypted"),
    "package_method_unknown": ("压缩方法不支持", "the compression method is not supported"),
    "package_name_encoding": ("文件名不是 UTF-8", "the file name is not UTF-8"),
    "package_entries_overlap": ("压缩包内的条目互相重叠", "entries of the archive overlap"),
    "package_bomb": ("解压后超出限制：{detail}", "unpacks beyond the limits: {detail}"),
    "package_file_missing": ("目录中列出，包里没有", "is listed and not in the package"),
    "package_file_unlisted": ("包里有，目录中没有列出", "is in the package and not listed"),
    "package_file_size_wrong": ("有 {found} 字节，目录写的是 {expected}", "has {found} bytes, {expected} are listed"),
    "package_file_digest_wrong": (
        "{algorithm} 摘要不符：应为 {expected}，实为 {found}",
        "the {algorithm} digest is {found}, {expected} is listed",
    ),
    "package_count_wrong": ("写明 {expected} 件，实有 {found} 件", "{expected} files are stated, {found} are listed"),
    "package_changed_while_read": ("读取时被改动", "was changed while it was read"),
    "package_differs_from_sheet": (
        "与移交目录不一致：目录为 {expected}，包内为 {found}",
        "the sheet says {expected}, the package {found}",
    ),
}

DOCUMENTS: Words = {
    "document_too_large": ("文件太大，最多 {limit} 字节", "is too large; at most {limit} bytes"),
    "document_not_utf8": ("不是 UTF-8 编码", "is not UTF-8"),
    "document_declares_entities": (
        "含有文档类型或实体声明，不予解析",
        "declares a document type or entities and is not parsed",
    ),
    "document_not_well_formed": ("格式不完整：{detail}", "is not well-formed: {detail}"),
    "document_root_unknown": ("根元素不对：{found}", "has the wrong root element: {found}"),
    "document_shape": ("结构不对：{detail}", "has the wrong shape: {detail}"),
    "document_element_missing": ("缺少元素“{element}”", "lacks the element {element}"),
    "document_element_twice": ("元素“{element}”出现两次", "has the element {element} twice"),
    "document_value_malformed": (
        "元素“{element}”的值写法不对：{value}",
        "the value of {element} is malformed: {value}",
    ),
}

SHEETS: Words = {
    "sheet_name_wrong": ("文件名与批次号不符，应为 {expected}", "the name does not fit the batch: {expected}"),
    "sheet_count_wrong": (
        "写明 {expected} 个包，实列 {found} 个",
        "{expected} packages are stated, {found} are listed",
    ),
    "sheet_size_wrong": (
        "写明总字节数 {expected}，各包合计 {found}",
        "{expected} bytes are stated, the packages have {found}",
    ),
    "sheet_package_twice": ("包“{package}”列了两次", "the package {package} is listed twice"),
    "sheet_package_name_unsafe": ("包名 {package} 不能作文件名", "{package} is no safe name of a file"),
    "sheet_too_many_packages": ("包太多，一批最多 {limit} 个", "has too many packages; at most {limit}"),
    "digest_algorithm_unknown": (
        "摘要算法 {algorithm} 不接受，请用 SM3、SHA-256 或 SHA-512",
        "the digest {algorithm} is not accepted; use SM3, SHA-256 or SHA-512",
    ),
}

BAGS: Words = {
    "bag_declaration_missing": ("没有 bagit.txt", "there is no bagit.txt"),
    "bag_declaration_malformed": ("bagit.txt 写法不对：{detail}", "bagit.txt is malformed: {detail}"),
    "bag_version_unknown": ("不支持 BagIt {version} 版", "BagIt {version} is not supported"),
    "bag_encoding_unknown": ("不支持标签文件编码 {encoding}", "the tag file encoding {encoding} is not supported"),
    "bag_tag_file_undecodable": ("不是声明的编码 {encoding}", "is not in {encoding}, as declared"),
    "bag_tag_file_too_large": ("标签文件太大，最多 {limit} 字节", "the tag file is too large; at most {limit} bytes"),
    "bag_without_manifest": ("没有能够核对的清单（manifest）", "has no manifest that can be checked"),
    "bag_without_payload_folder": ("没有 data 目录", "has no payload folder"),
    "bag_manifest_line_malformed": ("第 {line} 行写法不对", "line {line} is malformed"),
    "bag_manifest_path_unsafe": ("路径 {path} 会越出包外", "the path {path} leads outside"),
    "bag_manifest_path_wrong_place": (
        "路径 {path} 不该列在这份清单里",
        "the path {path} does not belong into this list",
    ),
    "bag_path_listed_twice": ("路径 {path} 列了两次", "the path {path} is listed twice"),
    "bag_file_in_no_manifest": ("没有列入任何清单", "is in no manifest"),
    "bag_file_not_in_every_manifest": ("没有列入 {algorithm} 清单", "is not in the manifest of {algorithm}"),
    "bag_file_missing": ("{manifest} 列出，包里没有", "is listed in {manifest} and not there"),
    "bag_digest_wrong": (
        "{algorithm} 摘要不符：应为 {expected}，实为 {found}",
        "the {algorithm} digest is {found}, {expected} is listed",
    ),
    "bag_oxum_wrong": ("Payload-Oxum 写明 {expected}，实为 {found}", "Payload-Oxum says {expected}, there are {found}"),
    "bag_oxum_malformed": ("Payload-Oxum 写法不对：{value}", "Payload-Oxum is malformed: {value}"),
    "bag_info_malformed": ("第 {line} 行写法不对", "line {line} is malformed"),
    "bag_fetch_not_needed": ("有 fetch.txt，所列文件都已在包内", "has a fetch.txt; all it lists is there already"),
    "bag_to_be_fetched": ("有 fetch.txt，包不完整，不从网络补取", "has a fetch.txt; nothing is fetched"),
    "bag_path_normalised": ("路径 {path} 的字符写法与文件名不同", "the path {path} is normalised differently"),
    "bag_path_with_dot": ("路径 {path} 以 ./ 开头", "the path {path} begins with ./"),
    "bag_path_with_asterisk": ("路径 {path} 前有星号", "the path {path} has an asterisk before it"),
    "bag_algorithm_not_checked": ("不认识的摘要算法 {algorithm}，没有核对", "{algorithm} is not known and not checked"),
    "bag_algorithm_weak": ("只有 {algorithm} 摘要，强度不足", "has {algorithm} digests only, which are weak"),
    "bag_case_unknown": ("没有写明是哪个办件", "does not say which case it is of"),
    "bag_label_missing": ("bag-info.txt 缺少 {label}", "bag-info.txt lacks {label}"),
    "bag_label_twice": ("bag-info.txt 中 {label} 出现两次", "bag-info.txt has {label} twice"),
}

QUEUES: Words = {
    "content_not_one": (
        "文件内容应以 inline、path、url 之一给出，现有 {count} 个",
        "the content must be given by one of inline, path and url; there are {count}",
    ),
    "content_too_large_inline": (
        "随消息发送的内容太大，最多 {limit} 字节，请改用 path 或 url",
        "is too large to travel in a message, at most {limit} bytes; use path or url",
    ),
    "failed_often": ("试了 {count} 次都没有收成", "could not be taken {count} times over"),
}

WORDS: dict[str, Words] = {"errors": ERRORS, "problems": PACKAGES | DOCUMENTS | SHEETS | BAGS | QUEUES}
