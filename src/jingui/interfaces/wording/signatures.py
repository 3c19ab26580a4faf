"""Words of signatures, seals and the trust list (签名、签章、信任列表). Code → (Chinese, English)."""

from __future__ import annotations

Words = dict[str, tuple[str, str]]

WORDS: dict[str, Words] = {
    "signature_kind": {
        "pdf_signature": ("PDF 电子签名", "PDF signature"),
        "pdf_seal": ("PDF 电子签章", "PDF seal"),
        "pdf_timestamp": ("PDF 文档时间戳", "PDF document time-stamp"),
        "ofd_signature": ("OFD 电子签名", "OFD signature"),
        "ofd_seal": ("OFD 电子签章", "OFD seal"),
        "cms": ("分离的电子签名", "Detached signature"),
        "xades": ("XAdES 电子签名", "XAdES signature"),
        "xmldsig": ("XML 电子签名", "XML signature"),
        "jws": ("JSON 电子签名", "JSON signature"),
        "timestamp": ("时间戳", "Time-stamp"),
    },
    "signature_verdict": {
        "sound": ("有效，签发者受信任", "Sound, issuer trusted"),
        "sound_issuer_not_trusted": ("有效，签发者未列入信任", "Sound, issuer not on the trust list"),
        "list_changed_by_later_seal": ("有效，后来又加盖过签章", "Sound, a later seal was added"),
        "part_not_covered": ("有效，有内容未被签名覆盖", "Sound, something is not covered"),
        "algorithm_unsupported": ("未能验证：算法不支持", "Not verified: unsupported algorithm"),
        "signer_unknown": ("未能验证：没有签名者证书", "Not verified: no certificate of the signer"),
        "content_unknown": ("未能验证：没有被签名的文件", "Not verified: what is signed is not there"),
        "certificate_not_valid": ("签名时证书无效", "Certificate not valid at signing"),
        "content_changed": ("签名后内容被改动", "Content changed after signing"),
        "signature_broken": ("签名值不成立", "Signature value does not hold"),
        "malformed": ("签名数据残缺", "Signature data malformed"),
    },
    "signature_flaw": {
        "unreadable": ("签名数据读不懂", "The data of the signature cannot be read"),
        "value_wrong": ("签名值与证书对不上", "The value is not that of the certificate's key"),
        "seal_value_wrong": ("印章本身的签名不成立", "The seal's own signature does not hold"),
        "digest_wrong": ("被签内容的摘要不符，内容已改动", "The digest differs: what was signed has changed"),
        "list_wrong": ("签名清单与签章里的摘要不符", "The list of what is signed has changed"),
        "part_missing": ("被签的部件已不在文件里", "A part that was signed is gone"),
        "changed_after": ("签名之后页面被改动", "Pages were changed after signing"),
        "expired_then": ("签名时证书已过期", "The certificate had expired at signing"),
        "not_yet_valid_then": ("签名时证书尚未生效", "The certificate was not yet valid at signing"),
        "revoked_then": ("签名时证书已被吊销", "The certificate had been revoked at signing"),
        "seal_not_valid_then": ("签名时印章不在有效期内", "The seal was not valid at signing"),
        "signer_not_in_seal": ("签名者不在印章允许的名单里", "The signer may not use this seal"),
        "certificate_mismatch": (
            "证书不是签名指明的那一张，或不作此用途",
            "The certificate is not the one that is named, or not for this",
        ),
        "content_unknown": ("案卷里没有它签名的文件", "No file of the record is what it signs"),
        "signer_unknown": (
            "文件和信任列表里都没有签名者的证书",
            "Neither file nor trust list holds the signer's certificate",
        ),
        "algorithm_unknown": ("算法不支持", "Unsupported algorithm"),
        "bytes_uncovered": ("有字节不在签名范围内", "Bytes outside what is signed"),
        "parts_uncovered": ("有部件不在签名范围内", "Parts outside what is signed"),
        "later_seal_in_list": ("签章列表因后来加盖而变化", "The list of seals grew by a later one"),
        "issuer_not_trusted": ("签发者未列入信任列表", "The issuer is not on the trust list"),
        "timestamp_wrong": ("时间戳不成立", "The time-stamp does not hold"),
        "timestamp_not_trusted": ("时间戳服务未列入信任列表", "The time-stamping authority is not on the trust list"),
        "time_only_claimed": ("签名时间是签名者自报的", "The time of signing is the signer's own word"),
        "time_unknown": ("没有签名时间，未判断证书当时是否有效", "No time of signing, so validity then was not judged"),
    },
    "signature_revocation": {
        "good": ("文件内带有未吊销的证明", "Proof of not being revoked is kept with the file"),
        "revoked": ("已吊销", "Revoked"),
        "unknown": ("文件内的吊销资料不足以判断", "What is kept does not suffice"),
        "": ("文件内没有吊销资料", "Nothing about revocation is kept with the file"),
    },
    "trust_purpose": {
        "signature": ("电子签名", "Signatures"),
        "seal": ("电子签章", "Seals"),
        "timestamp": ("时间戳", "Time-stamps"),
    },
    "event": {
        "trust.added": ("加入信任列表", "Added to the trust list"),
        "trust.ended": ("结束信任", "Trust ended"),
    },
    "permission": {"manage_trust": ("管理信任列表", "Manage the trust list")},
    "errors": {
        "trust_unknown": (
            "信任列表里没有这张证书，或指纹不足以指明一张。请写出至少 8 位指纹。",
            "No certificate of the trust list, or not one only, begins with this. Give at least 8 digits.",
        ),
        "trust_exists": (
            "{subject} 已在信任列表里，用途相同。没有数据变化；要改期限，请先结束原来的一条。",
            "{subject} is on the trust list for the same purpose. Nothing was changed.",
        ),
        "trust_ended": (
            "{subject} 已经结束信任。没有数据变化。",
            "{subject} has been ended already. Nothing was changed.",
        ),
    },
    "problems": {
        "certificate_unreadable": (
            "读不出证书。请给出一张 X.509 证书（DER，或 PEM 文本，可含多张）。",
            "This is no X.509 certificate in DER or PEM ({detail}).",
        ),
        "trust_times_reversed": ("止日应当晚于起日", "The end must be after the beginning"),
    },
}
