"""Plans that rule every agency are judged, and their trials read, by who reaches every agency."""

from __future__ import annotations

from datetime import UTC, datetime

from django.test import Client
from tests.builders import Built, make_case_at
from tests.interfaces.web.conftest import SignIn, work_off
from tests.interfaces.web.test_plans import drafted, edit, page

from jingui.db.models import Agency, Case, PlanLayer
from jingui.domain.access.roles import Role
from jingui.domain.lifecycle import CaseState


def test_a_supervisor_of_one_agency_gives_no_opinion_on_what_rules_all(archivist: Client, sign_in: SignIn) -> None:
    one, other = Agency.objects.order_by("fonds")[:2]
    layers = [drafted(archivist), drafted(archivist, "agency", other.code, "current")]
    own = drafted(archivist, "agency", one.code, "current")
    for layer in (*layers, own):
        PlanLayer.objects.filter(pk=layer.pk).update(state="submitted")
    bound, said = sign_in(Role.SUPERVISOR, agency_code=one.code), {"verdict": "approved", "opinion": "同意"}

    assert "审查意见" not in page(bound, layers[0])
    for layer in layers:
        assert bound.post(f"/plans/{layer.key}/opinion", said).status_code in {403, 404}
        layer.refresh_from_db()
        assert layer.state == "submitted"
    assert "审查意见" in page(bound, own)


def test_a_trial_of_what_rules_all_names_cases_only_to_who_may_read_all(
    built: Built, archivist: Client, sign_in: SignIn
) -> None:
    case = make_case_at(built, CaseState.PRESERVED)
    Case.objects.update(closed_at=datetime.now(UTC))
    layer = drafted(archivist)
    rule = {"name": "全部十年", "priority": "99", "retention": "D10", "reason": "试"}
    edit(archivist, layer, "retention-rule", **rule)
    assert case.agency_id is not None
    bound = sign_in(Role.ARCHIVIST, agency_code=Agency.objects.exclude(pk=case.agency_id)[0].code)
    address = f"/plans/{layer.key}/trial"
    bound.post(f"{address}/run")
    work_off()

    changes = archivist.get(address).context["totals"].examples
    assert [change.case_number for change in changes] == [case.case_number]
    assert case.case_number in archivist.get(address).content.decode()
    for client in (bound, sign_in(Role.SUPERVISOR)):
        shown = client.get(address).content.decode()
        assert case.case_number not in shown
        assert "只给可以查看这些机构全部档案的人看" in shown
