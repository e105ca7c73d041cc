"""Which document may follow on which: the steps of a chain."""

from __future__ import annotations

from collections.abc import Mapping

from kontorhaus.invoicing.model import Document, DocumentType, Form
from kontorhaus.kernel.errors import Conflict, Invalid

_INVOICES: frozenset[Form] = frozenset({"standard", "partial", "final"})
# What may follow on each type, and as which form where it is an invoice.
_STEPS: Mapping[DocumentType, Mapping[DocumentType, frozenset[Form]]] = {
    "estimate": {
        "order-confirmation": frozenset({"standard"}),
        "delivery-note": frozenset({"standard"}),
        "invoice": _INVOICES,
    },
    "order-confirmation": {"delivery-note": frozenset({"standard"}), "invoice": _INVOICES},
    "delivery-note": {"invoice": frozenset({"standard", "final"})},
    "purchase-order": {},
    "invoice": {
        "delivery-note": frozenset({"standard"}),
        "invoice": frozenset({"final", "correction", "credit-note"}),
    },
}


def check_first(form: Form) -> None:
    """A correction follows on what it corrects; Invalid("parent_id")."""
    if form == "correction":
        raise Invalid(
            "parent_id", "A correction names the cancelled invoice as parentId.", field="parentId"
        )


def check_step(parent: Document, document_type: DocumentType, form: Form) -> None:
    """Whether a document of a type and form may follow on another; Invalid, Conflict if not."""
    forms = _STEPS[parent.type].get(document_type, frozenset())
    if form not in forms:
        word = form if document_type == "invoice" and form != "standard" else document_type
        raise Invalid("type", f"A {word} does not follow on a {parent.type}.", field="type")
    if parent.finalized_at is None:
        raise Conflict("not_final", f"{parent.shown_number} is a draft: finalize it first.")
    if parent.type == "invoice":
        _check_invoice(parent, form)


def _check_invoice(parent: Document, form: Form) -> None:
    is_cancelled = parent.cancellation is not None
    if parent.content.is_credit:
        raise Conflict("credit_note", f"{parent.number} is a credit note: nothing follows on it.")
    if form == "final" and parent.content.form != "partial":
        raise Invalid("type", "A final invoice follows on a partial one.", field="type")
    if form == "correction" and not is_cancelled:
        raise Conflict("not_cancelled", f"Cancel {parent.number} first, then correct it.")
    if form != "correction" and is_cancelled:
        raise Conflict("cancelled", f"{parent.number} was cancelled.")
