"""The plans of later versions: what they leave unsaid goes on from the version before (沿用上一版本)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from jingui.db.models import ArchivingPlan, CarriedPlan, ServiceItem
from jingui.db.models.records import ProtectedRow
from jingui.db.queries.plan_layers import catalogue_statements, told_situations
from jingui.domain.catalogue.drafts import ItemDraft
from jingui.domain.catalogue.planning.carrying import Carried, Predecessor, carry_on, flattened
from jingui.domain.catalogue.plans import plan_to_dict


@dataclass(slots=True)
class _Version:
    """The newest known version of an item: the plan in force for it, and what catalogues said of that plan."""

    plan: ArchivingPlan
    facts: Predecessor


@dataclass(slots=True)
class Predecessors:
    """The newest versions of some items, growing as later ones are entered.

    ``told`` lists which versions took something over: item code, version, version before.
    """

    newest: dict[str, _Version] = field(default_factory=dict)
    told: list[list[str | int]] = field(default_factory=list)

    @classmethod
    def of(cls, item_codes: Collection[str]) -> Predecessors:
        """Read the newest stored versions of these items, a batch of them."""
        items = {
            row.item_code: row
            for row in ServiceItem.objects.filter(item_code__in=list(item_codes)).order_by("item_version")
        }
        plans = {
            plan.item_id: plan
            for plan in ArchivingPlan.objects.filter(item__in=[item.key for item in items.values()])
            .order_by("plan_version")
            .select_related("item")
        }
        statements = catalogue_statements(list(items.values()))
        return cls(
            {
                code: _Version(
                    plans[item.key],
                    Predecessor(item.item_version, plans[item.key].content, statements.get(item.key, {})),
                )
                for code, item in items.items()
                if item.key in plans
            }
        )

    def plan_rows(self, draft: ItemDraft, item: ServiceItem, *, now: datetime) -> list[ProtectedRow]:
        """Return the first plan of a version and, if it stands on the version before, what it took over from it."""
        before = self.newest.get(draft.item_code)
        made = carry_on(draft, before.facts) if before else Carried(draft.plan, {})
        plan = ArchivingPlan(item=item, plan_version=1, content=plan_to_dict(made.plan), adopted_at=now)
        if before is None:
            return [plan]
        statement = flattened((made.statement, told_situations(item)))
        self.newest[draft.item_code] = _Version(plan, Predecessor(draft.item_version, plan.content, statement))
        if not made.carried and not before.facts.is_layered:
            return [plan]
        self.told.append([draft.item_code, draft.item_version, before.facts.version])
        carried = CarriedPlan(
            item=item,
            source=before.plan,
            from_version=before.facts.version,
            carried=made.carried,
            stated=made.stated,
        )
        return [plan, carried]
