"""A seller with customers, and the browsers of both, for the tests of the customers' pages."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from starlette.testclient import TestClient

from kontorhaus.contacts.model import Party, PartyDetails
from kontorhaus.identity import actions as identity
from kontorhaus.identity.customers import actions as customers
from kontorhaus.identity.customers.model import MailedAccess
from kontorhaus.identity.model import Founded
from kontorhaus.invoicing import actions as invoicing
from kontorhaus.invoicing.customers import queries
from kontorhaus.invoicing.model import Content, Document, Line, NewDocument
from kontorhaus.kernel.ids import UserId
from kontorhaus.receivables import actions as receivables
from kontorhaus.runtime import secret
from kontorhaus.runtime.ids import uuid7
from kontorhaus.runtime.resources import Resources
from kontorhaus.runtime.work import SYSTEM, Actor, Caller, Work, begin
from kontorhaus.surfaces.web import routes

FORM_TOKEN = re.compile(r'name="form_token" value="([0-9a-f]+)"')
SERVER = Line("Managed Server M", Decimal(3), Decimal("149.00"), None, Decimal(19))


@dataclass
class Seller:
    """A company as the program sees it."""

    resources: Resources
    caller: Caller

    def working(self) -> Any:
        return begin(self.resources.database, self.caller)

    def customer(self, name: str = "Deichgraf Maschinenbau GmbH", **details: str) -> Party:
        email = f"{uuid7().hex}@deichgraf.example"
        given = {
            "name": name, "address1": "Am Sielhof 4", "address2": "25813 Husum",
            "country_code": "DE", "email": email, **details,
        }  # fmt: skip
        with self.working() as work:
            return receivables.register_customer(work, details=PartyDetails(**given))

    def invoice(self, party: Party, *, line: Line = SERVER, days_ago: int = 0) -> Document:
        with self.working() as work:
            day: date = work.today - timedelta(days=days_ago)
            content = Content(day, None, (line,))
            new = NewDocument("invoice", content, client_id=party.public_id, finalized=True)
            return invoicing.create(work, new=new)

    def serial(self, party: Party, document: Document) -> int:
        with self.working() as work:
            found, _ = queries.invoices(work, party_id=party.id, limit=100)
        return next(each.serial for each in found if each.public_id == document.public_id)

    def link(self, party: Party, address: str = "") -> tuple[str, MailedAccess]:
        """A link as a mail would take it along, and the access behind it."""
        keys = secret.of(self.resources.config.home)
        with self.working() as work:
            token, access = customers.issue_link(
                work, secret=keys, party_id=party.id, address=address or party.details.email or ""
            )
        return f"/customer/enter/{token}", access

    def token(self, party: Party, last_day: date | None = None) -> tuple[str, Any]:
        """A customer's token, given by a person of the company."""
        with self.working() as work:
            owner = identity.create_user(
                work, email=f"{uuid7().hex}@nordlicht.example", role="owner"
            )
        keys = secret.of(self.resources.config.home)
        with begin(self.resources.database, self._as(owner)) as work:
            issued = customers.issue_token(
                work, secret=keys, party_id=party.id, name=uuid7().hex, last_day=last_day
            )
        return issued.token, issued.key.id

    def _as(self, user_id: UserId) -> Caller:
        actor = Actor("user", None, user_id, "Katrin Brandt", None, "web", "dashboard")
        return Caller(self.caller.tenant_id, actor, "Europe/Berlin")

    def audited(self, prefix: str) -> list[tuple[Any, ...]]:
        """Action, subject and label of the actor of what the trail says, oldest first."""
        with self.working() as work:
            return rows(
                work,
                "select action, subject_id, actor->>'label', actor->>'kind' from audit"
                " where tenant_id = %(tenant)s and starts_with(action, %(prefix)s) order by id",
                prefix=prefix,
            )


def rows(work: Work, query: str, **values: object) -> list[tuple[Any, ...]]:
    """What the database says of the tenant."""
    found = work.connection.execute(query.encode(), {"tenant": work.tenant_id, **values})
    return found.fetchall()


def seller_of(resources: Resources, founded: Founded, environment: str = "LIVE") -> Seller:
    caller = Caller(founded.tenants[environment], SYSTEM, "Europe/Berlin")
    return Seller(resources, caller)


@dataclass
class Browser:
    """A browser without scripts."""

    client: TestClient

    def form_token(self, path: str) -> str:
        found = FORM_TOKEN.search(self.client.get(path).text)
        assert found, path
        return found[1]

    def send(self, path: str, shown_at: str = "", **typed: str) -> Any:
        """A form as it is sent from the page it stands on."""
        form = {"form_token": self.form_token(shown_at or path), **typed}
        return self.client.post(path, data=form)

    def come_in(self, link: str) -> Browser:
        """Through a mailed link."""
        answer = self.send(link)
        assert (answer.status_code, answer.headers["location"]) == (303, "/customer")
        return self

    def page(self, path: str = "/customer") -> str:
        answer = self.client.get(path)
        assert answer.status_code == 200, answer.text
        return str(answer.text)


def browser(resources: Resources, *, base_url: str = "http://testserver") -> Browser:
    app = routes.create_app(resources)
    return Browser(TestClient(app, follow_redirects=False, base_url=base_url))
