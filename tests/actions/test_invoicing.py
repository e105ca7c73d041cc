"""Documents from draft to claim, on real PostgreSQL."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import psycopg
import pytest

from kontorhaus.contacts import actions as contacts
from kontorhaus.contacts import queries as parties
from kontorhaus.identity import actions as identity
from kontorhaus.invoicing import actions, drafting, queries, quota, store
from kontorhaus.invoicing.model import (
    Artefact,
    Filter,
    MarkChange,
    Verdict,
)
from kontorhaus.invoicing.numbers import series
from kontorhaus.invoicing.verification import queries as verification
from kontorhaus.kernel.errors import Conflict, Invalid, NotFound
from kontorhaus.kernel.money import Money
from kontorhaus.ledger import queries as ledger
from kontorhaus.openitems import queries as openitems
from kontorhaus.openitems.invoices import queries as claims
from kontorhaus.openitems.invoices.model import Filter as ClaimFilter
from kontorhaus.receivables import actions as receivables
from kontorhaus.runtime import counter
from kontorhaus.runtime.blobs import Blobs
from tests.actions.invoicing_examples import BOOK, DAY, INLINE, change, contact, issued, new


def test_the_worked_example_becomes_number_claim_and_posting(work):
    customer = contact(work)
    document = actions.create(work, new=new(customer.public_id, finalized=True))
    assert document.number == "RE-2026-0001"
    assert (document.totals.net, document.totals.tax, document.totals.gross) == (
        Money(11980),
        Money(2036),
        Money(14016),
    )
    assert document.claim is not None
    entries = ledger.intent(work, intent_id=document.claim.intent_id).entries
    account = customer.customer_account
    assert [
        (e.event.transfer.debit, e.event.transfer.credit, e.event.transfer.amount.minor)
        for e in entries
    ] == [
        (account, "4400", 9980),
        (account, "3806", 1896),
        (account, "4300", 2000),
        (account, "3801", 140),
    ]
    item = openitems.of_intent(work, intent_id=document.claim.intent_id)
    assert (item.remaining, item.due_date, item.reference) == (
        Money(14016),
        date(2026, 3, 16),
        "RE-2026-0001",
    )
    assert ledger.verify(work) == []
    assert openitems.verify(work) == []


def test_the_books_list_the_invoice_with_lines_that_add_up(work):
    document = issued(work, discount_rate=Decimal("7.5"))
    assert document.claim is not None
    invoice = claims.invoice(work, role="customer", invoice_id=document.claim.invoice_id)
    assert invoice.gross == document.totals.gross
    assert sum(line.total.minor for line in invoice.lines) == invoice.gross.minor
    assert sum(line.tax_amount.minor for line in invoice.lines) == invoice.tax.minor
    assert [line.account for line in invoice.lines] == ["4400", "4300"]
    owing = claims.open_parties(work, role="customer")
    assert (owing[0].party_name, owing[0].net_open) == ("Große Bücher GmbH", invoice.gross)
    party, owed = claims.party(work, role="customer", party_id=invoice.party_id)
    assert (party.customer_account, owed) == (invoice.account, invoice.gross)


def test_the_status_follows_from_what_is_left_and_from_the_day(work):
    document = issued(work)
    assert document.claim is not None
    invoice = claims.invoice(work, role="customer", invoice_id=document.claim.invoice_id)
    assert invoice.status == ("overdue" if work.today > date(2026, 3, 16) else "open")
    wanted = ClaimFilter(status=invoice.status, party_id=invoice.party_id)
    found, count = claims.invoices(work, role="customer", wanted=wanted, limit=10, offset=0)
    assert (count, found[0].id) == (1, invoice.id)
    wanted = ClaimFilter(status="paid", party_id=invoice.party_id)
    assert claims.invoices(work, role="customer", wanted=wanted, limit=10, offset=0) == ([], 0)


def test_a_draft_has_no_number_until_it_is_final(work):
    draft = actions.create(work, new=new(contact(work).public_id))
    assert (draft.number, draft.shown_number) == (None, f"DRAFT-{draft.public_id}")
    final = actions.amend(
        work, public_id=draft.public_id, change=change("finalized", finalized=True)
    )
    assert final.number == "RE-2026-0001"
    assert final.finalized_date == work.today


def test_a_number_given_by_hand_is_skipped_by_the_series(work):
    issued(work, number="RE-2026-0001")
    assert issued(work).number == "RE-2026-0002"
    with pytest.raises(Conflict) as refusal:
        issued(work, number="RE-2026-0002")
    assert refusal.value.code == "number_taken"


def test_each_type_and_year_has_its_series(work):
    customer = contact(work).public_id
    numbers = [
        actions.create(work, new=new(customer, finalized=True, **more)).number
        for more in ({}, {"document_date": date(2025, 12, 31)}, {"type": "estimate"}, {})
    ]
    assert numbers == ["RE-2026-0001", "RE-2025-0001", "AN-2026-0001", "RE-2026-0002"]


def test_an_estimate_becomes_final_without_a_posting(work):
    before = ledger.head(work)
    estimate = actions.create(
        work, new=new(contact(work).public_id, type="estimate", finalized=True)
    )
    assert estimate.claim is None
    assert ledger.head(work) == before


def test_an_invoice_in_another_currency_does_not_come_into_the_books(work):
    identity.change_profile(work, changes={"currency": "CHF"})
    customer, before = contact(work).public_id, ledger.head(work)
    draft = actions.create(work, new=new(customer))
    for finalize in (
        lambda: actions.create(work, new=new(customer, finalized=True)),
        lambda: actions.amend(
            work, public_id=draft.public_id, change=change("finalized", finalized=True)
        ),
    ):
        with pytest.raises(Invalid) as refusal:
            finalize()
        assert refusal.value.details == {"field": "currency"}
    assert ledger.head(work) == before


def test_a_client_without_contact_comes_into_the_books_once(work):
    first, second = (actions.create(work, new=new(finalized=True)) for _ in range(2))
    assert first.claim is not None
    assert second.claim is not None
    assert first.claim.account == second.claim.account
    assert parties.contacts(work, limit=10, skip=0)[1] == 0


def test_a_client_with_a_known_number_is_that_contact(work):
    known = contact(work, client_number="K-1")
    document = actions.create(
        work, new=new(finalized=True, client=replace(INLINE, client_number="K-1"))
    )
    assert document.claim is not None
    assert document.claim.account == known.customer_account


def test_the_snapshot_of_the_contact_stays_when_the_contact_changes_or_goes(work):
    customer = contact(work)
    draft = actions.create(work, new=new(customer.public_id))
    receivables.amend_customer(
        work, public_id=customer.public_id, change=lambda d: replace(d, name="Neu GmbH")
    )
    contacts.hide(work, public_id=customer.public_id)
    final = actions.amend(
        work, public_id=draft.public_id, change=change("finalized", finalized=True)
    )
    assert final.content.client is not None
    assert final.content.client.name == "Große Bücher GmbH"
    assert final.claim is not None
    assert final.claim.account == customer.customer_account


def test_a_final_document_takes_marks_and_nothing_else(work):
    document = issued(work)
    with pytest.raises(Conflict) as refusal:
        actions.amend(
            work,
            public_id=document.public_id,
            change=change(
                "notes",
                "sent",
                content=lambda c: replace(c, notes="x"),
                sent=MarkChange(is_set=True),
            ),
        )
    assert refusal.value.details["fields"] == ["notes"]
    marked = actions.amend(
        work,
        public_id=document.public_id,
        change=change(
            "sent",
            "customStatus",
            sent=MarkChange(is_set=True, notes="per Post"),
            custom=MarkChange(is_set=True, name="geprüft"),
        ),
    )
    assert marked.sent is not None
    assert (marked.sent.day, marked.sent.notes) == (work.today, "per Post")
    assert marked.custom is not None
    assert marked.custom.name == "geprüft"
    assert marked.content == document.content
    with pytest.raises(Invalid):
        actions.amend(
            work, public_id=document.public_id, change=change("finalized", finalized=False)
        )


def test_the_database_itself_keeps_a_final_document(work):
    document = issued(work)
    with pytest.raises(psycopg.errors.RestrictViolation), work.connection.transaction():
        store.update(
            work, document=replace(document, content=replace(document.content, notes="changed"))
        )
    with pytest.raises(psycopg.errors.RestrictViolation), work.connection.transaction():
        store.delete(work, document=document)


def test_nothing_is_posted_into_a_closed_period(work):
    issued(work)
    work.connection.execute(
        "update period set state = 'locked' where tenant_id = %s and period = '2026-03'",
        [work.tenant_id],
    )
    with pytest.raises(Conflict) as refusal:
        issued(work)
    assert refusal.value.code == "period_locked"


def test_the_list_filters_and_counts(work):
    customer = contact(work)
    first = actions.create(work, new=new(customer.public_id, finalized=True))
    actions.create(work, new=new())
    actions.amend(
        work, public_id=first.public_id, change=change("paid", paid=MarkChange(is_set=True))
    )
    for wanted, count in (
        (Filter(), 2),
        (Filter(paid=True), 1),
        (Filter(paid=False), 1),
        (Filter(finalized=True), 1),
        (Filter(sent=True), 0),
        (Filter(cancelled=True), 0),
        (Filter(cancelled=False), 2),
        (Filter(client_id=customer.public_id), 1),
        (Filter(first_day=date(2026, 3, 3)), 0),
        (Filter(last_day=DAY), 2),
        (Filter(type="estimate"), 0),
        (Filter(order=("-document_date", "created_at")), 2),
    ):
        rows, total = queries.documents(work, wanted=wanted, limit=10, skip=0)
        assert (len(rows), total) == (count, count), wanted
    assert quota.usage(work) == quota.Usage(used=2, quota=None)


def test_a_draft_can_be_deleted_a_final_document_cannot(work):
    draft = actions.create(work, new=new())
    actions.delete(work, public_id=draft.public_id)
    with pytest.raises(NotFound):
        queries.document(work, public_id=draft.public_id)
    with pytest.raises(Conflict):
        actions.delete(work, public_id=issued(work).public_id)


def test_the_audit_trail_keeps_what_a_deleted_draft_said(work):
    draft = actions.create(work, new=new(number="X-1", discount_rate=Decimal(3)))
    actions.delete(work, public_id=draft.public_id)
    (details,) = work.connection.execute(
        "select details from audit where tenant_id = %s and action = 'invoicing.deleted'",
        [work.tenant_id],
    ).fetchone()
    assert details["public_id"] == draft.public_id
    kept = details["snapshot"]
    assert (kept["type"], kept["number"]) == ("invoice", "X-1")
    assert kept["content"]["discount_rate"] == "3"
    assert [line["title"] for line in kept["content"]["lines"]] == ["Hosting S", "Buch"]
    assert kept["totals"]["gross"] == {"minor": 13596, "currency": "EUR"}


def test_an_e_invoice_that_was_not_judged_as_it_is_now_is_refused(work):
    customer = contact(work, email="a@example.org", client_number="K-1")
    wanted = new(customer.public_id, export_type="xrechnung")
    with pytest.raises(Conflict) as refusal:
        actions.create(work, new=wanted)
    assert refusal.value.code == "changed_meanwhile"
    content = drafting.completed(
        work, content=wanted.content, document_type="invoice", client_id=customer.public_id
    )
    judged = drafting.snapshot(work, content=content, document_type="invoice", number=None)
    assert actions.create(work, new=wanted, verdict=Verdict(judged)).number is None


def test_a_supply_without_a_tax_case_is_refused_naming_rule_and_field(work):
    zero = replace(BOOK, vat_rate=Decimal(0))
    for more, field in (
        ({"lines": (zero,), "export_type": "factur-x"}, "lines[0].taxCase"),
        ({"vat_regulation": "intra-community-supply"}, "vatRegulation"),
    ):
        with pytest.raises(Invalid) as refusal:
            actions.create(work, new=new(contact(work).public_id, **more))
        assert refusal.value.details["findings"][0]["field"] == field


@pytest.mark.parametrize(
    ("country", "regulation", "account"),
    [
        ("DE", "reverse-charge", "4337"),
        ("AT", "reverse-charge", "4336"),
        ("CH", "reverse-charge", "4338"),
        ("FR", "intra-community-supply", "4125"),
    ],
)
def test_supplies_without_tax_are_posted_to_the_account_of_their_case(
    work, country, regulation, account
):
    customer = contact(work, country_code=country)
    document = actions.create(
        work, new=new(customer.public_id, finalized=True, vat_regulation=regulation)
    )
    assert document.totals.gross == Money(11980)
    assert ledger.balance(work, account=account) == Money(-11980)


def test_a_small_trader_charges_no_tax(work):
    identity.change_profile(work, changes={"small_trader": True})
    document = issued(work)
    assert (document.totals.tax, document.totals.gross) == (Money(0), Money(11980))
    assert ledger.balance(work, account="4184") == Money(-11980)


def test_the_tax_arises_when_the_service_ends(work):
    document = issued(work, service_date=date(2026, 2, 1), service_date_end=date(2026, 2, 28))
    assert document.claim is not None
    intent = ledger.intent(work, intent_id=document.claim.intent_id).entries[0].intent
    assert (intent.booking_date, intent.tax_date) == (DAY, date(2026, 2, 28))


def test_verification_sees_gaps_claims_and_changed_files(work, tmp_path):
    blobs = Blobs(tmp_path / "blobs")
    issued(work, number="RE-2026-0001")
    document = issued(work)
    assert document.number == "RE-2026-0002"
    sha256 = blobs.put(b"%PDF")
    store.insert_artefact(work, document_id=document.id, artefact=Artefact("pdf", sha256, 4))
    assert verification.verify(work, blobs=blobs) == []
    for path in (tmp_path / "blobs").rglob("*"):
        if path.is_file():
            path.chmod(0o600)
            path.write_bytes(b"%FAK")
    counter.next_value(work, series="document:invoice:2026")
    found = [one.check for one in verification.verify(work, blobs=blobs)]
    assert sorted(found) == ["file", "number"]


def test_a_series_that_begins_later_has_no_gap_before_it(work, tmp_path):
    blobs = Blobs(tmp_path / "blobs")
    for first in (500, 118):
        series.begin(work, kind="invoice", day=DAY, first=first)
    assert issued(work).number == "RE-2026-0118"
    assert verification.verify(work, blobs=blobs) == []
    with pytest.raises(Conflict):
        series.begin(work, kind="invoice", day=DAY, first=200)
    counter.next_value(work, series="document:invoice:2026")
    (found,) = verification.verify(work, blobs=blobs)
    assert (found.check, "119" in found.message) == ("number", True)
