"""The mail that tells the owners of a closing, so that its hash stands outside the books."""

from __future__ import annotations

from kontorhaus.kernel.ids import TenantId
from kontorhaus.ledger.periods.model import SealedClosing
from kontorhaus.runtime.catalogue import Words
from kontorhaus.runtime.mail import Mail


def closing_letter(
    words: Words, *, sealed: SealedClosing, tenant_id: TenantId, books: str, address: str
) -> Mail:
    """What an owner reads; `books` names the organization and its environment."""
    made = sealed.closing
    head = f"{made.head.journal_number}:{made.head.hash.hex()}"
    opening = words.text(
        "Period %(period)s of %(books)s is locked for good. %(asker)s asked for it, "
        "%(approver)s approved.",
        period=made.period.text,
        books=books,
        asker=made.requested_by.name,
        approver=made.approved_by.name,
    )
    figures = (
        words.text("Closing number: %(number)s", number=made.number),
        words.text("Locked at: %(at)s UTC", at=f"{made.locked_at:%Y-%m-%d %H:%M:%S}"),
        words.text("Bookings: %(count)s", count=made.contents.booking_count),
        words.text("Closing hash: %(hash)s", hash=sealed.hash.hex()),
        words.text("Closing hash before: %(hash)s", hash=made.prev_hash.hex()),
        words.text("End of the journal: %(head)s", head=head),
    )
    advice = words.text(
        "Keep this mail: with these values anybody can tell later whether the books up to here "
        "were changed. The check is:"
    )
    command = f"kontorhaus verify --head {tenant_id}:{head}"
    subject = words.text("Period %(period)s is locked", period=made.period.text)
    return Mail(
        address, subject, "\n\n".join((opening, "\n".join(figures), advice, command)) + "\n"
    )
