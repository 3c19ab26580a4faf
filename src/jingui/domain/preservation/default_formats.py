"""The format policy that comes with the product: version 0, until an archive adopts its own.

Which formats suit long-term keeping follows what GB/T 18894-2016 8.3 and GB/T 33190-2016 are known to name; the rest is
judgement, open to every archive. Reasons are shown to people and therefore Chinese.
"""

from __future__ import annotations

from jingui.domain.preservation.format_policy import FeatureRule, FormatPolicy, FormatRule
from jingui.domain.records.formats import Risk, Suitability, Treatment

_ACCEPT, _CONVERT, _WARN, _REFUSE = Treatment
_LONG, _LIMITED, _UNSUITABLE, _UNKNOWN = Suitability
_LOW, _MEDIUM, _HIGH = Risk

_TAKEN: tuple[tuple[str, Suitability, Risk, str], ...] = (
    ("pdfa", _LONG, _LOW, "长期保存专用格式，自包含"),
    ("ofd", _LONG, _LOW, "国家标准版式文件（GB/T 33190）"),
    ("pdf", _LONG, _MEDIUM, "应用广泛；未必自包含，可含脚本、附件或未嵌入的字体"),
    ("tiff", _LONG, _LOW, "图像长期保存常用格式"),
    ("jpeg", _LONG, _LOW, "公开、应用广泛；有损压缩，不宜反复另存"),
    ("png", _LONG, _LOW, "公开、无损压缩"),
    ("xml", _LONG, _LOW, "纯文本、公开标准；需同时保存模式和样式"),
    ("json", _LONG, _LOW, "纯文本、公开标准"),
    ("text", _LONG, _LOW, "纯文本；需记明字符编码"),
    ("wav", _LONG, _LOW, "公开、无压缩"),
    ("mp3", _LONG, _MEDIUM, "公开、应用广泛；有损压缩"),
    ("mp4", _LONG, _MEDIUM, "公开、应用广泛；内部编码多样"),
    ("cms", _LONG, _LOW, "分离的电子签名（RFC 5652），公开标准；随所签文件保存"),
)  # fmt: skip
_CONVERTED: tuple[tuple[str, str, Suitability, Risk, str], ...] = (
    ("docx", "pdfa", _LIMITED, _MEDIUM, "依赖办公软件，不同版本显示不同"),
    ("xlsx", "pdfa", _LIMITED, _MEDIUM, "依赖办公软件；公式和外部链接可能失效"),
    ("pptx", "pdfa", _LIMITED, _MEDIUM, "依赖办公软件，不同版本显示不同"),
    ("odt", "pdfa", _LIMITED, _MEDIUM, "公开标准，但依赖办公软件排版"),
    ("ods", "pdfa", _LIMITED, _MEDIUM, "公开标准，但依赖办公软件"),
    ("odp", "pdfa", _LIMITED, _MEDIUM, "公开标准，但依赖办公软件"),
    ("doc", "pdfa", _UNSUITABLE, _HIGH, "旧的专有二进制格式，新软件逐步不再支持"),
    ("xls", "pdfa", _UNSUITABLE, _HIGH, "旧的专有二进制格式，新软件逐步不再支持"),
    ("ppt", "pdfa", _UNSUITABLE, _HIGH, "旧的专有二进制格式，新软件逐步不再支持"),
    ("uof", "pdfa", _LIMITED, _HIGH, "国家标准（GB/T 20916），但可用软件很少"),
    ("rtf", "pdfa", _LIMITED, _MEDIUM, "厂商规范，已停止发展"),
    ("html", "pdfa", _LIMITED, _MEDIUM, "外观依赖浏览器和外部资源"),
    ("gif", "png", _LIMITED, _LOW, "公开，但颜色少"),
    ("bmp", "png", _LIMITED, _LOW, "无压缩、变体多"),
    ("svg", "pdfa", _LIMITED, _MEDIUM, "公开标准，可含脚本和外部引用"),
    ("jp2", "tiff", _LIMITED, _MEDIUM, "JPEG 2000：公开，但可用软件较少"),
)  # fmt: skip
_OTHER: tuple[tuple[str, Treatment, Suitability, Risk, str], ...] = (
    ("eml", _WARN, _LIMITED, _MEDIUM, "邮件应连同附件逐件归档"),
    ("zip", _REFUSE, _UNSUITABLE, _MEDIUM, "压缩包应解开后逐件归档"),
    ("rar", _REFUSE, _UNSUITABLE, _HIGH, "专有压缩格式；应解开后逐件归档"),
    ("7z", _REFUSE, _UNSUITABLE, _MEDIUM, "压缩包应解开后逐件归档"),
    ("ole2", _REFUSE, _UNSUITABLE, _HIGH, "专有复合文件，内容种类不明"),
    ("fmt/494", _REFUSE, _UNSUITABLE, _HIGH, "加密的办公文档"),
    ("x-fmt/430", _WARN, _LIMITED, _HIGH, "Outlook 专有邮件格式；应转存并逐件归档附件"),
)  # fmt: skip
_FEATURES: tuple[tuple[str, Treatment, str], ...] = (
    ("javascript", _WARN, "显示内容可能随环境改变"),
    ("launch_action", _REFUSE, "打开时会启动别的程序"),
    ("macros", _WARN, "可能执行代码，也难以长期使用"),
    ("attachments", _WARN, "附件应单独归档"),
    ("form_fields", _ACCEPT, "归档后内容仍可填写"),
    ("dynamic_form", _WARN, "XFA 表单，靠专有软件才能显示"),
    ("external_links", _WARN, "链接失效后内容不全"),
    ("fonts_not_embedded", _WARN, "换一台机器显示可能不同"),
    ("polyglot", _REFUSE, "可能藏有内容"),
    ("hidden_data", _WARN, "正常打开看不到"),
    ("trailing_data", _WARN, "正文结束后还有内容"),
    ("needs_repair", _WARN, "结构有误，靠阅读器修补"),
    ("nested_archives", _WARN, "里面的文件没有逐件归档"),
    ("path_tricks", _WARN, "包内文件名会误导人或在其他系统上无法解开"),
    ("pdfa_fault", _WARN, "声称是 PDF/A，但检查不符合"),
    ("pdfa_unproven", _ACCEPT, "声称是 PDF/A，结构检查没有发现矛盾；未经 veraPDF 验证"),
    ("pronom_differs", _WARN, "PRONOM 识别的结果与自有规则不同"),
    ("xml_dtd", _ACCEPT, "带文档类型声明，已忽略"),
    ("duplicate_entry", _WARN, "不同软件可能打开不同内容"),
    ("nonstandard_namespace", _WARN, "命名空间不是标准规定的"),
)  # fmt: skip

DEFAULT_POLICY = FormatPolicy(
    version=0,
    name="产品自带的格式策略",
    rules=(
        *(FormatRule(name, _ACCEPT, fit, risk, why) for name, fit, risk, why in _TAKEN),
        *(FormatRule(name, _CONVERT, fit, risk, why, target) for name, target, fit, risk, why in _CONVERTED),
        *(FormatRule(name, treatment, fit, risk, why) for name, treatment, fit, risk, why in _OTHER),
    ),
    otherwise=FormatRule("", _REFUSE, _UNKNOWN, _HIGH, "格式不在策略之内，请先评估"),
    features=tuple(FeatureRule(*rule) for rule in _FEATURES),
)
"""What holds before an archive adopts a policy of its own."""
