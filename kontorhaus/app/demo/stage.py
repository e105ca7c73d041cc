"""Where the demo happens: resources in the past, who acts, and what has happened so far."""

from __future__ import annotations

from dataclasses import dataclass, field

from kontorhaus.app.demo.calendar import Calendar
from kontorhaus.app.demo.model import Company
from kontorhaus.invoicing.model import Claim
from kontorhaus.kernel.ids import BankAccountId, IntentId
from kontorhaus.kernel.money import Money
from kontorhaus.runtime.resources import Resources
from kontorhaus.runtime.work import Caller


@dataclass(frozen=True, slots=True)
class Stage:
    """Where it happens: resources in the past, their calendar, and who acts."""

    resources: Resources
    calendar: Calendar
    caller: Caller
    company: Company


@dataclass(slots=True)
class Written:
    """What has happened so far: ids by the keys of the plan.

    `documents` are public ids; `invoices` number and claim of those that claim money.
    """

    bank_account: BankAccountId
    balance: Money
    contacts: dict[str, str]
    documents: dict[str, str] = field(default_factory=dict)
    invoices: dict[str, tuple[str, Claim]] = field(default_factory=dict)
    bookings: dict[str, IntentId] = field(default_factory=dict)
