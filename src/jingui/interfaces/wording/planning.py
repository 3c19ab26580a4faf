"""Words of archiving plans: layers, the compiler's findings, examination, levels. Kind → code → (Chinese, English)."""

from __future__ import annotations

Words = dict[str, tuple[str, str]]

PLAN_FINDINGS: Words = {
    "retention_contradiction": (
        "规则“{rule}”与同级的“{other}”矛盾：同一办件，一条定“{retention}”，一条定“{other_retention}”",
        "“{rule}” contradicts “{other}” of the same rank: {retention} against {other_retention}",
    ),
    "retention_tie": (
        "规则“{rule}”与同级的“{other}”重叠，结果相同；请合并或分出优先级",
        "“{rule}” overlaps “{other}” of the same rank with the same period",
    ),
    "retention_shadowed": (
        "规则“{rule}”永远轮不到：优先级更高的“{by}”已覆盖它的全部情形",
        "“{rule}” is never reached: “{by}” cover all of its cases",
    ),
    "retention_never_applies": ("规则“{rule}”的条件自相矛盾，不可能成立", "the condition of “{rule}” can never hold"),
    "retention_unreached": ("办理流程的任何一条路径都到不了规则“{rule}”", "no path of the process reaches “{rule}”"),
    "retention_unexplained": ("“{rule}”没有写理由", "“{rule}” states no reason"),
    "retention_undecided": (
        "有的办件没有保管期限：规则没有覆盖全部情形，又没有兜底期限",
        "some cases have no retention period: the rules leave gaps and there is no fallback",
    ),
    "condition_unknown_field": (
        "“{rule}”的条件要看“{field}”，但方案里没有声明，系统无法判断",
        "the condition of “{rule}” asks for “{field}”, which the plan does not declare",
    ),
    "condition_unknown_value": (
        "“{rule}”的条件里，“{field}”没有“{value}”这个取值",
        "in the condition of “{rule}”, “{field}” has no value “{value}”",
    ),
    "condition_in_words": (
        "“{rule}”的条件“{condition}”只有文字，未列入情形，系统无法判断",
        "the condition “{condition}” of “{rule}” is in words only",
    ),
    "conditions_too_intricate": (
        "条件太复杂，无法逐一证明；请拆分规则",
        "the conditions are too intricate to be proved; split the rules",
    ),
    "material_never_needed": (
        "材料“{rule}”的条件自相矛盾，永远用不到",
        "the condition of material “{rule}” can never hold",
    ),
    "material_unreached": (
        "办理流程的任何一条路径都用不到材料“{rule}”",
        "no path of the process asks for material “{rule}”",
    ),
    "material_always_needed": (
        "材料“{rule}”的条件恒成立，等于必备；请改为必备",
        "the condition of material “{rule}” always holds; make it required",
    ),
    "alternative_alone": (
        "“或”组“{group}”只有一份材料“{rule}”，没有选择",
        "the group “{group}” holds only “{rule}” and leaves no choice",
    ),
    "alternative_shadowed": (
        "“或”组“{group}”里，“{rule}”与“{by}”不会同时可选，不成其为“或”",
        "in the group “{group}”, “{rule}” never stands beside “{by}”",
    ),
    "fixed_above": (
        "“{rule}”已由上级（{fixed_by}）锁定，这里不能另定",
        "“{rule}” is fixed above ({fixed_by}) and may not be stated here",
    ),
    "process_missing": ("没有办理流程，无法逐条路径证明", "there is no process to walk"),
    "process_dead_end": ("流程走到“{state}”就办不完了", "the process cannot end from “{state}”"),
    "closure_not_reached": ("流程里没有“{closure}”这种结局；它也要归档", "no path ends as “{closure}”"),
    "package_without_evidence": (
        "“{closure}”的办件可能没有应有的{wanted}，信息包不合规",
        "a case that ends as “{closure}” may hold no {wanted}",
    ),
    "step_on_no_path": (
        "办理流程里没有必经环节“{step}”，所有办件都会被拦住",
        "no path takes the required step “{step}”: every case would be held",
    ),
    "step_not_on_path": (
        "必经环节“{step}”不在这条路径上，走这条路径的办件会被拦住",
        "the required step “{step}” is not on this path",
    ),
    "too_few_steps_on_path": (
        "要求至少 {needed} 个环节，这条路径只有 {found} 个",
        "{needed} steps are needed, this path has {found}",
    ),
    "paths_cut": ("路径太多，只试了前 {limit} 条", "only the first {limit} paths were walked"),
    "combinations_bounded": (
        "情形组合太多，只试了同时成立不超过 {at_once} 个的",
        "combinations of at most {at_once} situations at once were tried",
    ),
    "format_not_kept": (
        "材料“{rule}”只收 {formats}，方案却不收这些格式",
        "material “{rule}” wants {formats}, which the plan does not keep",
    ),
    "format_not_long_term": ("格式 {format} 不宜长期保存", "format {format} is not fit for long-term keeping"),
    "paper_without_law": (
        "材料“{rule}”要留纸质，却没有写法律依据",
        "material “{rule}” keeps paper without citing a law",
    ),
    "metadata_element_unknown": ("没有元数据元素“{rule}”", "there is no metadata element “{rule}”"),
    "metadata_values_outside": ("“{rule}”的取值 {value} 不在值域内", "the value {value} of “{rule}” is out of range"),
    "package_profile_unknown": ("没有信息包结构“{profile}”", "there is no package profile “{profile}”"),
    "security_not_kept_here": ("密级“{value}”的文件不能进本系统", "records classed “{value}” may not be kept here"),
    "code_cannot_be_given": ("按“{rule}”编不出号：{reason}", "no code can be given by “{rule}”: {reason}"),
    "item_uncovered": ("事项“{name}”（{item}）没有归档范围", "item “{name}” ({item}) has no archiving scope"),
    "agency_without_items": ("机构“{agency}”名下没有事项", "agency “{agency}” has no items"),
    "plan_unreadable": ("合并后的方案读不出来：{problem}", "the merged plan cannot be read: {problem}"),
}

