"""The tables of letter papers and logos; both belong to the organization of the tenant at hand."""

from __future__ import annotations

from typing import Any

from psycopg.types.json import Jsonb

from kontorhaus.invoicing.stationery.model import Brand, Logo, Stationery, Wording
from kontorhaus.runtime.work import Work

_MINE = "(select organization_id from tenant where id = %(tenant)s)"


def hold(work: Work) -> None:
    """Let nobody else change the letter paper until the transaction ends."""
    work.connection.execute(
        f"select 1 from organization where id = {_MINE} for no key update",
        {"tenant": work.tenant_id},
    )


def found(work: Work) -> Stationery:
    """The letter paper with the content of its logo."""
    row = work.connection.execute(
        "select s.theme, s.accent, s.tagline, l.format, l.sha256, l.content, s.texts,"
        " s.price_layouts, s.sender_name, s.reply_to, s.copy_to from stationery s"
        " left join logo l on l.organization_id = s.organization_id and l.sha256 = s.logo_sha256"
        f" where s.organization_id = {_MINE}",
        {"tenant": work.tenant_id},
    ).fetchone()
    return _stationery(row) if row else Stationery()


def save(work: Work, *, paper: Stationery) -> None:
    """The letter paper as it is now."""
    brand = paper.brand
    work.connection.execute(
        "insert into stationery (organization_id, theme, accent, tagline, logo_sha256, texts,"
        f" price_layouts, sender_name, reply_to, copy_to) values ({_MINE}, %(theme)s, %(accent)s,"
        " %(tagline)s, %(logo)s, %(texts)s, %(layouts)s, %(sender)s, %(reply)s, %(copy)s)"
        " on conflict (organization_id) do update set theme = excluded.theme,"
        " accent = excluded.accent, tagline = excluded.tagline,"
        " logo_sha256 = excluded.logo_sha256, texts = excluded.texts,"
        " price_layouts = excluded.price_layouts, sender_name = excluded.sender_name,"
        " reply_to = excluded.reply_to, copy_to = excluded.copy_to",
        {
            "tenant": work.tenant_id,
            "theme": brand.theme,
            "accent": brand.accent,
            "tagline": brand.tagline,
            "logo": brand.logo.sha256 if brand.logo else None,
            "texts": Jsonb(_texts_json(paper)),
            "layouts": Jsonb(dict(paper.price_layouts)),
            "sender": paper.sender_name,
            "reply": paper.reply_to,
            "copy": paper.copy_to,
        },
    )


def keep_logo(work: Work, *, logo: Logo) -> None:
    """Store a picture under its name, for ever."""
    work.connection.execute(
        "insert into logo (organization_id, sha256, format, content, created_at)"
        f" values ({_MINE}, %(sha256)s, %(format)s, %(content)s, %(now)s)"
        " on conflict (organization_id, sha256) do nothing",
        {
            "tenant": work.tenant_id,
            "sha256": logo.sha256,
            "format": logo.format,
            "content": logo.content,
            "now": work.now,
        },
    )


def logo_content(work: Work, *, sha256: str) -> bytes:
    """The picture that a document was frozen with."""
    row = work.connection.execute(
        f"select content from logo where organization_id = {_MINE} and sha256 = %(sha256)s",
        {"tenant": work.tenant_id, "sha256": sha256},
    ).fetchone()
    assert row is not None, "a logo is kept for ever"
    return bytes(row[0])


def _texts_json(paper: Stationery) -> dict[str, Any]:
    return {
        document_type: {
            language: {"introduction": wording.introduction, "notes": wording.notes}
            for language, wording in wordings.items()
        }
        for document_type, wordings in paper.texts.items()
    }


def _stationery(row: tuple[Any, ...]) -> Stationery:
    logo = Logo(row[3], row[4], bytes(row[5])) if row[3] else None
    return Stationery(
        brand=Brand(row[0], row[1], row[2], logo),
        texts={
            document_type: {language: Wording(**said) for language, said in wordings.items()}
            for document_type, wordings in row[6].items()
        },
        price_layouts=row[7],
        sender_name=row[8],
        reply_to=row[9],
        copy_to=row[10],
    )
