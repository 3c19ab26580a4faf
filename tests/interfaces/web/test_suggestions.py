"""The work list of files that came without a material."""

from __future__ import annotations

from dataclasses import replace

from django.test import Client
from tests.builders import Built, demo_case, make_case_at
from tests.interfaces.web.conftest import SignIn

from jingui.db.models import Case, CaseFile, FileSuggestion
from jingui.domain.access.roles import Role
from jingui.domain.lifecycle import CaseState
from jingui.interfaces.jobs.worker import Worker


def unlabelled_case(built: Built) -> Case:
    """Return a held case of the demo whose first two files name no material."""
    demo = demo_case()
    files = [replace(file, material_code="") if at < 2 else file for at, file in enumerate(demo.files)]
    return make_case_at(built, CaseState.HELD, demo=replace(demo, files=tuple(files)))


def test_the_list_shows_each_file_with_its_suggestion_and_a_choice(built: Built, archivist: Client) -> None:
    case = unlabelled_case(built)

    page = archivist.get("/suggestions").content.decode()

    assert case.case_number in page
    for row in FileSuggestion.objects.filter(case=case).select_related("file"):
        assert f'name="material-{row.key.hex}"' in page
    assert page.count("selected") == 2
    assert "不是本办件的材料" in page


def test_names_of_people_are_masked_in_the_list(built: Built, archivist: Client) -> None:
    case = unlabelled_case(built)

    page = archivist.get("/suggestions").content.decode()

    assert case.applicant_name
    assert case.applicant_name not in page


def test_what_was_chosen_counts_and_the_case_goes_on(built: Built, archivist: Client) -> None:
    case = unlabelled_case(built)
    right = {file.file_key: file.material_code for file in demo_case().files}
    rows = list(FileSuggestion.objects.filter(case=case).select_related("file"))

    answer = archivist.post(
        f"/suggestions/{case.key}", {f"material-{row.key.hex}": right[row.file.file_key] for row in rows}
    )

    assert answer.status_code == 302
    assert {f.file_key: f.material_code for f in CaseFile.objects.filter(case=case)} == right
    Worker(built.services).run_until_idle()
    case.refresh_from_db()
    assert case.state == "preserved"
    assert "没有待定的材料" in archivist.get("/suggestions").content.decode()


def test_choosing_nothing_changes_nothing(built: Built, archivist: Client) -> None:
    case = unlabelled_case(built)

    page = archivist.post(f"/suggestions/{case.key}", {}, follow=True).content.decode()

    assert "没有数据变化" in page
    assert set(FileSuggestion.objects.values_list("state", flat=True)) == {"open"}


def test_a_material_that_the_plan_does_not_have_is_refused_in_words(built: Built, archivist: Client) -> None:
    case = unlabelled_case(built)
    row = FileSuggestion.objects.filter(case=case).first()
    assert row is not None

    answer = archivist.post(f"/suggestions/{case.key}", {f"material-{row.key.hex}": "Z99"})

    assert answer.status_code == 422
    assert "Z99" in answer.content.decode()


def test_a_clerk_sees_the_list_of_the_own_agency_and_decides_nothing(built: Built, sign_in: SignIn) -> None:
    case = unlabelled_case(built)
    assert case.agency is not None
    own, other = (
        sign_in(Role.CLERK, agency_code=case.agency.code),
        sign_in(Role.CLERK, agency_code="11539900MB0061049J"),
    )

    page = own.get("/suggestions").content.decode()

    assert case.case_number in page
    assert "<select" not in page
    assert own.post(f"/suggestions/{case.key}", {}).status_code == 403
    assert (case.case_number in other.get("/suggestions").content.decode()) is (
        case.agency.code == "11539900MB0061049J"
    )
    assert sign_in(Role.AUDITOR).get("/suggestions").status_code == 403
