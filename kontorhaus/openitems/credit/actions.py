"""What happens to customers' credit: given, spent on a claim, taken back, paid out.

Whoever moves credit holds the customer's balances first (after open items, before counters and
the end of the chain), so that no cent is spent twice.

pay(work, *, intent_id, account) -> Money
remove(work, *, intent_id, account) -> Money
issue(work, *, party_id, issued) -> IntentId
pay_out(work, *, party_id, paid_out) -> IntentId
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kontorhaus.contacts import queries as contacts
from kontorhaus.contacts.model import Party
from kontorhaus.identity import queries as identity
from kontorhaus.kernel.errors import Conflict
from kontorhaus.kernel.ids import IntentId, PartyId
from kontorhaus.kernel.money import Money
from kontorhaus.ledger import actions as ledger
from kontorhaus.ledger import charts
from kontorhaus.ledger import queries as books
from kontorhaus.ledger.charts import KeyAccounts
from kontorhaus.ledger.model import Posting, Transfer
from kontorhaus.openitems import actions as openitems
from kontorhaus.openitems import queries as items_of
from kontorhaus.openitems.credit import rules, store
from kontorhaus.openitems.credit.model import SOURCE, Entry, Issued, Kind, Movement, PaidOut
from kontorhaus.openitems.model import OpenItem, Settlement
from kontorhaus.runtime.work import Json, Work

_MAX_TEXT = 500
_ISSUED = {"voucher": "Gutschein", "top_up": "Aufladung", "goodwill": "Kulanz"}


def pay(work: Work, *, intent_id: IntentId, account: str | None) -> Money:
    """Pay the claim that a booking opened with its customer's credit, as far as it reaches.

    Dated today; the period is entered already. How much it was. Conflict: nothing_open, no_credit.
    """
    item = openitems.lock(work, intent_id=intent_id, account=account)
    if item.remaining.minor <= 0 or item.party_id is None:
        raise Conflict("nothing_open", "Nothing is open on this invoice.")
    held = store.balances(work, party_id=item.party_id, lock=True)
    parts = rules.spent(held, item.remaining, _accounts(work))
    if not parts:
        raise Conflict("no_credit", "There is no credit to pay with.")
    amount = rules.sum_of(parts)
    posting = _posting(work, rules.transfers(parts, item.account), f"Guthaben {item.reference}")
    posted = openitems.post(
        work,
        settlements=[
            Settlement(replace(posting, external_reference=item.reference), ((item, amount),))
        ],
    )[0]
    for credit_account, part in parts:
        entry = Entry(
            party_id=item.party_id,
            account=credit_account,
            intent_id=posted.intent_id,
            kind="payment",
            amount=-part,
            day=work.today,
            note=item.reference,
            open_item_id=item.id,
        )
        _keep(work, entry)
    _record(work, "credit.applied", item.party_id, amount, posted.intent_id)
    return amount


def enter_removal(work: Work, *, intent_id: IntentId, account: str | None) -> None:
    """Enter the periods in which credit is taken back: nothing may be locked yet.

    Each as its payment was, today where that one is closed. Conflict: period_locked.
    """
    item = items_of.of_intent(work, intent_id=intent_id, account=account)
    is_closed = False
    for day in sorted({one.entry.day for one in store.standing_on_item(work, item_id=item.id)}):
        try:
            ledger.enter_period(work, booking_date=day)
        except Conflict:
            is_closed = True
    if is_closed:
        ledger.enter_period(work, booking_date=work.today)


def remove(work: Work, *, intent_id: IntentId, account: str | None) -> Money:
    """Give the credit that was applied to an unpaid claim back to its customer; how much it was.

    The periods are entered already. Conflict: not_unpaid, no_credit_applied.
    """
    item = openitems.lock(work, intent_id=intent_id, account=account)
    if item.remaining.minor <= 0 or item.party_id is None:
        raise Conflict("not_unpaid", "Credit is only taken back from an unpaid invoice.")
    applied = store.standing_on_item(work, item_id=item.id)
    if not applied:
        raise Conflict("no_credit_applied", "No credit was applied to this invoice.")
    store.balances(work, party_id=item.party_id, lock=True)
    amount = -rules.sum_of([(one.entry.account, one.entry.amount) for one in applied])
    for paid_by in dict.fromkeys(one.entry.intent_id for one in applied):
        reversal_id = _reverse(work, paid_by)
        openitems.unsettle(work, intent_id=paid_by, reversal_id=reversal_id)
        undo(work, intent_id=paid_by, reversal_id=reversal_id)
    _record(work, "credit.removed", item.party_id, amount, intent_id)
    return amount


def _reverse(work: Work, intent_id: IntentId) -> IntentId:
    """Dated as the original if its period is open, else today."""
    reason = "Guthaben zurückgenommen"
    try:
        posted = ledger.reverse(
            work, intent_id=intent_id, reason=reason, posting_mode="original_period"
        )
    except Conflict as refusal:
        if refusal.code != "period_locked":
            raise
        posted = ledger.reverse(work, intent_id=intent_id, reason=reason)
    return posted.intent_id


def issue(work: Work, *, party_id: PartyId, issued: Issued) -> IntentId:
    """Give a customer credit, untaxed: it is a liability until it is spent.

    NotFound: not_found. Invalid: invalid_input, account_not_found. Conflict: period_locked.
    """
    rules.check_amount(issued.amount)
    party = _customer(work, party_id)
    account = rules.account_of(issued.kind, _accounts(work))
    _check_counter_account(work, issued.debit_account, account, "debit_account")
    ledger.enter_period(work, booking_date=issued.day)
    hold(work, party_ids=[party_id], account=account)
    transfer = Transfer(
        debit=issued.debit_account, credit=account, amount=issued.amount, pair=1, line=1
    )
    text = " · ".join(filter(None, (_ISSUED[issued.kind], party.details.name, issued.note)))
    posting = replace(_posting(work, (transfer,), text), booking_date=issued.day)
    intent_id = ledger.post(work, postings=[posting])[0].intent_id
    entry = Entry(party_id, account, intent_id, issued.kind, issued.amount, issued.day, issued.note)
    _keep(work, entry)
    _record(work, "credit.issued", party_id, issued.amount, intent_id, issued.kind)
    return intent_id


def pay_out(work: Work, *, party_id: PartyId, paid_out: PaidOut) -> IntentId:
    """Pay a customer's credit back.

    NotFound: not_found. Invalid: invalid_input, account_not_found. Conflict: not_enough_credit,
    period_locked.
    """
    rules.check_amount(paid_out.amount)
    party = _customer(work, party_id)
    accounts = _accounts(work)
    _check_counter_account(
        work, paid_out.credit_account, accounts.customer_credit, "credit_account"
    )
    ledger.enter_period(work, booking_date=paid_out.day)
    held = store.balances(work, party_id=party_id, lock=True)
    parts = rules.spent(held, paid_out.amount, accounts)
    rules.check_enough(parts, paid_out.amount)
    text = " · ".join(filter(None, ("Auszahlung Guthaben", party.details.name, paid_out.note)))
    posting = _posting(work, rules.transfers(parts, paid_out.credit_account), text)
    posted = ledger.post(work, postings=[replace(posting, booking_date=paid_out.day)])[0]
    for account, part in parts:
        entry = Entry(
            party_id, account, posted.intent_id, "refund", -part, paid_out.day, paid_out.note
        )
        _keep(work, entry)
    _record(work, "credit.paid_out", party_id, paid_out.amount, posted.intent_id)
    return posted.intent_id


# --- what other bookings do with credit


def hold(work: Work, *, party_ids: Sequence[PartyId], account: str) -> None:
    """Let nobody else move the credit of customers who shall get some on an account."""
    for party_id in sorted(set(party_ids)):
        store.open_balance(work, party_id=party_id, account=account)
        store.balances(work, party_id=party_id, lock=True)


def add(work: Work, *, entry: Entry) -> None:
    """Keep what a booking has added to a customer's credit, which is held."""
    _keep(work, entry)
    _record(work, "credit.added", entry.party_id, entry.amount, entry.intent_id, entry.kind)


