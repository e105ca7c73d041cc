"""Nordlicht Hosting GmbH: contracts for servers, invoiced by the month or by the year (SKR04)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from kontorhaus.app.demo import costs, customers, days, invented, papers, payments, year
from kontorhaus.app.demo.costs import Cost, Employee
from kontorhaus.app.demo.horizon import Horizon
from kontorhaus.app.demo.model import (
    Accounts,
    Company,
    Customer,
    Office,
    Person,
    PlannedInvoice,
    PlannedOrder,
    PlannedStep,
)
from kontorhaus.app.demo.payments import Stray
from kontorhaus.app.demo.year import Opening
from kontorhaus.identity.model import Profile, TaxNumber, TenantSettings
from kontorhaus.invoicing import rules as invoicing
from kontorhaus.invoicing.agreement.model import Agreement, CashDiscount, DirectDebit
from kontorhaus.invoicing.model import Content, Line
from kontorhaus.invoicing.purpose.model import Purpose
from kontorhaus.kernel.money import Money
from kontorhaus.kernel.period import next_month
from kontorhaus.products.model import ProductDetails

_SEED = 20457
_YEARLY_MONTHS = 12
_COLLECTION_DAY = 8
_CREDITOR_ID = "DE98ZZZ09999999999"  # the one that the Bundesbank invented for tests
_CASH_DISCOUNTS = {"2102": CashDiscount(7, Decimal(2)), "2114": CashDiscount(5, Decimal(3))}
_ORDERED_BY, _DOWN_PAYMENT = "2105", Decimal(30)
_TWICE_IN_MONTH = 1

PROFILE = Profile(
    name="Nordlicht Hosting GmbH",
    country_code="DE",
    line1="Hafenstraße 7",
    line2="20457 Hamburg",
    ceo="Anna Petersen",
    legal_line1="Amtsgericht Hamburg HRB 999123",
    email="buchhaltung@nordlicht-hosting.example",
    phone="+49 40 5550170",
    contact_line1="nordlicht-hosting.example",
    iban=invented.german_iban(2045700170),
    bic="KONHDEH0XXX",
    bank_name="Hansekontor Bank",
    tax_numbers=(
        TaxNumber("USt-IdNr.", invented.vat_id(90020457)),
        TaxNumber("Steuernummer", "27/999/01704"),
    ),
)
SETTINGS = TenantSettings(
    chart="SKR04",
    number_formats={"invoice": "NH-{year}-{number:04}"},
    payment_days=14,
    datev_client_number=10170,
)
OWNER = Person("anna.petersen@nordlicht-hosting.example", "Anna", "Petersen")
ACCOUNTS = Accounts(
    bank="1800",
    wages="6020",
    social="6110",
    wages_payable="3720",
    tax_payable="3730",
    social_payable="3740",
    vat_prepayments="3820",
)
OPENING = Opening(
    bank=Money(6184275),
    other=(("0690", Money(1842000)),),
    capital=(("2900", Money(2500000)),),
    profit="2970",
    vat=Money(271840),
)

_STAFF = (
    Employee("Anna Petersen", 520000),
    Employee("Tarek Nasser", 410000),
    Employee("Lisa Hoffmann", 375000),
    Employee("Yusuf Demir", 310000),
    Employee("Ole Matthiesen", 180000),
)
_COSTS = (
    Cost(
        "Hafenquartier Immobilien GmbH",
        "6310",
        "VST19",
        214200,
        1,
        "Miete {month}",
        code=costs.TRANSFER,
    ),
    Cost("Elbtal Rechenzentrum GmbH", "5906", "VST19", 487900, 4, "Colocation RE {number}", 4),
    Cost("Elbtal Rechenzentrum GmbH", "5906", "VST19", 142800, 18, "Strom Racks RE {number}", 12),
    Cost("Nordnetz Transit AG", "5906", "VST19", 95200, 6, "IP-Transit RE {number}", 8),
    Cost("Cloudforge Ireland Ltd", "6837", "VST-EUDL19", 41200, 3, "Invoice {number}", 9),
    Cost("Statusly OÜ", "6837", "VST-EUDL19", 4900, 9, "Invoice {number} subscription"),
    Cost("Domainkontor Registrar GmbH", "5906", "VST19", 28560, 7, "Domains RE {number}", 20),
    Cost("Serverleasing Nord GmbH", "6835", "VST19", 71400, 15, "Leasing {month}"),
    Cost("Stadtwerk Alster Energie", "6325", "VST19", 31900, 15, "Abschlag Strom {month}", 3),
    Cost("Fernsprech Nord", "6805", "VST19", 8925, 12, "Telefon {month} RE {number}", 10),
    Cost("Glasnetz Hamburg", "6810", "VST19", 5950, 12, "Internet {month}"),
    Cost(
        "Kanzlei Brahms Steuerberatung",
        "6830",
        "VST19",
        41650,
        20,
        "Buchführung {month}",
        code=costs.TRANSFER,
    ),
    Cost(
        "Reinigungsdienst Klarsicht",
        "6330",
        "VST19",
        23800,
        22,
        "Reinigung {month}",
        code=costs.TRANSFER,
    ),
    Cost("Suchwerk Anzeigen GmbH", "6600", "VST19", 65450, 24, "Anzeigen RE {number}", 35),
    Cost("Bürowelt Versand", "6815", "VST19", 7140, 16, "Bestellung {number}", 45),
    Cost("Nordbahn Fernverkehr", "6650", "VST7", 12840, 19, "Fahrkarten {number}", 50),
    Cost(
        "Kontor Versicherung AG",
        "6400",
        None,
        38640,
        5,
        "Haftpflicht Beitrag {number}",
        months=costs.QUARTERS,
    ),
    Cost(
        "Fachbuch Zentrale", "6820", "VST7", 4280, 23, "Rechnung {number}", 40, months=(1, 4, 7, 10)
    ),
    Cost(
        "Hardware Depot GmbH", "0690", "VST19", 238000, 17, "Server RE {number}", 20, months=(3, 9)
    ),
    Cost(
        "Gerrit Wulf IT-Beratung",
        "5906",
        "VST19",
        142800,
        25,
        "Honorar {number}",
        25,
        months=(2, 4, 6, 8, 10, 12),
        code=costs.TRANSFER,
    ),
    Cost("Finanzkasse", "7600", None, 84000, 10, "Körperschaftsteuer", months=(3, 6, 9, 12)),
    Cost("Stadtkasse", "7610", None, 96000, 15, "Gewerbesteuer", months=costs.QUARTERS),
    Cost("Hansekontor Bank", "6855", None, 1490, 28, "Kontoführung {month}", code=costs.FEE),
)
_STRAY = Stray("Irmgard Seidel", "Beitrag Herbstfahrt", Money(21420))


@dataclass(frozen=True, slots=True)
class _Product:
    """What a contract is made of; `price` is net for a month or a piece."""

    de: str
    en: str
    price: str
    unit: str = "Stück"
    type: str | None = None


_PRODUCTS: Mapping[str, _Product] = {
    "hosting": _Product("Webhosting Business", "Business web hosting", "24.90", type="Hosting"),
    "server_m": _Product("Managed Server M", "Managed server M", "149.00", type="Hosting"),
    "server_l": _Product("Managed Server L", "Managed server L", "289.00", type="Hosting"),
    "cluster": _Product(
        "Managed Cluster, 3 Knoten", "Managed cluster, 3 nodes", "890.00", type="Hosting"
    ),
    "backup": _Product("Backup 500 GB", "Backup 500 GB", "39.00"),
    "mail": _Product("E-Mail-Postfach mit Archiv", "Mailbox with archive", "3.90"),
    "domain": _Product("Domain .de", "Domain .de", "1.20", type="Domain"),
    "traffic": _Product("Datenverkehr", "Traffic", "4.90", "TB"),
    "monitor": _Product("Überwachung rund um die Uhr", "Monitoring around the clock", "19.00"),
    "cdn": _Product("Auslieferungsnetz (CDN)", "Content delivery network", "79.00"),
    "db": _Product("Managed PostgreSQL", "Managed PostgreSQL", "119.00"),
    "support": _Product("Support nach Aufwand", "Support by the hour", "110.00", "Std"),
    "setup": _Product("Einrichtung pauschal", "Setup", "450.00", "pauschal"),
    "book": _Product("Handbuch Serverbetrieb", "Server operations handbook", "34.58"),
}
_UNITS_EN = {"Stück": "pcs", "Std": "h", "pauschal": "flat"}
_REDUCED = frozenset(("book",))
# Who ordered a project in each of the months.
_PROJECTS = (
    "2102",
    "2105",
    "2114",
    "2101",
    "2121",
    "2110",
    "2123",
    "2107",
    "2104",
    "2116",
    "2119",
    "2102",
)


def plan(months: Sequence[date]) -> Company:
    """Everything that happened to the company in these months."""
    horizon, chance = Horizon(tuple(months)), Random(_SEED)  # noqa: S311
    clients = customers.read("nordlicht_customers.csv")
    by_number = {client.number: client for client in clients}
    written = (*_contracts(clients, horizon, chance), *_projects(clients, horizon, chance))
    mistake = next(
        invoice
        for invoice in written
        if invoice.key.endswith(f"{horizon.months[_TWICE_IN_MONTH]:%Y-%m} project")
    )
    invoices = sorted(
        (*written, year.twice(mistake)),
        key=lambda invoice: (invoice.content.document_date, invoice.key),
    )
    order = _order(by_number[_ORDERED_BY], horizon)
    bookings, paid_wages = costs.payroll(_STAFF, ACCOUNTS, horizon, chance)
    return year.company(
        year.Story(
            key="demo",
            profile=PROFILE,
            settings=SETTINGS,
            owner=OWNER,
            accounts=ACCOUNTS,
            opening=OPENING,
            customers=clients,
            portal_customer="2105",
            invoices=tuple(invoices),
            office=Office(papers.NORDLICHT, "nordlicht_logo.svg", tuple(_products())),
            order=order,
            managed_customer="2201",
        ),
        bookings,
        [*paid_wages, *costs.regular(_COSTS, ACCOUNTS, horizon, chance)],
        [
            *payments.incoming(invoices, by_number, _STRAY, horizon, chance),
            year.paid_step(order.steps[2], by_number[_ORDERED_BY]),
        ],
        horizon,
        chance,
    )


def _products() -> Iterator[ProductDetails]:
    for name, product in _PRODUCTS.items():
        yield ProductDetails(
            title=product.de,
            title2=product.en if product.en != product.de else None,
            net_price=Decimal(product.price),
            vat_rate=Decimal(7 if name in _REDUCED else 19),
            unit=product.unit,
            type=product.type,
        )


def _order(client: Customer, horizon: Horizon) -> PlannedOrder:
    """A large project: offered, confirmed, paid for in part, and invoiced when it was done."""
    lines = (
        Line("Umzug des Verlagsarchivs", Decimal(1), Decimal(6400), None, Decimal(19),
             title2="Planung, Datenübernahme und Abnahme", unit="pauschal"),
        Line("Support nach Aufwand", Decimal(16), Decimal(110), None, Decimal(19), unit="Std"),
    )  # fmt: skip
    start, done, billed = horizon.months[8], horizon.months[10], horizon.months[11]
    content = Content(document_date=days.bank_day(start.replace(day=9)), client=None, lines=lines)
    gross = invoicing.totals(content, small_trader=False).gross
    part = Money.rounded(gross.decimal * _DOWN_PAYMENT / 100)
    agreed = days.bank_day(start.replace(day=16))
    steps = (
        PlannedStep("estimate", content.document_date, "estimate"),
        PlannedStep("confirmation", agreed, "order-confirmation", "estimate"),
        PlannedStep("partial", agreed, "invoice", "confirmation", "partial", _DOWN_PAYMENT, part),
        PlannedStep(
            "delivery", days.bank_day(done.replace(day=20)), "delivery-note", "confirmation"
        ),
        PlannedStep(
            "final", days.bank_day(billed.replace(day=12)), "invoice", "partial", "final",
            gross=gross, is_mailed=True,
        ),
    )  # fmt: skip
    return PlannedOrder(client.number, content, client.export_type, steps)


def _contracts(
    clients: Sequence[Customer], horizon: Horizon, chance: Random
) -> Iterator[PlannedInvoice]:
    """One invoice for each contract in each of its months, on the first bank days."""
    for count, month in enumerate(horizon.months, start=1):
        for place, client in enumerate(clients):
            if count in client.months:
                issued = days.bank_day(month.replace(day=1 + place % 4))
                lines = [
                    _line(name, _used(name, quantity, chance), client)
                    for name, quantity in client.contract
                ]
                if not client.is_yearly:
                    lines += _extras(client, chance)
                yield _invoice(client, issued, tuple(lines))


def _used(product: str, quantity: Decimal, chance: Random) -> Decimal:
    """Traffic varies and is counted to a tenth; all else is as agreed."""
    if product != "traffic":
        return quantity
    return (quantity * chance.randint(70, 130) / 100).quantize(Decimal("0.1"))


def _extras(client: Customer, chance: Random) -> Iterator[Line]:
    """Support in one of six months, a book now and then."""
    if chance.randrange(6) == 0:
        yield _line("support", Decimal(chance.randint(2, 14)) / 2, client)
    if chance.randrange(20) == 0 and client.vat_regulation == "standard":
        yield _line("book", Decimal(chance.randint(1, 3)), client)


def _projects(
    clients: Sequence[Customer], horizon: Horizon, chance: Random
) -> Iterator[PlannedInvoice]:
    by_number = {client.number: client for client in clients}
    for month, number in zip(horizon.months, _PROJECTS, strict=True):
        client = by_number[number]
        hours = Decimal(chance.randint(8, 30))
        lines = (_line("setup", Decimal(1), client), _line("support", hours, client))
        yield _invoice(client, days.bank_day(month.replace(day=5)), lines, is_project=True)


def _line(name: str, quantity: Decimal, client: Customer) -> Line:
    product = _PRODUCTS[name]
    is_english = client.language == "en"
    price = Decimal(product.price)
    if client.is_yearly:
        price *= _YEARLY_MONTHS
    year_text = "12 months" if is_english else "12 Monate"
    return Line(
        title=product.en if is_english else product.de,
        title2=year_text if client.is_yearly else None,
        quantity=quantity,
        net_price=price,
        gross_price=None,
        vat_rate=Decimal(7 if name in _REDUCED else 19),
        unit=_UNITS_EN.get(product.unit, product.unit) if is_english else product.unit,
        purpose=Purpose(type=product.type),
    )


def _invoice(
    client: Customer, issued: date, lines: tuple[Line, ...], *, is_project: bool = False
) -> PlannedInvoice:
    first, last = _period(client, issued)
    if is_project:
        first, last = issued - timedelta(days=1), None
    content = Content(
        document_date=issued,
        client=None,
        lines=lines,
        language=client.language,
        service_date=first,
        service_date_end=last,
        discount_rate=client.discount,
        vat_regulation=client.vat_regulation,
        export_type=client.export_type,
        agreement=_agreement(client, issued),
    )
    kind = "project" if is_project else "contract"
    return year.invoice(f"{client.number} {issued:%Y-%m} {kind}", client, content)


def _agreement(client: Customer, issued: date) -> Agreement:
    """Skonto for some, a SEPA mandate for those whose bank account is debited."""
    if client.habit == "debit":
        return Agreement(
            due_date=days.bank_day(issued.replace(day=_COLLECTION_DAY)),
            direct_debit=DirectDebit(f"NH-{client.number}-1", _CREDITOR_ID, client.iban),
        )
    discount = _CASH_DISCOUNTS.get(client.number)
    return Agreement(discounts=(discount,)) if discount else Agreement()


def _period(client: Customer, issued: date) -> tuple[date, date | None]:
    """The month of the invoice, or the twelve months that end with it."""
    first, last = issued.replace(day=1), days.last_day(issued)
    if client.is_yearly:
        first = next_month(first.replace(year=first.year - 1))
    return first, last
