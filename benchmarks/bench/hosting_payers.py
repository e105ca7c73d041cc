"""How the customers of a hosting company pay, each in a way of their own."""

from __future__ import annotations

import random
from datetime import date, timedelta

from benchmarks.bench.hosting_model import (
    Customer,
    Invoice,
    Transaction,
    Year,
    enter,
    new_iban,
)
from benchmarks.bench.hosting_names import LAST_NAMES


class Payers:
    """How customers pay, each in a way of their own."""

    def __init__(self, chance: random.Random, made: Year) -> None:
        self._chance, self._made = chance, made

    def pay(self) -> None:
        """Let every customer pay the invoices of the year."""
        invoices: dict[int, list[Invoice]] = {}
        for invoice in self._made.invoices:
            invoices.setdefault(invoice.customer, []).append(invoice)
        for customer in self._made.customers:
            mine, place = invoices.get(customer.number, []), 0
            while place < len(mine):
                place += self._pay(customer, mine[place:])

    def _pay(self, customer: Customer, open_invoices: list[Invoice]) -> int:
        """Pay the first of these invoices, or several of them; how many that were."""
        chance, invoice = self._chance, open_invoices[0]
        days = max(0, customer.lag + chance.randrange(-2, 4))
        day, dice = invoice.day + timedelta(days=days), chance.random()
        payer = self._payer(customer)
        if customer.is_debited:
            self._debit(customer, invoice)
        elif dice < 0.03:
            pass
        elif dice < 0.09 and len(open_invoices) > 1:
            return self._collective(customer, open_invoices, payer)
        elif dice < 0.12:
            self._instalments(customer, invoice, payer, day)
        else:
            self._single(customer, invoice, payer, day, dice)
        return 1

    def _payer(self, customer: Customer) -> tuple[str, str]:
        chance = self._chance
        if customer.is_paid_by_others:
            name = chance.choice(["Steuerkanzlei ", "Holding ", "Privatkonto "])
            return name + chance.choice(LAST_NAMES), new_iban(chance)
        name = customer.name
        if chance.random() < 0.1:
            name = name.upper().replace("Ü", "UE").replace("Ö", "OE").replace("Ä", "AE")
        if chance.random() < 0.05:
            name = name.split(" ")[0]
        return name, customer.iban

    def _debit(self, customer: Customer, invoice: Invoice) -> None:
        """A direct debit that we collect; one in fifty comes back."""
        number, gross = invoice.number, invoice.gross
        day, reference = invoice.day + timedelta(days=5), number.replace("-", "")
        taken = Transaction(
            day,
            gross,
            customer.name,
            customer.iban,
            f"SEPA-LASTSCHRIFT {number} Kd {customer.number}",
            "171",
            "dd",
            [(number, gross)],
            reference,
        )
        if not enter(self._made, taken):
            return
        invoice.remaining = 0
        returned = Transaction(
            day + timedelta(days=4),
            -(gross + 350),
            customer.name,
            customer.iban,
            f"RETOURE SEPA-LASTSCHRIFT AC04 {number} ENTGELT 3,50",
            "109",
            "dd_return",
            [(number, -gross)],
            reference,
            fee=350,
        )
        if self._chance.random() < 0.02 and enter(self._made, returned):
            invoice.remaining = gross

    def _collective(
        self, customer: Customer, open_invoices: list[Invoice], payer: tuple[str, str]
    ) -> int:
        count = min(len(open_invoices), self._chance.choice([2, 2, 3, 3, 4, 5]))
        paid = open_invoices[:count]
        day = paid[-1].day + timedelta(days=customer.lag)
        purpose = self._several(customer, paid)
        matches = [(each.number, each.gross) for each in paid]
        amount = sum(each.gross for each in paid)
        if enter(
            self._made, Transaction(day, amount, *payer, purpose, "166", "collective", matches)
        ):
            for each in paid:
                each.remaining = 0
        return count

    def _instalments(
        self, customer: Customer, invoice: Invoice, payer: tuple[str, str], day: date
    ) -> None:
        half = invoice.gross * self._chance.choice([50, 50, 40, 60]) // 100
        for days, amount, words in ((0, half, "Teil 1"), (28, invoice.gross - half, "Rest")):
            purpose = f"{self._one(customer, invoice)} {words}"
            when = day + timedelta(days=days)
            matches = [(invoice.number, amount)]
            if enter(
                self._made, Transaction(when, amount, *payer, purpose, "166", "partial", matches)
            ):
                invoice.remaining -= amount

    def _single(
        self,
        customer: Customer,
        invoice: Invoice,
        payer: tuple[str, str],
        day: date,
        dice: float,
    ) -> None:
        """One payment of one invoice: with discount or fee, twice, mistyped, or as it should be."""
        chance, gross = self._chance, invoice.gross
        amount, kind, code, fee = gross, "exact", "166", 0
        if customer.takes_discount and dice < 0.6:
            amount, kind, day = gross * 98 // 100, "skonto", invoice.day + timedelta(days=6)
        elif customer.is_foreign and dice < 0.5:
            fee = chance.choice([150, 500, 750, 1200])
            amount, kind, code = gross - fee, "fee", "202"
            if gross <= 3 * fee:
                return
        elif 0.98 < dice <= 0.99:
            amount, kind = gross + chance.choice([-9, 9, 90, -90, 1, -1]), "wrong_amount"
        elif dice <= 0.98 and customer.has_standing_order:
            code = "152"
        if code == "152":
            purpose = f"DAUERAUFTRAG {customer.plan[1]} {customer.number}"
        else:
            purpose = self._one(customer, invoice)
        if kind == "skonto":
            purpose += " abzgl. 2% Skonto"
        paid = Transaction(
            day, amount, *payer, purpose, code, kind, [(invoice.number, amount)], fee=fee
        )
        if enter(self._made, paid):
            invoice.remaining = 0
        if kind == "exact" and dice > 0.99:
            again = day + timedelta(days=chance.choice([0, 1, 3]))
            purpose = self._made.transactions[-1].purpose
            enter(self._made, Transaction(again, gross, *payer, purpose, "166", "double"))

    def _several(self, customer: Customer, paid: list[Invoice]) -> str:
        """The purpose of a payment of several invoices."""
        chance = self._chance
        if chance.random() < 0.15:
            first, last = paid[0].day, paid[-1].day
            return f"Sammelzahlung Rechnungen {first:%m/%Y} bis {last:%m/%Y} Kd {customer.number}"
        if chance.random() < 0.3:
            return "RE " + ", ".join(str(int(each.number.split("-")[2])) for each in paid)
        return "Rechnungen " + " + ".join(each.number for each in paid)

    def _one(self, customer: Customer, invoice: Invoice) -> str:
        """The purpose of a payment of one invoice, as careful as the customer is."""
        chance = self._chance
        if customer.style == "full":
            return self._full(customer, invoice)
        if customer.style == "loose":
            return self._loose(customer, invoice)
        plan, day = customer.plan[1], invoice.day
        if customer.style == "custno":
            number = customer.number
            return chance.choice(
                [f"Kundennummer {number}", f"Kd {number} {day:%m/%Y}", f"KD-NR {number} {plan}"]
            )
        return chance.choice(
            [
                "Hosting",
                "Server Miete",
                "Danke",
                "Überweisung",
                plan,
                f"Miete {day:%B}",
                "siehe Rechnung",
                "ONLINE-UEBERWEISUNG",
                "",
            ]
        )

    def _full(self, customer: Customer, invoice: Invoice) -> str:
        chance, number = self._chance, invoice.number
        if chance.random() < 0.06:
            number = self._mistyped(number)
        return chance.choice(
            [
                number,
                number,
                f"Rechnung {number}",
                f"Rg. {number} vom {invoice.day:%d.%m.%Y}",
                f"{number} / Kd-Nr. {customer.number}",
                f"Ihre Rechnung {number} - vielen Dank",
                f"Zahlung {number} {customer.plan[1]}",
            ]
        )

    def _loose(self, customer: Customer, invoice: Invoice) -> str:
        chance = self._chance
        _, year, serial = invoice.number.split("-")
        short = int(serial)
        written = chance.choice(
            [
                f"RE {year} {serial}",
                f"RE{year}{serial}",
                f"Rechnungsnr {serial}",
                f"RG {short}",
                f"Re-Nr. {year}/{serial}",
                f"re {year[2:]}-{serial}",
                f"{serial} {customer.plan[1]}",
                f"Rechnung {short} v. {invoice.day:%d.%m.}",
                f"RE-{year}- {serial[:3]} {serial[3:]}",
            ]
        )
        return self._mistyped(written) if chance.random() < 0.08 else written

    def _mistyped(self, text: str) -> str:
        """One of the last digits is wrong, moved or gone."""
        chance = self._chance
        digits = [place for place, sign in enumerate(text) if sign.isdigit()]
        place, signs = chance.choice(digits[-5:]), list(text)
        dice = chance.random()
        if dice < 0.4:
            signs[place] = str((int(signs[place]) + chance.randrange(1, 10)) % 10)
        elif dice < 0.7 and place + 1 < len(signs):
            signs[place], signs[place - 1] = signs[place - 1], signs[place]
        else:
            del signs[place]
        return "".join(signs)
