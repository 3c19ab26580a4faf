"""Like ``mortal``, for a format migration: ``make`` archives cases with a picture and approves a plan for them.

``work``: a worker does all there is to do, killed like a command.
"""

from __future__ import annotations

import io
import json
import sys
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.test.utils import setup_test_environment

if TYPE_CHECKING:
    from tests.usecases.preservation.mortal import answer, arm, in_child
else:
    from mortal import answer, arm, in_child  # sets up Django and finds our tests
from PIL import Image
from tests.builders import make_account, now
from tests.personas import Office, closure_message, needed, new_number, open_office, pdf, step_message

from jingui import bootstrap
from jingui.bootstrap import instances
from jingui.domain.access.roles import Role
from jingui.domain.preservation.migration import MigrationChoices
from jingui.interfaces.cli import migration  # noqa: F401 - loaded once for all children
from jingui.interfaces.jobs.worker import Worker
from jingui.usecases.preservation.migrating import Decision, ask_trial, decide_migration, plan_migration


def make(cases: int) -> int:
    """Archive so many cases with a picture, and approve that pictures become PDF/A."""
    setup_test_environment()
    instances.initialise(settings.JINGUI)
    settings.MIGRATION_MODULES = dict.fromkeys((app.label for app in apps.get_app_configs()), None)
    call_command("migrate", run_syncdb=True, interactive=False, verbosity=0)
    office = open_office(settings.JINGUI.home)
    make_account("chen", Role.ARCHIVIST)
    for _ in range(cases):
        archive(office)
    office.work()
    choices = MigrationChoices("图", (("jpeg", "pdfa"),), "因", "据", "室", 1)
    row = plan_migration(choices, converter=bootstrap.workshop(), actor="account:chen", now=now())
    ask_trial(row.number, queue=office.services.queue, actor="account:chen", now=now())
    office.work()
    decide_migration(row.number, Decision(True, "同意"), actor="account:wang", now=now())
    office.services.examiner.close()
    bootstrap.workshop().close()
    return 0


def archive(office: Office) -> None:
    """Send a case with a picture."""
    source, number, photo = office.integrator, new_number(), io.BytesIO()
    Image.effect_noise((40, 30), 60).convert("RGB").save(photo, "JPEG")
    source.case(number)
    for key, query in needed():
        source.file(number, key, pdf(f"{number} {key}"), **query)
    source.file(number, "photo", photo.getvalue(), material="A02", name="照片.jpg")
    source.steps(number, step_message("s1"), step_message("s2", "决定"))
    source.post(f"/api/v1/cases/{number}/closure", closure_message())


def work(asked: dict[str, Any]) -> int:
    """Let a worker do all there is to do."""
    if asked["dies_at"]:
        arm(asked["dies_at"], asked["below"])
    Worker(bootstrap.services()).run_until_idle()
    return 0


def act(asked: dict[str, Any]) -> int:
    """Do what a line asks for."""
    if "make" in asked:
        return in_child(lambda: make(asked["make"]))
    return in_child(lambda: work(asked)) if "work" in asked else answer(asked)


if __name__ == "__main__":
    for line in sys.stdin:
        sys.stdout.write(f"{act(json.loads(line))}\n")
        sys.stdout.flush()
