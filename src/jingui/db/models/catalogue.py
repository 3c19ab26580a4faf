"""Agencies, service items and their archiving plans (机构、事项、归档配置)."""

from __future__ import annotations

from typing import Any

from django.db import models

from jingui.db.models.records import ProtectedRow
from jingui.domain.catalogue.drafts import ItemState


class Agency(ProtectedRow):
    """An agency that forms records (立档单位) with its fonds (全宗)."""

    code = models.CharField(max_length=18, unique=True)
    name = models.CharField(max_length=200)
    short_name = models.CharField(max_length=60, blank=True)
    region_code = models.CharField(max_length=12)
    fonds = models.CharField(max_length=12)
    fonds_name = models.CharField(max_length=200)

    class Meta:
        db_table = "jingui_agency"

    def __str__(self) -> str:
        return f"{self.fonds} {self.name}"


class ServiceItem(ProtectedRow):
    """One version of a service item (事项) with its three levels of code (基本编码、实施编码、业务办理项编码).

    ``content`` is what ``domain.catalogue.drafts.told_content`` gives: elements, materials, situations, steps, results.
    ``effective_to`` is the first day on which the version is no longer in force.
    """

    item_code = models.CharField(max_length=64)
    item_version = models.PositiveIntegerField()
    name = models.CharField(max_length=1000)
    item_type = models.CharField(max_length=4, blank=True)
    base_code = models.CharField(max_length=20, blank=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="items")
    statutory_limit = models.CharField(max_length=60, blank=True)
    promised_limit = models.CharField(max_length=60, blank=True)
    content_sha256 = models.CharField(max_length=64)
    task_code = models.CharField(max_length=64, blank=True, default="")
    handling_code = models.CharField(max_length=64, blank=True, default="")
    state = models.CharField(max_length=12, default=ItemState.IN_FORCE.value)
    effective_from = models.DateField(null=True)
    effective_to = models.DateField(null=True)
    content = models.JSONField(default=dict)

    # Columns that came later: a row that says nothing in them keeps the digest it had before.
    _ADDED: dict[str, Any] = {
        "task_code": "", "handling_code": "", "state": ItemState.IN_FORCE.value, "effective_from": None,
        "effective_to": None, "content": {},
    }  # fmt: skip

    class Meta:
        db_table = "jingui_service_item"
        constraints = [models.UniqueConstraint(fields=["item_code", "item_version"], name="item_version_unique")]
        indexes = [
            models.Index(fields=["base_code"], name="item_base_code"),
            models.Index(fields=["task_code"], name="item_task_code"),
        ]

    def __str__(self) -> str:
        return f"{self.item_code} v{self.item_version}"

    def digested_values(self) -> dict[str, Any]:
        """Return what the journal vouches for; columns that came later only where they say something."""
        values = super().digested_values()
        return {name: value for name, value in values.items() if name not in self._ADDED or value != self._ADDED[name]}


class ArchivingPlan(ProtectedRow):
    """One version of the archiving plan of an item version; ``content`` is ``domain.records.facts.Plan`` as JSON."""

    item = models.ForeignKey(ServiceItem, on_delete=models.PROTECT, related_name="plans")
    plan_version = models.PositiveIntegerField()
    content = models.JSONField()
    adopted_at = models.DateTimeField()

    class Meta:
        db_table = "jingui_archiving_plan"
        constraints = [models.UniqueConstraint(fields=["item", "plan_version"], name="plan_version_unique")]

    def __str__(self) -> str:
        return f"{self.item} plan v{self.plan_version}"


class CarriedPlan(ProtectedRow):
    """What an item version took over from the plan of the version before (沿用上一版本), and what it states itself.

    Both are contents of layers (``domain.catalogue.planning.carrying``); ``source`` is the plan that was in force then, ``from_version`` the
    version of the item it belongs to.
    """

    item = models.OneToOneField(ServiceItem, on_delete=models.PROTECT, related_name="carried")
    source = models.ForeignKey(ArchivingPlan, on_delete=models.PROTECT, related_name="carried_on")
    from_version = models.PositiveIntegerField()
    carried = models.JSONField(default=dict)
    stated = models.JSONField(default=dict)

    class Meta:
        db_table = "jingui_carried_plan"

    def __str__(self) -> str:
        return f"{self.item} of {self.source}"
