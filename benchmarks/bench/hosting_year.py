"""A German hosting company's year: customers, invoices, bills and what the bank saw of them.

Everything is in integer cents; the same seed gives the same year. Messy on purpose: mistyped
references, collective payments, fees, discounts, third-party payers, returned direct debits.
"""

from __future__ import annotations

import random
from datetime import date, timedelta

from benchmarks.bench.hosting_model import (
    Bill,
    Customer,
    Invoice,
    Transaction,
    Vendor,
    Year,
    enter,
    new_iban,
)
from benchmarks.bench.hosting_names import (
    BRANCHES,
    CITIES,
    FIRST_NAMES,
    LAST_NAMES,
    LEGAL_FORMS,
    PLAN_WEIGHTS,
    PLANS,
    TRADES,
)
from benchmarks.bench.hosting_payers import Payers

MOST_CUSTOMERS = 59_999
FIRST_CUSTOMER = 10_001
FIRST_VENDOR = 70_001

_TAX_OFFICE = ("Finanzamt Münster-Innenstadt", "DE27400000000040001513")
_STRIPE = ("STRIPE PAYMENTS EUROPE LTD", "IE64IRCE92050112345678")
_EXTRAS = [1200, 1500, 2500, 4900, 7500, 9500]


def generate(*, customers: int, seed: int, year: int = 2025) -> Year:
    """A year of so many customers (at most 59,999)."""
    if not 1 <= customers <= MOST_CUSTOMERS:
        raise ValueError(f"customers: 1 to {MOST_CUSTOMERS}")
    chance = random.Random(seed)
    made = Year(year, [_customer(chance, FIRST_CUSTOMER + n) for n in range(customers)])
    _invoice(chance, made)
    Payers(chance, made).pay()
    _buy(chance, made)
    made.transactions.sort(key=lambda t: (t.day, t.iban, t.amount, t.purpose))
    for number, found in enumerate(made.transactions):
        found.id = f"{found.day:%Y%m%d}{number:08d}"
    return made


def _customer(chance: random.Random, number: int) -> Customer:
    is_private = chance.random() < 0.35
    last_name = chance.choice(LAST_NAMES)
    if is_private:
        name = f"{chance.choice(FIRST_NAMES)} {last_name}"
    else:
        name = f"{last_name} {chance.choice(BRANCHES)} {chance.choice(LEGAL_FORMS)}"
    return Customer(
        number=number,
        name=name,
        city=chance.choice(CITIES),
        iban=new_iban(chance),
        plan=chance.choices(PLANS, PLAN_WEIGHTS)[0],
        cycle=chance.choices([1, 3, 12], [78, 8, 14])[0],
        start=chance.randrange(12),
        quantity=chance.choices([1, 2, 3, 5, 10], [80, 10, 5, 3, 2])[0],
        style=chance.choices(["full", "loose", "custno", "none"], [58, 24, 10, 8])[0],
        lag=max(0, int(chance.gauss(11, 6))),
        is_debited=chance.random() < 0.12,
        has_standing_order=chance.random() < 0.08,
        is_foreign=chance.random() < 0.03,
        is_paid_by_others=chance.random() < 0.04,
        takes_discount=chance.random() < 0.05,
    )


def _day(year: int, month: int, offset: int) -> date:
    return date(year, month, 1) + timedelta(days=offset)


def _invoice(chance: random.Random, made: Year) -> None:
    for month in range(1, 13):
        batch = [
            charge
            for customer in made.customers
            for charge in _charges(chance, made, month, customer)
        ]
        batch.sort(key=lambda charge: (charge[0], charge[1].number))
        for day, customer, net in batch:
            vat = 0 if customer.is_foreign else (net * 19 + 50) // 100
            number = f"RE-{made.year}-{len(made.invoices) + 1:06d}"
            made.invoices.append(Invoice(number, day, customer.number, net, vat, net + vat))


