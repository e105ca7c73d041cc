"""The credit transfer file pain.001.001.09 (or .03), valid by its schema and the German rules.

Rules: DK Anlage 3 of the DFÜ agreement: EUR only, one Ustrd of at most 140 characters, names of
at most 70, charges shared (SLEV), exact count and sum, no unstructured address.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import cache
from importlib import resources

from lxml import etree

from kontorhaus.kernel.errors import Invalid
from kontorhaus.payables.runs import rules, sepa_text
from kontorhaus.payables.runs.model import Debtor, PaymentItem, PaymentRun

_NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.001.001."
VERSIONS = ("09", "03")


def write(run: PaymentRun, debtor: Debtor, *, version: str, made_at: datetime) -> bytes:
    """The file of a run; `version` is 09 or 03, `made_at` the instant it names.

    Invalid("sepa_schema") names what the schema refuses.
    """
    assert version in VERSIONS
    assert run.message_id is not None, "a run gets its message id before it is written"
    text = "".join(_document(run, debtor, version, made_at)).encode()
    schema = _schema(version)
    if not schema.validate(etree.fromstring(text)):
        raise Invalid("sepa_schema", str(schema.error_log))
    return text


def _document(run: PaymentRun, debtor: Debtor, version: str, made_at: datetime) -> Iterator[str]:
    count = f"<NbOfTxs>{len(run.items)}</NbOfTxs><CtrlSum>{run.total.decimal}</CtrlSum>"
    payer = f"<Nm>{_escaped(sepa_text.name(debtor.name))}</Nm>"
    message = _escaped(run.message_id or "")
    day = run.execution_date.isoformat()
    execution = day if version == "03" else f"<Dt>{day}</Dt>"
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    yield f'<Document xmlns="{_NAMESPACE}{version}"><CstmrCdtTrfInitn><GrpHdr>'
    yield f"<MsgId>{message}</MsgId><CreDtTm>{made_at:%Y-%m-%dT%H:%M:%S}Z</CreDtTm>{count}"
    yield f"<InitgPty>{payer}</InitgPty></GrpHdr><PmtInf><PmtInfId>{message}</PmtInfId>"
    yield f"<PmtMtd>TRF</PmtMtd><BtchBookg>true</BtchBookg>{count}<PmtTpInf><SvcLvl><Cd>SEPA</Cd>"
    yield f"</SvcLvl></PmtTpInf><ReqdExctnDt>{execution}</ReqdExctnDt><Dbtr>{payer}</Dbtr>"
    yield f"<DbtrAcct><Id><IBAN>{debtor.iban}</IBAN></Id></DbtrAcct>"
    yield f"<DbtrAgt>{_bank(debtor.bic, version)}</DbtrAgt><ChrgBr>SLEV</ChrgBr>"
    for item in run.items:
        yield _payment(item, version)
    yield "</PmtInf></CstmrCdtTrfInitn></Document>"


def _payment(item: PaymentItem, version: str) -> str:
    agent = f"<CdtrAgt>{_bank(item.vendor_bic, version)}</CdtrAgt>" if item.vendor_bic else ""
    return (
        f"<CdtTrfTxInf><PmtId><EndToEndId>{item.id.hex}</EndToEndId></PmtId>"
        f'<Amt><InstdAmt Ccy="EUR">{item.amount.decimal}</InstdAmt></Amt>{agent}'
        f"<Cdtr><Nm>{_escaped(sepa_text.name(item.vendor_name))}</Nm>{_address(item)}</Cdtr>"
        f"<CdtrAcct><Id><IBAN>{item.vendor_iban}</IBAN></Id></CdtrAcct>"
        f"<RmtInf><Ustrd>{_escaped(sepa_text.remittance(item.reference))}</Ustrd></RmtInf>"
        "</CdtTrfTxInf>"
    )


def _address(item: PaymentItem) -> str:
    """Town and country, only where SEPA asks for them."""
    if not rules.needs_address(item.vendor_iban):
        return ""
    town = _escaped(sepa_text.plain(item.vendor_city or "")[:35])
    return f"<PstlAdr><TwnNm>{town}</TwnNm><Ctry>{item.vendor_country}</Ctry></PstlAdr>"


def _bank(bic: str | None, version: str) -> str:
    name = "BIC" if version == "03" else "BICFI"
    inner = f"<{name}>{bic}</{name}>" if bic else "<Othr><Id>NOTPROVIDED</Id></Othr>"
    return f"<FinInstnId>{inner}</FinInstnId>"


def _escaped(text: str) -> str:
    """Only `&`, `<` and `>` could disturb, and none of them is a SEPA character."""
    assert not set(text) & set("&<>")
    return text


@cache
def _schema(version: str) -> etree.XMLSchema:
    folder = resources.files("sepaxml") / "schemas"
    with (folder / f"pain.001.001.{version}.xsd").open("rb") as file:
        return etree.XMLSchema(etree.parse(file))
