"""Buchhandlung Lindenhof e. K.: a book shop with daily takings and invoices to schools (SKR03)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from random import Random

from kontorhaus.app.demo import costs, customers, days, invented, papers, payments, takings, year
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
from kontorhaus.app.demo.takings import Shop
from kontorhaus.app.demo.year import Opening
from kontorhaus.identity.model import Profile, TaxNumber, TenantSettings
from kontorhaus.invoicing import rules as invoicing
from kontorhaus.invoicing.model import Content, Line, PriceLayout
from kontorhaus.kernel.money import Money
from kontorhaus.products import rules as products
from kontorhaus.products.model import ProductDetails

_SEED = 91054
_INVOICES_A_MONTH = 7
_ORDERED_BY = "503"
_TWICE_IN_MONTH = 7

PROFILE = Profile(
    name="Buchhandlung Lindenhof e. K.",
    country_code="DE",
    line1="Lindenhof 3",
    line2="91054 Erlangen",
    ceo="Karla Lindner",
    legal_line1="Amtsgericht Fürth HRA 99910",
    email="kontor@buchhandlung-lindenhof.example",
    phone="+49 9131 5550330",
    contact_line1="buchhandlung-lindenhof.example",
    iban=invented.german_iban(9105400330, bank=2),
    bic="REGNDEM0XXX",
    bank_name="Regnitzbank",
    tax_numbers=(
        TaxNumber("USt-IdNr.", invented.vat_id(90091054)),
        TaxNumber("Steuernummer", "216/999/50330"),
    ),
    vat_default=Decimal(7),
)
SETTINGS = TenantSettings(
    chart="SKR03",
    vat_method="ist",
    number_formats={"invoice": "BL-{year}-{number:03}"},
    payment_days=14,
    datev_client_number=10330,
)
OWNER = Person("karla.lindner@buchhandlung-lindenhof.example", "Karla", "Lindner")
ACCOUNTS = Accounts(
    bank="1200",
    wages="4120",
    social="4130",
    wages_payable="1740",
    tax_payable="1741",
    social_payable="1742",
    vat_prepayments="1780",
)
OPENING = Opening(
    bank=Money(2438090),
    other=(("1000", Money(30000)), ("0420", Money(980000)), ("3980", Money(4650000))),
    capital=(),
    profit="0880",
    vat=Money(64270),
)
SHOP = Shop(
    bank="1200", cash="1000", in_transit="1360", reduced="8300", standard="8400", day=118000
)

_STAFF = (Employee("Jana Richter", 268000), Employee("Emil Vogt", 112000))
_COSTS = (
    Cost(
        "Lindenhof Grundstücks GbR", "4210", None, 165000, 1, "Miete {month}", code=costs.TRANSFER
    ),
    Cost("Bücherwagen Großhandel GmbH", "3300", "VST7", 535000, 5, "Sammelrechnung {number}", 9),
    Cost("Bücherwagen Großhandel GmbH", "3300", "VST7", 512000, 19, "Sammelrechnung {number}", 9),
    Cost("Verlagsauslieferung Mitte", "3300", "VST7", 338000, 9, "Rechnung {number}", 15),
    Cost("Verlagsauslieferung Süd KG", "3300", "VST7", 254000, 14, "Rechnung {number}", 18),
    Cost("Kinderbuch Direkt GmbH", "3300", "VST7", 134000, 22, "Rechnung {number}", 20),
    Cost("Papeterie Import GmbH", "3400", "VST19", 196000, 12, "Rechnung {number}", 25),
    Cost(
        "Kalenderhaus GmbH",
        "3400",
        "VST19",
        154000,
        16,
        "Rechnung {number}",
        20,
        months=(9, 10, 11),
    ),
    Cost("Stadtwerke Regnitztal", "4240", "VST19", 28900, 15, "Abschlag Strom {month}", 3),
    Cost("Fernsprech Süd", "4920", "VST19", 5950, 12, "Telefon {month} RE {number}", 8),
    Cost("Kassenwerk Software GmbH", "4964", "VST19", 10591, 3, "Kassensoftware {month}"),
    Cost("Kartenkontor Zahlungsdienste GmbH", "4970", None, 18200, 4, "Entgelte {number}", 15),
    Cost("Paketdienst Franken", "4910", "VST19", 9520, 21, "Rechnung {number}", 40),
    Cost("Werbeatelier Blatt & Farbe", "4600", "VST19", 35700, 24, "Schaufenster {number}", 30),
    Cost("Papier & Büro Versand", "4930", "VST19", 6426, 17, "Bestellung {number}", 50),
    Cost(
        "Steuerbüro Ankerplatz",
        "4955",
        "VST19",
        26180,
        20,
        "Buchführung {month}",
        code=costs.TRANSFER,
    ),
    Cost(
        "Glanz Gebäudeservice", "4250", "VST19", 16660, 25, "Reinigung {month}", code=costs.TRANSFER
    ),
    Cost(
        "Kontor Versicherung AG",
        "4360",
        None,
        27450,
        6,
        "Geschäftsinhalt {number}",
        months=costs.QUARTERS,
    ),
    Cost("Karla Lindner", "1800", None, 390000, 27, "Privatentnahme {month}", code=costs.TRANSFER),
    Cost("Finanzkasse", "1810", None, 142000, 10, "Einkommensteuer", months=(3, 6, 9, 12)),
    Cost("Regnitzbank", "4970", None, 1290, 28, "Kontoführung {month}", code=costs.FEE),
)
_STRAY = Stray("Gasthof Zur Mühle", "Anzahlung Saal 12.12.", Money(25000))


@dataclass(frozen=True, slots=True)
class _Title:
    """Something on the shelves; `price` is gross, as books are priced; `rate` in percent."""

    name: str
    price: str
    rate: int = 7


_BOOKS = (
    _Title("Der Wind über den Dächern, Roman", "24.00"),
    _Title("Das Haus am Kanal, Roman", "22.00"),
    _Title("Kleine Geschichte des Kaffees", "18.50"),
    _Title("Wandern im Regnitztal", "16.90"),
    _Title("Atlas der leisen Orte", "39.00"),
    _Title("Kochen mit Wurzeln und Kräutern", "28.00"),
    _Title("Die Sternenkinder, Bilderbuch", "15.00"),
    _Title("Fuchs Fabian lernt lesen", "12.95"),
    _Title("Gedichte für jeden Monat", "14.00"),
)
_SCHOOL_BOOKS = (
    _Title("Rechenwege 3, Schülerbuch", "23.75"),
    _Title("Sprachreise 4, Arbeitsheft", "9.95"),
    _Title("Physik verstehen 8", "31.50"),
    _Title("Englisch unterwegs 6", "26.25"),
    _Title("Erdkunde-Atlas Mittelstufe", "34.95"),
)
_STATIONERY = (
    _Title("Tischkalender, Leinen", "19.90", 19),
    _Title("Notizbuch A5, gebunden", "14.50", 19),
    _Title("Füllhalter im Etui", "32.00", 19),
)


def plan(months: Sequence[date]) -> Company:
    """Everything that happened to the company in these months."""
    horizon, chance = Horizon(tuple(months)), Random(_SEED)  # noqa: S311
    clients = customers.read("lindenhof_customers.csv")
    by_number = {client.number: client for client in clients}
    written = tuple(_invoices(clients, horizon, chance))
    invoices = sorted(
        (*written, year.twice(written[_TWICE_IN_MONTH * _INVOICES_A_MONTH])),
        key=lambda invoice: (invoice.content.document_date, invoice.key),
    )
    order = _order(by_number[_ORDERED_BY], horizon)
    taken = takings.daily(SHOP, horizon, chance)
    bookings, paid_wages = costs.payroll(_STAFF, ACCOUNTS, horizon, chance)
    story = year.Story(
        key="other",
        profile=PROFILE,
        settings=SETTINGS,
        owner=OWNER,
        accounts=ACCOUNTS,
        opening=OPENING,
        customers=clients,
        portal_customer="501",
        invoices=tuple(invoices),
        office=Office(papers.LINDENHOF, "lindenhof_logo.svg", tuple(_products())),
        order=order,
    )
    return year.company(
        story,
        [*bookings, *takings.bookings(SHOP, taken)],
        [
            *paid_wages,
            *costs.regular(_COSTS, ACCOUNTS, horizon, chance),
            *takings.to_the_bank(SHOP, taken, horizon, chance),
        ],
        [
            *payments.incoming(invoices, by_number, _STRAY, horizon, chance),
            year.paid_step(order.steps[-1], by_number[_ORDERED_BY]),
        ],
        horizon,
        chance,
    )


def _products() -> Iterator[ProductDetails]:
    for title in (*_BOOKS, *_SCHOOL_BOOKS, *_STATIONERY):
        details = ProductDetails(title.name, vat_rate=Decimal(title.rate), unit="Stück")
        yield products.with_gross_price(details, Decimal(title.price))


def _order(client: Customer, horizon: Horizon) -> PlannedOrder:
    """Class sets for a school: offered, confirmed, delivered, invoiced and paid."""
    month = horizon.months[8]
    content = Content(
        document_date=days.bank_day(month.replace(day=9)),
        client=None,
        lines=tuple(
            _line(title, quantity, client)
            for title, quantity in zip(_SCHOOL_BOOKS[:3], (28, 56, 26), strict=True)
        ),
        discount_rate=client.discount,
    )
    gross = invoicing.totals(content, small_trader=False).gross
    confirmed, delivered = (days.bank_day(month.replace(day=day)) for day in (12, 20))
    steps = (
        PlannedStep("estimate", content.document_date, "estimate"),
        PlannedStep("confirmation", confirmed, "order-confirmation", "estimate"),
        PlannedStep("delivery", delivered, "delivery-note", "confirmation"),
        PlannedStep(
            "invoice", days.bank_day(month.replace(day=22)), "invoice", "delivery", gross=gross
        ),
    )
    return PlannedOrder(client.number, content, client.export_type, steps)


def _invoices(
    clients: Sequence[Customer], horizon: Horizon, chance: Random
) -> Iterator[PlannedInvoice]:
    for month in horizon.months:
        for place, client in enumerate(chance.sample(clients, _INVOICES_A_MONTH)):
            issued = days.bank_day(month.replace(day=1 + place % 5))
            content = Content(
                document_date=issued,
                client=None,
                lines=tuple(_lines(client, chance)),
                language=client.language,
                service_date=issued,
                price_layout=_layout(client),
                discount_rate=client.discount,
                export_type=client.export_type,
            )
            yield year.invoice(f"{client.number} {issued:%Y-%m}", client, content)


def _lines(client: Customer, chance: Random) -> Iterator[Line]:
    """Class sets for schools, single books and some stationery for all others."""
    if client.discount >= 10:
        for title in chance.sample(_SCHOOL_BOOKS, chance.randint(1, 2)):
            yield _line(title, chance.randint(20, 29), client)
        return
    for title in chance.sample(_BOOKS, chance.randint(2, 5)):
        yield _line(title, chance.randint(1, 4), client)
    if chance.randrange(3) == 0:
        yield _line(chance.choice(_STATIONERY), chance.randint(2, 12), client)


def _line(title: _Title, quantity: int, client: Customer) -> Line:
    """At the price on the cover where the layout is gross, else at the net price in cents."""
    gross, rate = Decimal(title.price), Decimal(title.rate)
    is_gross = _layout(client) == "gross"
    return Line(
        title=title.name,
        quantity=Decimal(quantity),
        net_price=None if is_gross else Money.rounded(gross * 100 / (100 + rate)).decimal,
        gross_price=gross if is_gross else None,
        vat_rate=rate,
        unit="Stück",
    )


def _layout(client: Customer) -> PriceLayout:
    return "gross" if client.export_type == "pdf" else "net"