def _charges(
    chance: random.Random, made: Year, month: int, customer: Customer
) -> list[tuple[date, Customer, int]]:
    """Day and net cents of a customer's invoices in a month: the plan, and project work."""
    found = []
    is_first = month == 1 and customer.cycle == 1
    if (month - 1 - customer.start) % customer.cycle == 0 or is_first:
        net = customer.plan[0] * customer.quantity * customer.cycle
        if chance.random() < 0.18:
            net += chance.choice(_EXTRAS)
            net += chance.randrange(1, 4000) if chance.random() < 0.4 else 0
        found.append((_day(made.year, month, chance.choice([0, 0, 0, 1, 2])), customer, net))
    if chance.random() < 0.04:
        day = _day(made.year, month, chance.randrange(27))
        found.append((day, customer, chance.randrange(5000, 250_000)))
    return found


def _buy(chance: random.Random, made: Year) -> None:
    """Bills of vendors, and what is paid every month."""
    for number, (trade, account, rate) in enumerate(TRADES, FIRST_VENDOR):
        name = f"{chance.choice(LAST_NAMES)} {trade}"
        made.vendors.append(Vendor(number, name, new_iban(chance), account, rate))
    count = len(made.customers)
    for month in range(1, 13):
        for _ in range(max(20, count // 40)):
            _bill(chance, made, month)
        _pay_people(made, month, max(3, count // 120))
        _pay_month(chance, made, month)


def _bill(chance: random.Random, made: Year, month: int) -> None:
    vendor, net = chance.choice(made.vendors), chance.randrange(2000, 400_000)
    vat, day = (net * vendor.rate + 50) // 100, _day(made.year, month, chance.randrange(25))
    number = f"{chance.choice('ABFLRX')}{chance.randrange(10**5, 10**7)}"
    made.bills.append(Bill(number, day, vendor, net, vat))
    paid = Transaction(
        day + timedelta(days=12),
        -(net + vat),
        vendor.name,
        vendor.iban,
        f"{number} Kd 4711",
        "116",
        "vendor",
        reference=f"KR{len(made.bills):07d}",
        account=str(vendor.number),
    )
    enter(made, paid)


def _pay_people(made: Year, month: int, count: int) -> None:
    for number in range(count):
        first, last = FIRST_NAMES[number % len(FIRST_NAMES)], LAST_NAMES[number % len(LAST_NAMES)]
        amount = -(210_000 + 37 * number % 90_000)
        purpose = f"Lohn/Gehalt {month:02d}/{made.year}"
        enter(
            made,
            Transaction(
                _day(made.year, month, 26),
                amount,
                f"{first} {last}",
                new_iban(random.Random(number)),
                purpose,
                "153",
                "payroll",
                account="3720",
            ),
        )


def _pay_month(chance: random.Random, made: Year, month: int) -> None:
    """Taxes, rent, the bank's own fee, and what the card company pays out."""

    def pay(offset: int, amount: int, who: tuple[str, str], *words: str) -> None:
        purpose, code, kind, account = words
        day = _day(made.year, month, offset)
        enter(made, Transaction(day, amount, *who, purpose, code, kind, account=account))

    words = f"USt-Voranmeldung {month:02d}/{made.year} StNr 337/5915/0815"
    pay(9, -chance.randrange(500_000, 1_500_000), _TAX_OFFICE, words, "117", "tax", "3820")
    landlord = ("Immobilien Schloss KG", made.vendors[0].iban)
    pay(0, -350_000, landlord, "Miete Büro Hafenweg 16", "152", "rent", "6310")
    fee = "Kontoführung und Buchungsposten"
    pay(27, -1290 - month, ("GLS Bank", ""), fee, "805", "bankfee", "6855")
    for week in range(4):
        amount = chance.randrange(50_000, 900_000)
        words = f"STRIPE PAYOUT po_{chance.randrange(16**10):010x}"
        pay(3 + 7 * week, amount, _STRIPE, words, "166", "payout", "1460")
    if month % 3 == 0:
        words = f"KSt Vorauszahlung {month // 3}/{made.year}"
        pay(20, -chance.randrange(300_000, 600_000), _TAX_OFFICE, words, "117", "tax", "7600")