def take_over(work: Work, *, item: OpenItem, amount: Money, kind: Kind) -> None:
    """Turn what is owed to a customer on an item into its credit; both are held."""
    assert item.party_id is not None, "credit belongs to a customer"
    account = _accounts(work).customer_credit
    transfer = Transfer(debit=item.account, credit=account, amount=amount, pair=1, line=1)
    posting = _posting(work, (transfer,), f"Guthaben aus {item.reference}")
    settlement = Settlement(replace(posting, external_reference=item.reference), ((item, -amount),))
    intent_id = openitems.post(work, settlements=[settlement])[0].intent_id
    entry = Entry(
        party_id=item.party_id,
        account=account,
        intent_id=intent_id,
        kind=kind,
        amount=amount,
        day=work.today,
        note=item.reference,
        open_item_id=item.id,
    )
    add(work, entry=entry)


def hold_of_intent(work: Work, *, intent_id: IntentId) -> None:
    """Hold what a booking moved, before it is reversed.

    Conflict("credit_spent") where it added credit that is no longer there; "credit_given" where
    it paid an invoice that was cancelled, so that the customer got credit for the payment.
    """
    if store.was_given_back(work, intent_id=intent_id):
        raise Conflict(
            "credit_given",
            "This payment became the customer's credit when its invoice was cancelled: reverse"
            " the booking of the credit first.",
        )
    moved = store.standing_of_intent(work, intent_id=intent_id)
    for party_id in dict.fromkeys(one.entry.party_id for one in moved):
        held = store.balances(work, party_id=party_id, lock=True)
        parts = [
            (one.entry.account, one.entry.amount)
            for one in moved
            if one.entry.party_id == party_id and one.entry.amount.minor > 0
        ]
        rules.check_taken_back(held, parts)


