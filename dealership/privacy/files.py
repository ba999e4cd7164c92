"""
The private store: files that no web server hands out, only a view that has asked who may.

Pictures and documents lie there sealed (AES-256-GCM). What comes in is read by its content, never
by its name: pictures are drawn anew without what the camera wrote into them, documents are copied
page by page without scripts and attachments.
"""

import hashlib
import io
import os
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.files.storage import FileSystemStorage
from django.utils.deconstruct import deconstructible
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from dealership.errors import RuleViolation

MEGABYTE = 1024 * 1024
PICTURE_MAX_BYTES = 15 * MEGABYTE
PICTURE_MAX_PIXELS = 50_000_000
PICTURE_SIDE = 1600
PICTURE_FORMATS = ("JPEG", "PNG", "WEBP")
DOCUMENT_MAX_BYTES = 15 * MEGABYTE
DOCUMENT_MAX_PAGES = 120
NONCE = 12


@deconstructible
class PrivateFiles(FileSystemStorage):
    """Files under PRIVATE_DIR, readable by the house's own user alone; they have no address."""

    def __init__(self) -> None:
        super().__init__(file_permissions_mode=0o600, directory_permissions_mode=0o700)

    @property
    def base_location(self) -> str:
        return str(settings.PRIVATE_DIR)

    @property
    def location(self) -> str:
        return str(Path(self.base_location).resolve())

    def url(self, name: str | None) -> str:
        raise ValueError("A private file has no address.")


@dataclass(frozen=True)
class Content:
    """What a file holds after it was cleaned, ready to be sealed."""

    data: bytes
    media: str
    width: int = 0
    height: int = 0

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()


def picture(upload: IO[bytes]) -> Content:
    """
    Draw a photo anew: upright, at most 1600 px a side, without place, time or camera.

    RuleViolation (code "picture") if it is none, too large, or broken.
    """
    data = _read(upload, PICTURE_MAX_BYTES, field="photo")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=PICTURE_FORMATS) as found:
                if found.width * found.height > PICTURE_MAX_PIXELS:
                    raise _refused(_("This picture has too many points. Take it smaller."))
                found.draft("RGB", (PICTURE_SIDE, PICTURE_SIDE))
                upright = ImageOps.exif_transpose(found)
                drawn = _on_white(upright)
    except RuleViolation:
        raise
    except Exception:  # whatever a broken file makes of its reader
        raise _refused(_("This is no picture that can be read. Use a JPEG, PNG or WebP.")) from None
    drawn.thumbnail((PICTURE_SIDE, PICTURE_SIDE))
    out = io.BytesIO()
    drawn.save(out, "JPEG", quality=82, optimize=True)
    return Content(out.getvalue(), "image/jpeg", drawn.width, drawn.height)


def _on_white(found: Image.Image) -> Image.Image:
    """Flat and without transparency."""
    if found.mode in ("RGBA", "LA", "PA") or "transparency" in found.info:
        found = found.convert("RGBA")
        ground = Image.new("RGB", found.size, "white")
        ground.paste(found, mask=found.getchannel("A"))
        return ground
    return found.convert("RGB")


def document(upload: IO[bytes]) -> Content:
    """
    Copy a PDF page by page, without scripts, forms and attachments; or draw a picture anew.

    RuleViolation (code "document") if it is neither, too long, locked or broken.
    """
    data = _read(upload, DOCUMENT_MAX_BYTES, field="file")
    if not data[:1024].lstrip().startswith(b"%PDF-"):
        try:
            return picture(io.BytesIO(data))
        except RuleViolation:
            raise _refused(
                _("This is neither a PDF nor a picture that can be read."), "document", "file"
            ) from None
    return Content(_copied(data), "application/pdf")


def _copied(data: bytes) -> bytes:
    from pypdf import PdfReader, PdfWriter  # noqa: PLC0415 – rarely used, slow to import

    try:
        reader = PdfReader(io.BytesIO(data), strict=False)
        if reader.is_encrypted:
            raise _refused(_("This PDF is locked. Save it without a password."), "document", "file")
        if len(reader.pages) > DOCUMENT_MAX_PAGES:
            raise _refused(
                _("This PDF has more than %(most)s pages.") % {"most": DOCUMENT_MAX_PAGES},
                "document",
                "file",
            )
        writer = PdfWriter()
        for page in reader.pages:
            for name in ("/AA", "/Annots"):
                page.pop(name, None)
            writer.add_page(page)
        out = io.BytesIO()
        writer.write(out)
    except RuleViolation:
        raise
    except Exception:  # whatever a broken file makes of its reader
        raise _refused(_("This PDF cannot be read."), "document", "file") from None
    return out.getvalue()


def _read(upload: IO[bytes], most: int, *, field: str) -> bytes:
    data = upload.read(most + 1)
    if len(data) > most:
        text = _("The file is larger than %(most)s MB.") % {"most": most // MEGABYTE}
        raise _refused(text, "too_large", field)
    if not data:
        raise _refused(_("The file is empty."), "empty", field)
    return data


def _refused(text: str, code: str = "picture", field: str = "photo") -> RuleViolation:
    return RuleViolation(text, code=code, field=field)


def seal(data: bytes, *, name: str) -> bytes:
    """Encrypt; the name is part of it, so that files cannot be swapped."""
    nonce = os.urandom(NONCE)
    return nonce + AESGCM(_key()).encrypt(nonce, data, name.encode())


def unseal(sealed: bytes, *, name: str) -> bytes:
    """Decrypt, or raise ValueError if the file or the key is not what it was."""
    try:
        return AESGCM(_key()).decrypt(sealed[:NONCE], sealed[NONCE:], name.encode())
    except InvalidTag:
        raise ValueError(f"{name} was changed, or FILES_KEY is another") from None


def _key() -> bytes:
    """`FILES_KEY`, or one derived from SECRET_KEY."""
    secret: Any = settings.FILES_KEY or settings.SECRET_KEY
    derive = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=b"private files")
    return derive.derive(str(secret).encode())
