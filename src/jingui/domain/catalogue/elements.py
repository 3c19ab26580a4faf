"""The elements of a service item (实施清单要素): the working list, with identifiers and the forms of their values.

Drawn from the columns of the national exchange tables and GB/T 39046-2020 table 4. The text of GB/T 39554.2 and its
numbering of 46 elements were not read: which elements a province keeps equal is a setting, and ``WORKING_LIST`` is
what we know to be among them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

_LONG = 20_000


class ElementKind(StrEnum):
    """How a value of an element is written."""

    TEXT = "text"
    CODE = "code"
    CODES = "codes"
    TEXTS = "texts"


@dataclass(frozen=True, slots=True)
class ItemElement:
    """One element. ``code_set`` names its codes; ``limit`` is the most characters of one value.

    ``place`` is where an item row tells it if it is not among the row's elements; ``aliases`` are further headers.
    ``is_listed``: it belongs to the working list of those that levels share.
    """

    identifier: str
    title: str
    kind: ElementKind = ElementKind.TEXT
    limit: int = _LONG
    code_set: str = ""
    place: str = ""
    aliases: tuple[str, ...] = ()
    is_listed: bool = True


def _code(identifier: str, title: str, code_set: str, *aliases: str) -> ItemElement:
    return ItemElement(identifier, title, ElementKind.CODE, 30, code_set, aliases=aliases)


def _flag(identifier: str, title: str, *aliases: str) -> ItemElement:
    return _code(identifier, title, "yes_no", *aliases)


def _text(identifier: str, title: str, *aliases: str, limit: int = _LONG) -> ItemElement:
    return ItemElement(identifier, title, limit=limit, aliases=aliases)


def _placed(identifier: str, title: str, place: str, *aliases: str) -> ItemElement:
    return ItemElement(identifier, title, place=place, aliases=aliases)


def _further(identifier: str, title: str, *aliases: str) -> ItemElement:
    return ItemElement(identifier, title, aliases=aliases, is_listed=False)


WORKING_LIST: tuple[ItemElement, ...] = (
    _placed("catalog_code", "基本编码", "base_code", "base_code", "catalogue_id", "基本目录编码"),
    _placed("task_code", "实施编码", "task_code", "实施清单编码"),
    _placed("task_handle_item", "业务办理项编码", "handling_code", "handling_code", "办理项编码"),
    _placed("task_name", "事项名称", "item_name", "item_name", "name", "名称", "item", "title"),
    _placed("task_type", "事项类型", "item_type", "item_type", "item_type_code", "事项类型代码"),
    _text("by_law", "设定依据", "legal_basis", "法律依据", "实施依据"),
    _code("use_level", "行使层级", "exercise_level", "exercise_level", "exercise_level_code", "level", "行使层级代码"),
    _text("power_source", "权力来源", limit=200),
    _text("dept_name", "实施主体", "implementing_body", "department", "实施主体名称", "部门", "部门名称", limit=200),
    _placed("dept_code", "实施主体编码", "agency", "agency", "dept_uscc", "implementing_body_code", "实施主体代码"),
    _code("dept_type", "实施主体性质", "body_nature", "body_nature", "body_nature_code"),
    _text("entrust_name", "委托部门", limit=500),
    _text("other_dept", "联办机构", "co_department", "co_departments", "共同实施部门"),
    ItemElement(
        "server_type", "服务对象", ElementKind.CODES, 30, "service_target",
        aliases=("service_target", "service_objects", "service_target_code", "面向用户"),
    ),
    _code("project_type", "办件类型", "case_type", "case_type", "case_type_code"),
    _placed("anticipate", "法定办结时限", "statutory_limit", "statutory_limit", "法定时限"),
    _placed("promise", "承诺办结时限", "promised_limit", "promised_limit", "promised_limit_example", "承诺时限"),
    _text("accept_condition", "受理条件", "acceptance_conditions", "申请条件"),
    _placed("materials", "申请材料", "materials", "申请材料清单", "材料"),
    _text("handle_flow", "办理流程", "handling_process"),
    _text("special_procedure", "特别程序"),
    _text("service_type", "中介服务", "intermediary_service"),
    _text("limit_explain", "数量限制", "quantity_limit"),
    _text("result_name", "审批结果名称", "结果名称", "result", limit=2000),
    _text("result_type", "审批结果类型", "结果类型", limit=200),
    _text("result_guid", "审批结果样本", "结果样本", "result_sample", limit=500),
    _flag("is_fee", "是否收费", "is_charged"),
    _text("fee_basis", "收费项目、标准和依据", "charge_basis", "收费依据", "收费标准"),
    ItemElement(
        "handle_type", "办理形式", ElementKind.CODES, 30, "handling_form", aliases=("handling_form", "handling_form_code")
    ),
    _text("limit_scene_num", "到办事现场次数", "visits", "到现场次数", limit=20),
    _text("limit_scene_explain", "必须现场办理原因"),
    _code("handle_area", "通办范围", "cross_region", "cross_region_scope_code"),
    _text("online_handle_depth", "网上办理深度", limit=200),
    _flag("is_online", "是否网办", "online", "是否网上办理"),
    _text("online_handle_url", "网办地址", "online_url", "网上办理地址", limit=1000),
    _text("mobile_terminal_url", "移动端办理地址", limit=1000),
    _flag("is_schedule", "是否支持预约", "allows_booking"),
    _flag("is_pay_online", "是否支持网上支付", "online_payment"),
    _flag("is_express", "是否支持物流快递", "express"),
    _flag("is_service_terminals", "是否支持自助终端"),
    _flag("is_entry_center", "是否进驻政务大厅"),
    _text("transact_addr", "办理地点", "handling_place"),
    _text("transact_time", "办理时间", "handling_time"),
    _text("link_way", "咨询方式", "consult_way", "咨询电话"),
    _text("supervise_way", "监督投诉方式", "supervise_phone", "监督电话"),
    _text("faq", "常见问题"),
    ItemElement(
        "topics", "面向自然人、法人主题分类", ElementKind.TEXTS, 100,
        aliases=("themes", "topic", "topic_types", "服务主题", "主题分类"),
    ),
    _placed("task_state", "事项状态", "state", "state", "状态"),
    _placed("task_version", "事项版本", "item_version", "item_version", "版本", "版本号"),
    _placed("plan_dates", "计划生效、取消日期", "effective_from"),
)  # fmt: skip
"""The elements that province, city, county and town share. Their number here follows our sources, not the standard."""

FURTHER: tuple[ItemElement, ...] = (
    _further("anticipate_explain", "法定办结时限说明"),
    _further("promise_explain", "承诺办结时限说明"),
    _further("authority_division", "权限划分"),
    _further("exercise_content", "行使内容"),
    _further("system_level", "运行系统层级"),
    _further("jurisdiction", "行政管辖"),
    _further("local_catalog_code", "地方基本编码"),
    _further("local_task_code", "地方实施编码"),
    _further("link_addr", "办理链接"),
    _further("is_single_login", "是否单点登录"),
    _further("app_is_single_login", "移动端是否单点登录"),
    _further("extend_field", "扩展字段"),
)

BY_IDENTIFIER: dict[str, ItemElement] = {element.identifier: element for element in (*WORKING_LIST, *FURTHER)}
TOLD_IN_ELEMENTS: tuple[ItemElement, ...] = tuple(e for e in (*WORKING_LIST, *FURTHER) if not e.place)
"""The elements that an item row tells under ``elements``; the others have fields of their own."""
