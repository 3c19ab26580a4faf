"""A source of one agency says nothing of another one's cases."""

from __future__ import annotations

from tests.personas import AGENCY, ITEM, OTHER_ITEM, Office
from tests.usecases.closing_desk import close, closed_line, newest_body, put_lines

from jingui.db.models import CoverageCertificate


def test_a_source_of_one_agency_puts_nothing_on_another_ones_sheet_by_naming_its_item(office: Office) -> None:
    own = office.newcomer("卫健系统", AGENCY)
    put_lines(own, closed_line("K-8", item_code=OTHER_ITEM), closed_line("K-9", item_code=ITEM))

    close(office)

    assert set(CoverageCertificate.objects.values_list("agency_code", flat=True)) == {AGENCY}
    assert newest_body()["totals"]["unexplained"] == 2
