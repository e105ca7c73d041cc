"""What a document is made from: its content completed, its contact and the company copied."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace

from kontorhaus.contacts import queries as contacts
from kontorhaus.contacts.model import Party
from kontorhaus.identity import queries as identity
from kontorhaus.identity.model import Profile, TenantSettings
from kontorhaus.invoicing import rules, steps, store
from kontorhaus.invoicing.agreement import rules as agreed
from kontorhaus.invoicing.model import (
    Client,
    Content,
    Document,
    DocumentType,
    NewDocument,
    Preceding,
    Reference,
    Seller,
    Snapshot,
    Verdict,
)
from kontorhaus.invoicing.preceding import rules as preceding_rules
from kontorhaus.invoicing.preceding import store as preceding
from kontorhaus.invoicing.stationery import queries as stationery
from kontorhaus.invoicing.stationery.model import Brand, Stationery
from kontorhaus.kernel.errors import Conflict, Invalid, NotFound
from kontorhaus.kernel.ids import DocumentId
from kontorhaus.runtime.ids import short_id
from kontorhaus.runtime.work import Work

# What stands for the number while an e-invoice is judged that has none yet.
PLACEHOLDER = "DRAFT"
NOT_JUDGED = Verdict(judged=None)
_BUYER_REFERENCE = "buyerReference"


def found(work: Work, *, public_id: str) -> Document:
    """A document as it is now; NotFound("document")."""
    document = store.by_public_id(work, public_id=public_id)
    if document is None:
        raise NotFound("document", "There is no such document.")
    return document


@dataclass(frozen=True, slots=True)
class House:
    """What every document takes from the company: read once, however many are made."""

    profile: Profile
    settings: TenantSettings
    paper: Stationery
    is_test: bool


def house(work: Work) -> House:
    """The company as it is now."""
    return House(
        profile=identity.profile(work),
        settings=identity.settings(work),
        paper=stationery.stationery(work),
        is_test=identity.environment(work) == "TEST",
    )


def started(work: Work, *, new: NewDocument) -> Content:
    """The content of a new document, completed; what it leaves out follows the letter paper.

    NotFound("contact"), Invalid.
    """
    party = contacts.contact(work, public_id=new.client_id) if new.client_id is not None else None
    return begun(house(work), new=new, party=party)


def begun(house: House, *, new: NewDocument, party: Party | None) -> Content:
    """The content of a new document for a contact that was read before; Invalid."""
    content = rules.with_defaults(new, house.paper)
    if party is not None:
        content = replace(content, client=client(party))
    if any(line.vat_rate is None for line in content.lines):
        content = rules.with_rates(content, house.profile.vat_default)
    return rules.check_content(content, new.type)


def completed(
    work: Work, *, content: Content, document_type: DocumentType, client_id: str | None
) -> Content:
    """The content with its contact copied, checked; NotFound("contact"), Invalid."""
    if client_id is not None:
        party = contacts.contact(work, public_id=client_id)
        content = replace(content, client=client(party))
    if any(line.vat_rate is None for line in content.lines):
        content = rules.with_rates(content, identity.profile(work).vat_default)
    return rules.check_content(content, document_type)


def client(party: Party) -> Client:
    """A contact as a document keeps it."""
    details = party.details
    return Client(
        name=details.name,
        name2=details.name2,
        client_number=details.client_number,
        address1=details.address1,
        address2=details.address2,
        address3=details.address3,
        country_code=details.country_code,
        contact_person=details.contact_person,
        email=details.email,
        phone=details.phone,
        tax_number=details.tax_number,
        buyer_reference=details.custom_fields.get(_BUYER_REFERENCE) or None,
        contact_id=party.public_id,
        party_id=party.id,
    )


def snapshot(
    work: Work,
    *,
    content: Content,
    document_type: DocumentType,
    number: str | None,
    parent: Reference | None = None,
) -> Snapshot:
    """What PDF and XML would be made from if the content were final now."""
    made = composed(house(work), content=content, document_type=document_type, number=number)
    return tied(work, snapshot=made, parent=parent)


def tied(work: Work, *, snapshot: Snapshot, parent: Reference | None) -> Snapshot:
    """The snapshot with the invoices that it refers to: corrected, credited, or deducted."""
    form = snapshot.content.form
    if parent is None or form not in ("correction", "credit-note", "final"):
        return snapshot
    if form != "final":
        return replace(snapshot, preceding=(Preceding(parent.number, parent.document_date),))
    partials = preceding.standing(work, parent_id=parent.public_id)
    deductions = preceding_rules.deductions(partials)
    return replace(
        snapshot,
        totals=replace(snapshot.totals, deductions=deductions),
        preceding=tuple(Preceding(each.number, each.document_date) for each in partials),
    )


def parent_of(work: Work, *, new: NewDocument) -> Reference | None:
    """The document on which a new one follows; NotFound("document"), Invalid, Conflict."""
    if new.parent_id is None:
        steps.check_first(new.content.form)
        return None
    parent = found(work, public_id=new.parent_id)
    steps.check_step(parent, new.type, new.content.form)
    return Reference(
        parent.public_id, parent.type, parent.shown_number, parent.content.document_date
    )


def composed(
    house: House, *, content: Content, document_type: DocumentType, number: str | None
) -> Snapshot:
    """The same for a company that was read before."""
    profile = house.profile
    return Snapshot(
        type=document_type,
        number=number or PLACEHOLDER,
        finalized=False,
        is_test=house.is_test,
        content=content,
        totals=rules.totals(content, small_trader=profile.small_trader, currency=profile.currency),
        seller=seller(profile, house.paper.brand),
        due_date=agreed.due_date(
            content.agreement,
            document_date=content.document_date,
            usual_days=house.settings.payment_days,
        ),
    )


def document(work: Work, snapshot: Snapshot, *, number: str | None = None) -> Document:
    """A new draft of what was composed; `number` is one that the caller gave."""
    return Document(
        id=DocumentId(work.new_id()),
        public_id=short_id(),
        type=snapshot.type,
        number=number,
        content=snapshot.content,
        totals=snapshot.totals,
        revision=1,
        sent=None,
        paid=None,
        custom=None,
        finalized_at=None,
        finalized_date=None,
        claim=None,
        created_at=work.now,
    )


def accept(snapshot: Snapshot, verdict: Verdict) -> None:
    """Invalid("einvoice") with every broken rule, in English and German.

    Conflict if something else was judged.
    """
    findings = [*rules.tax_findings(snapshot), *verdict.findings]
    if findings:
        raise Invalid(
            "einvoice",
            f"{findings[0].rule}: {findings[0].message}",
            findings=[asdict(found) for found in findings],
        )
    if snapshot.content.export_type != "pdf" and verdict.judged != snapshot:
        raise changed_meanwhile()


def changed_meanwhile() -> Conflict:
    """What was looked at is no longer what it was."""
    return Conflict("changed_meanwhile", "Somebody changed it at this very moment: try again.")


def seller(profile: Profile, brand: Brand) -> Seller:
    """The company as a document keeps it."""
    return Seller(
        name=profile.name,
        shown_name=profile.shown_name,
        name2=profile.name2 or "",
        country_code=profile.country_code,
        address=_filled(profile.line1, profile.line2, profile.line3),
        ceo=profile.ceo,
        legal_lines=_filled(profile.legal_line1, profile.legal_line2),
        email=profile.email,
        phone=profile.phone,
        contact_lines=_filled(profile.contact_line1, profile.contact_line2),
        iban=profile.iban,
        bic=profile.bic,
        bank_name=profile.bank_name,
        payment_lines=_filled(profile.payment_line1, profile.payment_line2),
        tax_numbers=tuple((item.description, item.number) for item in profile.tax_numbers),
        currency=profile.currency,
        small_trader=profile.small_trader,
        small_trader_text=profile.small_trader_text,
        brand=brand,
    )


def _filled(*lines: str) -> tuple[str, ...]:
    return tuple(line for line in lines if line)
