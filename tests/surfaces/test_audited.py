"""Everything that changes something is in the audit trail: who, what, before and after (S-26)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from uuid import UUID

import pytest
from starlette.testclient import TestClient

from kontorhaus.app import asgi, bookkeeping, mails, quota, setup, tasks
from kontorhaus.app.cli import app as commands
from kontorhaus.identity.members import tasks as member_tasks
from kontorhaus.identity.model import Founded
from kontorhaus.identity.sessions import tasks as session_tasks
from kontorhaus.runtime import jobs, mail
from kontorhaus.runtime.config import from_environment
from kontorhaus.runtime.mail import Mail
from kontorhaus.runtime.resources import Resources
from kontorhaus.runtime.work import SYSTEM, Caller, begin
from tests import mail_sink
from tests.surfaces import web_routes
from tests.surfaces.audited import (
    billing_calls,
    books_calls,
    management_calls,
    oauth_calls,
    portal_calls,
    web_calls,
)
from tests.surfaces.audited.stage import KEYED, Stage
from tests.surfaces.billing.billing_api import PROFILE

# What is sent like a change and changes nothing of a company.
HARMLESS = {
    "POST /oauth2/introspect",  # tells an app what a token stands for
    "POST /customer/preferences",  # keeps the language in a cookie
    "POST /preferences",  # keeps language and colours in a cookie
}
# Jobs that make again what can be made again, or delete what has run out.
DERIVING = {"invoicing.render"}
# Commands that change no company, or the whole server with its files.
UNRECORDED = {
    *("serve", "run", "worker", "migrate", "doctor", "verify", "export-chain"),
    "rotate-keys",
    "rotate-secret",
    *("backup", "restore"),
}


@pytest.fixture
def stage(
    resources: Resources, new_organization: Callable[..., Founded], superuser_conninfo: str
) -> Iterator[Stage]:
    founded = new_organization(PROFILE)
    caller = Caller(founded.tenants["LIVE"], SYSTEM, "Europe/Berlin")
    app = asgi.create_app(resources)
    tenants = tuple(founded.tenants.values())
    with TestClient(app, base_url="http://127.0.0.1", follow_redirects=False) as client:
        stage = Stage(resources, caller, client, superuser_conninfo, tenants)
        owner, _ = stage.person("owner")
        colleague, _ = stage.person("admin")
        stage.tokens = {surface: stage.key(surface, owner) for surface in KEYED}
        stage.tokens["colleague"] = stage.key("books", colleague)
        yield stage
    with resources.database.connection() as connection:
        connection.execute("delete from login_window")


def test_every_operation_that_writes_is_recorded(stage: Stage) -> None:
    for calls in (books_calls, billing_calls, portal_calls, oauth_calls, management_calls):
        calls.play(stage)
    assert stage.problems == []
    writing = {
        f"{found.method} {surface.base}{found.path}"
        for surface in asgi.SURFACES
        for found in surface.operations
        if found.writes
    }
    assert writing - stage.asked == HARMLESS & writing


def test_every_form_of_the_web_pages_is_recorded(stage: Stage) -> None:
    web_calls.play(stage)
    assert stage.problems == []
    posted = {f"POST {path}" for path in web_routes.paths("POST")}
    assert posted - stage.asked == HARMLESS & posted


def test_every_command_and_every_job_is_recorded(stage: Stage) -> None:
    tenant, there = str(stage.caller.tenant_id), stage.resources
    _, email = stage.person("owner")
    stage.command(
        "settings",
        lambda: bookkeeping.settings(there, tenant=tenant, changes=["sepa_version=03"]),
        changes=True,
    )
    stage.command(
        "quota", lambda: quota.change(there, tenant=tenant, documents="500"), changes=True
    )
    stage.command("invite", lambda: setup.invitation(there, email=email))
    stage.switch_factor_on(email)
    stage.command(
        "second-factor-off",
        lambda: setup.without_second_factor(there, email=email),
        changes=True,
    )
    with begin(there.database, stage.caller) as work:
        mail_id = mail.enqueue(work, mail=Mail("anna@example.de", "Post", "Guten Tag"))
    stage.command("send-mails", lambda: mails.take_up(there))
    with mail_sink.running() as sink:
        config = from_environment(
            {
                "KONTORHAUS_HOME": str(there.config.home),
                "KONTORHAUS_SMTP_URL": f"smtp://127.0.0.1:{sink.port}",
                "KONTORHAUS_MAIL_FROM": "post@kontorhaus.example",
            }
        )
        stage.resources = replace(there, config=config)
        stage.work_off("runtime.mail", mail.deliver, mail_id=str(mail_id))
        person = next(user for user in stage.members() if user.email == email)
        link = session_tasks.mail_password_link
        stage.work_off("identity.mail_password_link", link, user_id=str(person.id))
        invitation = member_tasks.mail_invitation
        stage.work_off("identity.mail_invitation", invitation, user_id=str(stage.newcomer()))
    assert stage.problems == []
    operators = [row for row in stage.rows() if row.actor["label"] == "Operator"]
    assert {row.action for row in operators} >= {
        "identity.settings_changed",
        "identity.quota_changed",
        "mail.taken_up",
    }


def test_every_command_and_every_job_is_known_here() -> None:
    tasks.register()
    recorded = {"runtime.mail", "identity.mail_password_link", "identity.mail_invitation"}
    recorded |= {"books.import_bookings", "billing.document_run"}
    ours = {name for name in jobs._tasks if not name.startswith("tests.")}
    assert ours == recorded | DERIVING
    names = {found.name or found.callback.__name__ for found in commands.registered_commands}
    recorded = {"settings", "quota", "invite", "send-mails", "demo", "second-factor-off"}
    assert names == recorded | UNRECORDED


def test_who_is_refused_is_recorded_with_the_request(stage: Stage) -> None:
    member, email = stage.person("member")
    headers = {"Authorization": f"Bearer {stage.key('books', member)}"}
    by_key = stage.client.patch("/books/v1/settings", headers=headers, content=b"{}")
    web_calls.sign_in(stage, email)
    form = {"form_token": stage.ids["form_token"]}
    at_page = stage.client.post("/settings", data=form)
    for answer, kind, operation in (
        (by_key, "api_key", "books.change_settings"),
        (at_page, "user", "POST /settings"),
    ):
        assert answer.status_code == 403
        (row,) = stage.rows_of(UUID(answer.headers["x-request-id"]))
        assert (row.action, row.subject_id) == ("identity.refused", operation)
        assert (row.actor["kind"], row.actor["user_id"]) == (kind, str(member))
        assert row.details == {"code": "forbidden"}