def undo(work: Work, *, intent_id: IntentId, reversal_id: IntentId) -> None:
    """Take back what a booking moved; its reversal carries the counter-entries."""
    for moved in store.standing_of_intent(work, intent_id=intent_id):
        entry = replace(
            moved.entry, intent_id=reversal_id, amount=-moved.entry.amount, day=work.today
        )
        store.insert(work, movement=Movement(work.new_id(), entry, undoes_id=moved.id))


def _customer(work: Work, party_id: PartyId) -> Party:
    return contacts.party_in_role(work, role="customer", party_id=party_id)


def _accounts(work: Work) -> KeyAccounts:
    return charts.KEY_ACCOUNTS[identity.settings(work).chart]


def _check_counter_account(work: Work, number: str, credit: str, field: str) -> None:
    found = books.accounts_by_number(work, numbers=[number]).get(number)
    rules.check_counter_account(found if number != credit else None, number, field)


def _posting(work: Work, transfers: tuple[Transfer, ...], text: str) -> Posting:
    return Posting(
        booking_date=work.today, description=text[:_MAX_TEXT], transfers=transfers, source=SOURCE
    )


def _keep(work: Work, entry: Entry) -> None:
    store.insert(work, movement=Movement(work.new_id(), entry))


def _record(
    work: Work,
    action: str,
    party_id: PartyId,
    amount: Money,
    intent_id: IntentId,
    kind: str | None = None,
) -> None:
    details: dict[str, Json] = {"amount": amount.minor, "intent_id": str(intent_id)}
    if kind:
        details["kind"] = kind
    work.record(action, subject="party", subject_id=party_id, details=details)
