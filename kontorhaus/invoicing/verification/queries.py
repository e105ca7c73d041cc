"""Verification of documents: stored files are what was stored, numbers and claims are complete."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from kontorhaus.invoicing.verification import store as verify_store
from kontorhaus.kernel.errors import NotFound
from kontorhaus.kernel.finding import Finding
from kontorhaus.runtime.blobs import Blobs
from kontorhaus.runtime.work import Work


def verify(work: Work, *, blobs: Blobs) -> list[Finding]:
    """Everything that is wrong with final documents; an empty list if all is as it was written."""
    return [*_files(work, blobs), *_claims(work), *_corrections(work), *_numbers(work)]


def _files(work: Work, blobs: Blobs) -> Iterator[Finding]:
    for document_id, number, kind, sha256, size in verify_store.artefacts(work):
        try:
            content = blobs.get(sha256)
        except NotFound:
            yield Finding("file", f"The {kind} of {number} is missing.", subject=document_id)
            continue
        if len(content) != size or hashlib.sha256(content).hexdigest() != sha256:
            yield Finding("file", f"The {kind} of {number} was changed.", subject=document_id)


def _claims(work: Work) -> Iterator[Finding]:
    for document_id, number in verify_store.unclaimed(work):
        yield Finding("claim", f"The books lack the claim of {number}.", subject=document_id)
    for invoice_id, number in verify_store.orphaned_claims(work):
        yield Finding("claim", f"The claim {number} has no final document.", subject=invoice_id)


def _corrections(work: Work) -> Iterator[Finding]:
    for document_id, number in verify_store.uncredited(work):
        yield Finding("claim", f"The books lack the credit of {number}.", subject=document_id)
    for document_id, number in verify_store.wrong_deductions(work):
        yield Finding(
            "claim", f"{number} deducts other down payments than those there are.",
            subject=document_id,
        )  # fmt: skip


def _numbers(work: Work) -> Iterator[Finding]:
    for series, value in verify_store.missing_values(work):
        yield Finding(
            "number", f"Number {value} of the series {series} has no document.", subject=series
        )
