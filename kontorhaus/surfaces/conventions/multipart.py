"""A multipart request: one file in the field `file`, and texts."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request

from kontorhaus.kernel.errors import Invalid
from kontorhaus.surfaces.conventions import wire_json
from kontorhaus.surfaces.conventions.operation import Upload

_MOST_FIELDS = 20
_LARGEST_FIELD = 64 * 1024


@dataclass(frozen=True, slots=True)
class Form:
    """The file and the other fields."""

    upload: Upload
    fields: dict[str, str]

    @property
    def material(self) -> bytes:
        """What makes two forms the same, whatever boundary they were sent with."""
        parts = [self.upload.filename, hashlib.sha256(self.upload.content).hexdigest()]
        parts += [f"{name}={value}" for name, value in sorted(self.fields.items())]
        return "\0".join(parts).encode()


async def read(request: Request) -> Form:
    """The form of a request; Invalid("invalid_input") for any other body."""
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        raise _refused("A file comes as multipart/form-data in the field file.")
    try:
        form = await request.form(
            max_files=1, max_fields=_MOST_FIELDS, max_part_size=_LARGEST_FIELD
        )
    except HTTPException as error:
        raise _refused("The multipart body cannot be read.") from error
    try:
        file, texts = None, {}
        for name, value in form.multi_items():
            if isinstance(value, UploadFile):
                file = value if name == "file" else None
            else:
                texts[wire_json.clean(name)] = wire_json.clean(value)
        if file is None:
            raise _refused("The field file is missing.")
        name = wire_json.clean(file.filename or "")
        upload = Upload(name, file.content_type or "application/octet-stream", await file.read())
    finally:
        await form.close()
    return Form(upload, texts)


def _refused(message: str) -> Invalid:
    return Invalid("invalid_input", message, field="file")
