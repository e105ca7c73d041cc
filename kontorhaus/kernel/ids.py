"""Names of ids: every id is a UUID underneath, and a type of its own above."""

from __future__ import annotations

from typing import NewType
from uuid import UUID

OrganizationId = NewType("OrganizationId", UUID)
TenantId = NewType("TenantId", UUID)
UserId = NewType("UserId", UUID)
ApiKeyId = NewType("ApiKeyId", UUID)
AccessId = NewType("AccessId", UUID)
AppId = NewType("AppId", UUID)
GrantId = NewType("GrantId", UUID)
PartyId = NewType("PartyId", UUID)
FileId = NewType("FileId", UUID)
IntentId = NewType("IntentId", UUID)
EventId = NewType("EventId", UUID)
OpenItemId = NewType("OpenItemId", UUID)
BankAccountId = NewType("BankAccountId", UUID)
BankTransactionId = NewType("BankTransactionId", UUID)
StatementId = NewType("StatementId", UUID)
InvoiceId = NewType("InvoiceId", UUID)
DocumentId = NewType("DocumentId", UUID)
ProductId = NewType("ProductId", UUID)
PaymentRunId = NewType("PaymentRunId", UUID)
PaymentItemId = NewType("PaymentItemId", UUID)