ERRORS: Words = {
    "plan_move_not_allowed": (
        "方案处于“{state}”，不能转为“{to}”，没有数据变化。",
        "The plan is {state} and cannot become {to}; nothing changed.",
    ),
    "plan_base_changed": (
        "起草之后另有版本生效，没有执行，没有数据变化。请作废这一版，从现行版本重新起草。",
        "Another version came into force meanwhile; nothing was done. Drop this draft and start from the current one.",
    ),
    "plan_has_errors": (
        "方案校验有 {count} 项须改，没有送审；草稿和校验结果都在。请改好后再送审。",
        "The compiler found {count} errors; the draft was kept and not sent in. Mend them first.",
    ),
    "plan_own_examination": (
        "起草或送审的人不能审查自己的方案，没有执行，没有数据变化。请由档案主管部门的另一人审查。",
        "Whoever drew up or sent in a plan does not examine it; nothing was done.",
    ),
    "plan_not_submitted": (
        "方案没有在审查中，没有执行，没有数据变化。请刷新页面。",
        "The plan is not under examination; nothing was done.",
    ),
    "plan_not_due": (
        "方案定于 {day} 生效，没有执行，没有数据变化。到日自动生效。",
        "The plan comes into force on {day}; nothing was done. It happens by itself on that day.",
    ),
    "plan_draft_exists": (
        "这一层已有在办的版本，没有另建。请接着办那一版，或先作废它。",
        "A version of this layer is under way; none was made. Go on with it or drop it.",
    ),
    "plan_not_a_draft": (
        "方案已不是草稿，没有保存。请刷新页面。",
        "The plan is no draft any more; nothing was saved.",
    ),
    "plan_changed_meanwhile": (
        "草稿已被他人或在别处改过，这次没有保存，没有数据变化。请刷新后再改。",
        "The draft was changed elsewhere; nothing was saved. Reload and change it again.",
    ),
    "plan_profile_invalid": (
        "方案配置文件有问题，没有采用。请检查 JINGUI_PLAN_PROFILE。",
        "The plan profile is wrong and was not taken. See JINGUI_PLAN_PROFILE.",
    ),
}

PROBLEMS: Words = {
    "condition_field_unknown": ("条件里没有“{field}”这一项", "conditions know no field “{field}”"),
    "condition_test_malformed": ("条件写法不对", "the condition is malformed"),
    "rule_twice": ("“{name}”重复", "“{name}” is repeated"),
    "move_without_end": ("流程的一步没有写去向或结局", "a move leads nowhere"),
    "fixed_unknown": ("不能锁定“{name}”", "“{name}” cannot be fixed"),
    "row_without_name": ("这一行没有编码或名称", "the row has no code or name"),
    "opinion_too_short": ("请写明意见，至少 {least} 个字", "state an opinion of at least {least} characters"),
    "effective_date_past": ("生效日期不能早于今天（{today}）", "the day must not be before today ({today})"),
    "layer_target_unknown": ("没有“{code}”，请核对机构、行政区划或事项编码", "there is no “{code}”"),
    "settlement_reason_missing": ("请写明理由，至少 {least} 个字", "state a reason of at least {least} characters"),
    "plan_profile_unreadable": ("读不出来", "cannot be read"),
    "not_a_date": ("不是日期，例如 2026-01-01", "is no date"),
}

