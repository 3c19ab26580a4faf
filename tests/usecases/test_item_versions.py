"""Which version of an item a case begins with, when its source names none."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import transaction
from tests.builders import now
from tests.personas import Integrator, Office, small_catalogue

from jingui.db import journal
from jingui.db.models import ArchivingPlan, ServiceItem
from jingui.domain.audit.events import Event


def later_version(begins: date) -> ServiceItem:
    """Add version 2 of the item, with the same plan."""
    known = ServiceItem.objects.get(item_code=small_catalogue()["items"][0]["item_code"])
    row = ServiceItem(
        item_code=known.item_code, item_version=2, name="新名称", agency=known.agency, effective_from=begins
    )
    plan = ArchivingPlan(item=row, plan_version=1, content=known.plans.get().content, adopted_at=now())
    with transaction.atomic():
        journal.record(journal.Entry(Event.CATALOGUE_IMPORTED, "system:test", now()), new=[row, plan])
    return row


@pytest.mark.parametrize(("begins", "wanted"), [(date(2025, 3, 3), 2), (date(2025, 3, 4), 1), (date(2999, 1, 1), 1)])
def test_a_case_begins_with_the_version_in_force_on_the_day_it_was_received(
    office: Office, integrator: Integrator, begins: date, wanted: int
) -> None:
    later_version(begins)
    integrator.case("N-1", received_at="2025-03-03T00:30:00+08:00")
    plan = office.case_row("N-1").plan
    assert plan is not None
    assert plan.item.item_version == wanted
