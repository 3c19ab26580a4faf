"""Access (利用): who may do what, what is masked, and the terms of restricted copies."""

from jingui.domain.access.copies import (
    CopyRequest,
    CopyStanding,
    check_copy_request,
    copy_number,
    copy_standing,
)
from jingui.domain.access.masking import (
    mask_address,
    mask_applicant,
    mask_number,
    mask_organisation,
    mask_person,
    mask_within,
)
from jingui.domain.access.roles import (
    ALL_AGENCIES,
    ROLES,
    STRANGER,
    Actor,
    Everywhere,
    Permission,
    Reach,
    Role,
    RoleRule,
    check_may,
    may,
    permissions,
    reach,
)

__all__ = [
    "ALL_AGENCIES",
    "ROLES",
    "STRANGER",
    "Actor",
    "CopyRequest",
    "CopyStanding",
    "Everywhere",
    "Permission",
    "Reach",
    "Role",
    "RoleRule",
    "check_copy_request",
    "check_may",
    "copy_number",
    "copy_standing",
    "mask_address",
    "mask_applicant",
    "mask_number",
    "mask_organisation",
    "mask_person",
    "mask_within",
    "may",
    "permissions",
    "reach",
]
