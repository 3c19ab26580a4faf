"""The built-in mapping of the national exchange tables (国家政务服务平台数据汇聚, up_task_*)."""

from __future__ import annotations

from jingui.domain.catalogue.mappings import ColumnMapping, TableMapping
from jingui.domain.catalogue.targets import TableKind

# Bookkeeping of the exchange, not facts of an item.
_SYNC = dict.fromkeys(("cd_operation", "cd_time", "cd_batch", "data_source"), "-")

BASIC = "up_task_general_basic"
EXTEND = "up_task_general_extend"
MATERIAL = "up_task_general_material"
DIRECTORY = "up_task_directory"

_IN_ELEMENTS = (
    "by_law", "use_level", "power_source", "dept_type", "entrust_name", "accept_condition", "handle_flow",
    "handle_type", "project_type", "anticipate_explain", "promise_explain", "is_fee", "fee_basis", "limit_scene_num",
    "transact_addr", "transact_time", "link_way", "supervise_way", "server_type", "special_procedure",
    "is_single_login", "app_is_single_login", "link_addr", "mobile_terminal_url", "local_catalog_code",
    "local_task_code",
)  # fmt: skip
_EXTENDED = (
    "handle_area", "is_entry_center", "is_express", "is_online", "is_pay_online", "is_schedule",
    "is_service_terminals", "limit_explain", "limit_scene_explain", "online_handle_depth", "online_handle_url",
    "other_dept", "result_type", "result_name", "result_guid", "service_type", "extend_field",
)  # fmt: skip
_MATERIALS = (
    "material_type", "material_format", "page_num", "page_format", "source_type", "source_explain", "fill_explain",
    "accept_stand", "by_law", "form_guid", "example_guid", "remark",
)  # fmt: skip


def _same(names: tuple[str, ...]) -> dict[str, str]:
    return {name: f"elements.{name}" for name in names}


NATIONAL_EXCHANGE = ColumnMapping(
    name="national-exchange",
    profile="open",
    tables={
        BASIC: TableMapping(
            TableKind.ITEMS,
            {
                "row_guid": "guid",
                "catalog_code": "base_code",
                "task_code": "task_code",
                "task_handle_item": "handling_code",
                "task_name": "item_name",
                "task_type": "item_type",
                "dept_name": "agency_name",
                "dept_code": "agency",
                "anticipate_day": "statutory_limit.days",
                "anticipate_type": "statutory_limit.unit",
                "promise_day": "promised_limit.days",
                "promise_type": "promised_limit.unit",
                "task_state": "state",
                "task_version": "item_version",
                "plan_effective_date": "effective_from",
                "plan_cancel_date": "effective_to",
                **_same(_IN_ELEMENTS),
                **_SYNC,
            },
        ),
        EXTEND: TableMapping(
            TableKind.EXTENSIONS,
            {"row_guid": "-", "task_guid": "guid", "task_code": "task_code", **_same(_EXTENDED), **_SYNC},
        ),
        MATERIAL: TableMapping(
            TableKind.MATERIALS,
            {
                "row_guid": "-",
                "task_guid": "guid",
                "task_code": "task_code",
                "material_name": "name",
                "is_need": "requirement",
                "order_num": "order",
                **{name: name for name in _MATERIALS},
                **_SYNC,
            },
        ),
        # The directory names no agency: its entries are what items are made from, not items.
        DIRECTORY: TableMapping(TableKind.IGNORED),
    },
)
