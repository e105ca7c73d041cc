"""Lets the plan of a company happen, by the same actions that a user calls."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

from kontorhaus.app.demo import camt_file, days, documents, invented
from kontorhaus.app.demo.calendar import past
from kontorhaus.app.demo.model import BankLine, Company
from kontorhaus.app.demo.stage import Stage, Written
from kontorhaus.banking import actions as banking
from kontorhaus.banking import queries as bank
from kontorhaus.banking.actions import NewBankAccount
from kontorhaus.banking.camt import statement as camt
from kontorhaus.banking.model import (
    BOOKING,
    RECEIVABLE,
    Allocation,
    MatchPair,
    TransactionFilter,
)
from kontorhaus.contacts import queries as contacts
from kontorhaus.identity import actions as identity
from kontorhaus.identity.model import ENVIRONMENTS
from kontorhaus.identity.organizations import sight
from kontorhaus.identity.organizations.model import Details
from kontorhaus.kernel import postal
from kontorhaus.kernel.errors import Refusal
from kontorhaus.kernel.ids import BankTransactionId, IntentId
from kontorhaus.kernel.money import Money
from kontorhaus.kernel.period import next_month
from kontorhaus.ledger import actions as ledger
from kontorhaus.ledger import charts, founding
from kontorhaus.openitems.credit import actions as credit
from kontorhaus.openitems.credit.model import Issued
from kontorhaus.receivables import actions as receivables
from kontorhaus.runtime.resources import Resources
from kontorhaus.runtime.work import SYSTEM, Actor, Caller, Work, begin

LOADED = "demo.loaded"

_CREDIT = Money(5000)

Progress = Callable[[str], None]


def load(resources: Resources, company: Company, *, progress: Progress) -> None:
    """Found the company and let its twelve months happen in its LIVE tenant."""
    with past(resources, company.profile.time_zone) as (then, calendar):
        calendar.turn_to(company.months[0], 8)
        stage = Stage(then, calendar, _found(then, company), company)
        written = _open(stage)
        documents.furnish(stage)
        for month in company.months:
            progress(f"{company.profile.name}: {days.month_name(month)}")
            documents.write(stage, written, month)
            _book(stage, written, month)
            _bank(stage, written, month)
        _give_credit(stage, written)
        _manage(stage)
        with begin(then.database, stage.caller) as work:
            work.record(LOADED, subject="organization", subject_id=company.profile.name)


def _found(resources: Resources, company: Company) -> Caller:
    """The organization with its owner, who is the one that acts from now on."""
    zone, owner = company.profile.time_zone, company.owner
    founded = founding.found(resources.database, profile=company.profile, settings=company.settings)
    tenant_id = founded.tenants[ENVIRONMENTS[-1]]
    with begin(resources.database, Caller(tenant_id, SYSTEM, zone)) as work:
        user_id = identity.create_user(
            work,
            email=owner.email,
            role="owner",
            first_name=owner.first_name,
            last_name=owner.last_name,
        )
    label = f"{owner.first_name} {owner.last_name}"
    return Caller(tenant_id, Actor("user", user_id, user_id, label, None, "web", "demo"), zone)


def _open(stage: Stage) -> Written:
    """The bank account and the customers."""
    company = stage.company
    with begin(stage.resources.database, stage.caller) as work:
        account = banking.create_bank_account(
            work,
            wanted=NewBankAccount(
                name=company.bank_name,
                iban=company.profile.iban,
                account_number=company.bank_account,
                bic=company.profile.bic,
            ),
        )
        contacts = {
            customer.number: receivables.register_customer(work, details=customer.details).public_id
            for customer in company.customers
        }
    return Written(account.id, company.opening, contacts)


def _give_credit(stage: Stage, written: Written) -> None:
    """The customer whose portal may be visited has something to pay with."""
    company = stage.company
    given = Issued(
        kind="goodwill",
        amount=_CREDIT,
        debit_account=charts.KEY_ACCOUNTS[company.settings.chart].small_differences,
        day=days.last_day(company.months[-1]),
        note="Ausfall am Wochenende",
    )
    with begin(stage.resources.database, stage.caller) as work:
        customer = contacts.contact(work, public_id=written.contacts[company.portal_customer])
        credit.issue(work, party_id=customer.id, issued=given)


def _manage(stage: Stage) -> None:
    """A customer tries the program out: an organization in TEST that the company manages."""
    company = stage.company
    for customer in company.customers:
        if customer.number != company.managed_customer:
            continue
        told, country = customer.details, company.profile.country_code
        place = postal.postal_address(told.address, country)
        details = Details(
            name=told.name,
            address_line1=place.street[0],
            zip=place.zip,
            town=place.city,
            country_code=country,
            metadata={"customer": customer.number},
        )
        with begin(stage.resources.database, stage.caller) as work:
            (mine,) = sight.seen(work)
            founding.found_for(work, details=details, managed_by=mine.id, document_quota=None)


# --- bookings


def _book(stage: Stage, written: Written, month: date) -> None:
    """The month's bookings, entered at its end."""
    stage.calendar.turn_to(days.last_day(month), 17)
    planned = [one for one in stage.company.bookings if one.day.replace(day=1) == month]
    bookings = [
        ledger.Booking(
            booking_date=one.day,
            description=one.text,
            lines=one.lines,
            external_reference=one.reference,
        )
        for one in planned
    ]
    with begin(stage.resources.database, stage.caller) as work:
        posted = ledger.book_all(work, bookings=bookings)
    for one, result in zip(planned, posted, strict=True):
        written.bookings[one.key] = result.intent_id


