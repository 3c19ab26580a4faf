"""Words of long acts on catalogue and plans, and of items that no level holds."""

from __future__ import annotations

Words = dict[str, tuple[str, str]]

ERRORS: Words = {
    "work_under_way": (
        "同样的任务正在排队或执行，没有另开一个。请看它的进度。",
        "The same act is waiting or being done; none was begun. See how far it is.",
    ),
    "import_file_gone": (
        "导入用的文件不在了。已收的行都在，没有收的没有丢。请重新上传，系统接着没做完的做。",
        "The file of the import is gone. What was taken stays; upload the file again to go on.",
    ),
    "work_abandoned": (
        "任务由人放弃。已写入的都在，没有写入的没有变化。",
        "The act was given up by a person. What was written stays.",
    ),
    "work_not_stuck": ("任务没有停下，没有执行。请刷新页面。", "The act has not stopped; nothing was done."),
}
WORDS: dict[str, Words] = {
    "errors": ERRORS,
    "work_kind": {
        "preview": ("核对清单", "Preview"),
        "import": ("导入目录", "Import"),
        "proof": ("校验方案", "Proof"),
        "submission": ("校验并送审", "Proof and submission"),
        "rollout": ("更新事项的归档配置", "Rollout"),
        "trial": ("用已办件试算", "Trial"),
        "comparison": ("四级比对", "Comparison"),
        "catch_up": ("给新事项配归档方案", "Plans for new items"),
        "export": ("导出信息包", "Export"),
    },
    "work_unit": {
        "preview": ("份", "parts"),
        "import": ("份", "parts"),
        "proof": ("个事项", "items"),
        "submission": ("个事项", "items"),
        "rollout": ("个事项", "items"),
        "trial": ("件", "cases"),
        "comparison": ("个事项", "items"),
        "catch_up": ("个事项", "items"),
        "export": ("件", "records"),
    },
    "work_state": {
        "waiting": ("排队", "Waiting"),
        "running": ("进行中", "Running"),
        "done": ("完成", "Done"),
        "refused": ("没有完成", "Refused"),
    },
    "unplaced": {
        "no_base_code": ("没有基本编码", "no base code"),
        "no_level": ("没有写行使层级", "no level"),
        "shared_level": ("几级共有，不分上下", "shared between levels"),
    },
    "unplaced_hint": {
        "no_base_code": ("不知道它实施的是哪一项，没有可比的上级", "nobody knows which item it implements"),
        "no_level": ("实施编码里读不出层级，要素里也没有写", "neither its code nor its elements tell a level"),
        "shared_level": ("层级写的是 7，不与哪一级比", "its level is 7, compared with none"),
    },
}