LABELS: dict[str, Words] = {
    "layer_scope": {
        "default": ("默认", "Default"),
        "region": ("地区", "Region"),
        "agency": ("机构", "Agency"),
        "item": ("事项", "Item"),
    },
    "layer_origin": {
        "import": ("事项目录", "Catalogue"),
        "previous": ("沿用上一版本：事项目录", "Carried on from the version before: catalogue"),
    },
    "layer_state": {
        "draft": ("草稿", "Draft"),
        "submitted": ("审查中", "Under examination"),
        "approved": ("待生效", "Approved"),
        "in_force": ("现行", "In force"),
        "superseded": ("旧版", "Superseded"),
        "withdrawn": ("已作废", "Withdrawn"),
    },
    "verdict": {"approved": ("同意", "Approved"), "returned": ("退回修改", "Returned")},
    "severity": {"error": ("须改", "Error"), "warning": ("提醒", "Warning")},
    "evidence": {
        "evidence": ("证据性材料", "Evidence"),
        "procedure": ("程序性材料", "Procedure"),
        "result": ("结果性材料", "Result"),
    },
    "material_source": {
        "submitted": ("申请人提交", "Handed in"),
        "formed": ("办理中形成", "Formed"),
        "shared": ("数据共享", "Shared"),
        "certificate": ("电子证照", "Licence"),
    },
    "plan_change": {
        "retention": ("保管期限", "Retention"),
        "category": ("门类", "Category"),
        "code": ("档号", "Code"),
        "missing": ("缺材料", "Missing"),
        "unlisted": ("范围外材料", "Outside the scope"),
    },
    "level": {
        "1": ("国家级", "Nation"),
        "2": ("省级", "Province"),
        "3": ("市级", "City"),
        "4": ("县级", "County"),
        "5": ("镇级", "Town"),
        "6": ("村级", "Village"),
        "7": ("分级管理", "Shared"),
    },
    "service_type": {"1": ("即办件", "At once"), "2": ("承诺件", "Promised"), "9": ("其他", "Other")},
    "yes_no": {"0": ("否", "No"), "1": ("是", "Yes")},
    "level_settlement": {
        "accepted": ("准予保留", "Accepted"),
        "sent_back": ("退回统一", "Sent back"),
    },
    "difference": {"open": ("待处理", "Open")},
    "plan_field": {
        "closure": ("办结方式", "closure"),
        "result": ("办理结果", "result"),
        "applicant_kind": ("申请人类型", "applicant"),
        "channel": ("申报来源", "channel"),
        "retention": ("保管期限", "retention"),
        "retention_reason": ("期限理由", "reason"),
        "category": ("门类", "category"),
        "unit": ("机构（问题）代码", "unit"),
        "sharing": ("共享类型", "sharing"),
        "security_classification": ("密级", "classification"),
        "archival_code_rule": ("档号规则", "archival code rule"),
        "record_code_rule": ("电子文件号规则", "record code rule"),
        "package_profile": ("信息包结构", "package profile"),
        "formats": ("允许格式", "formats"),
        "required_steps": ("必经环节", "required steps"),
        "min_step_count": ("最少环节数", "fewest steps"),
        "accept_unlisted": ("配置外材料", "unlisted material"),
        "accept_suggestions_from": ("自动采用建议的把握", "confidence from which suggestions count"),
        "process_page": ("办理过程成页", "process laid out as"),
        "scope_statement": ("归档范围说明", "scope"),
        "process": ("办理流程", "process"),
        "materials": ("材料", "materials"),
        "situations": ("情形", "situations"),
        "results": ("办理结果取值", "results"),
        "retention_rules": ("期限规则", "retention rules"),
        "metadata_rules": ("元数据规则", "metadata rules"),
    },
    "role": {"supervisor": ("档案主管部门", "Supervising authority")},
    "event": {
        "plan.drafted": ("起草归档方案", "Plan drafted"),
        "plan.submitted": ("归档方案送审", "Plan submitted"),
        "plan.examined": ("审查归档方案", "Plan examined"),
        "plan.in_force": ("归档方案生效", "Plan in force"),
        "plan.withdrawn": ("作废归档方案", "Plan withdrawn"),
        "level_difference.settled": ("处理四级差异", "Level difference settled"),
    },
}

WORDS: dict[str, Words] = {"plan_findings": PLAN_FINDINGS, "errors": ERRORS, "problems": PROBLEMS, **LABELS}