# --- bank


def _bank(stage: Stage, written: Written, month: date) -> None:
    """The statement of the month, imported on the first of the next, and matched."""
    company = stage.company
    lines = [
        _with_numbers(line, written)
        for line in company.bank_lines
        if line.day.replace(day=1) == month
    ]
    sheet = camt_file.Sheet(
        number=month.month, first=month, last=days.last_day(month), opening=written.balance
    )
    account = camt_file.Account(
        company.profile.name, company.profile.iban, company.profile.bank_name
    )
    statements = camt.parse(camt_file.write(account, sheet, lines))
    stage.calendar.turn_to(next_month(month), 8)
    with begin(stage.resources.database, stage.caller) as work:
        banking.import_statements(work, statements=statements)
    closing = statements[-1].closing
    assert closing is not None
    written.balance = closing.amount
    with begin(stage.resources.database, stage.caller) as work:
        _match(work, written, lines, month)


def _with_numbers(line: BankLine, written: Written) -> BankLine:
    """The line with the numbers of the invoices that it pays in its purpose."""
    if not line.settles:
        return line
    numbers = [written.invoices[key][0] for key in line.settles]
    purpose = line.purpose.format(*numbers, typo=invented.mistyped(numbers[0]))
    return replace(line, purpose=purpose)


def _match(work: Work, written: Written, lines: Sequence[BankLine], month: date) -> None:
    """First the right ones among the suggestions, then by hand what is left."""
    ids = _transactions(work, written, month)
    offered: dict[BankTransactionId, frozenset[IntentId]] = {}
    for suggestion in bank.suggestions(work, bank_account_id=written.bank_account):
        intents = frozenset(claim.intent_id for claim in suggestion.claims)
        offered.setdefault(suggestion.transaction_id, intents)
    matched = [line for line in lines if line.is_matched]
    suggested = [
        line for line in matched if offered.get(ids[line.reference]) == _intents(line, written)
    ]
    for chosen in (suggested, [line for line in matched if line not in suggested]):
        pairs = [pair for line in chosen for pair in _pairs(line, ids[line.reference], written)]
        for outcome in banking.reconcile_all(work, pairs=pairs):
            if isinstance(outcome, Refusal):
                raise outcome
        for line in chosen:
            if len(line.settles) > 1:
                _group(work, line, ids[line.reference], written)


def _transactions(work: Work, written: Written, month: date) -> dict[str, BankTransactionId]:
    """The month's transactions by the bank's reference."""
    found, _ = bank.transactions(
        work,
        wanted=TransactionFilter(
            bank_account_id=written.bank_account,
            start_date=month,
            end_date=next_month(month) - timedelta(days=1),
            limit=1000,
        ),
    )
    return {one.bank_reference or "": one.id for one in found}


def _intents(line: BankLine, written: Written) -> frozenset[IntentId]:
    if line.booking:
        return frozenset((written.bookings[line.booking],))
    return frozenset(written.invoices[key][1].intent_id for key in line.settles)


def _pairs(
    line: BankLine, transaction_id: BankTransactionId, written: Written
) -> Iterator[MatchPair]:
    """The line against its booking, or against the one invoice that it pays."""
    if line.booking:
        yield MatchPair(transaction_id, written.bookings[line.booking], BOOKING, None)
    elif len(line.settles) == 1:
        claim = written.invoices[line.settles[0]][1]
        yield MatchPair(transaction_id, claim.intent_id, RECEIVABLE, claim.account)


def _group(work: Work, line: BankLine, transaction_id: BankTransactionId, written: Written) -> None:
    """One payment for several invoices, each of them in full."""
    by_intent = {claim.intent_id: claim for claim in bank.open_claims(work)}
    allocations = []
    for key in line.settles:
        claim = by_intent[written.invoices[key][1].intent_id]
        allocations.append(
            Allocation(claim.intent_id, RECEIVABLE, claim.account, Money(claim.remaining))
        )
    banking.match_group(work, transaction_ids=[transaction_id], allocations=allocations)
