"""Photos and scans: read whole, within bounds, and written anew, so that only the picture itself is left."""

import io
import warnings
from typing import Final

import pillow_heif
from PIL import Image, ImageOps, ImageSequence

from app.documents.checking.looking.extent import end_of_tiff
from app.documents.checking.looking.refusals import Parts, Refused
from app.documents.rules import CLEAN_TYPES, PREVIEWS, Refusal

#: Pixels of one picture, and of all pages of a file together.
MOST_PIXELS: Final = 80_000_000
MOST_PAGES: Final = 100
#: Bytes that a scanner may leave after the last part of a TIFF.
_AFTER: Final = 64
_SCREEN: Final = (1_000, 1_400)
_FORMATS: Final = {"jpg": "JPEG", "jpeg": "JPEG", "png": "PNG", "heic": "HEIF", "tif": "TIFF", "tiff": "TIFF"}
_PNG_TRAILER: Final = b"\0\0\0\0IEND\xaeB`\x82"

pillow_heif.register_heif_opener()
Image.MAX_IMAGE_PIXELS = MOST_PIXELS


def image(ending: str, data: bytes) -> Parts:
    """The picture without where and by what it was taken, and pictures of its first pages. Raises Refused."""
    kind = _FORMATS[ending]
    # Pillow itself reads what comes after a picture's end as nothing.
    if kind == "PNG" and not data.endswith(_PNG_TRAILER):
        raise Refused(Refusal.UNREADABLE)
    if kind == "TIFF" and len(data) - end_of_tiff(data) > _AFTER:
        raise Refused(Refusal.UNREADABLE)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            pages = _pages(data, kind)
        except (Image.DecompressionBombError, Image.DecompressionBombWarning):
            raise Refused(Refusal.TOO_MUCH) from None
    clean = io.BytesIO()
    if kind == "TIFF":
        pages[0].save(clean, "TIFF", save_all=True, append_images=pages[1:], compression="tiff_lzw")
    elif kind == "PNG":
        pages[0].save(clean, "PNG")
    else:
        pages[0].convert("RGB").save(clean, "JPEG", quality=92)
    assert ending not in CLEAN_TYPES or kind == "HEIF"
    shown = [(f"page{number}", shrunk(page)) for number, page in enumerate(pages[:PREVIEWS], 1)]
    return [("clean", clean.getvalue()), *shown]


def shrunk(page: Image.Image) -> bytes:
    """A page as it fits on a screen, as PNG."""
    small = page.convert("RGB")
    small.thumbnail(_SCREEN)
    out = io.BytesIO()
    small.save(out, "PNG")
    return out.getvalue()


def _pages(data: bytes, kind: str) -> list[Image.Image]:
    with Image.open(io.BytesIO(data), formats=[kind]) as opened:
        count = getattr(opened, "n_frames", 1) if kind == "TIFF" else 1
        if count > MOST_PAGES:
            raise Refused(Refusal.TOO_MUCH)
        pages, pixels = [], 0
        for number, frame in enumerate(ImageSequence.Iterator(opened)):
            if number == count:
                break
            pixels += frame.width * frame.height
            if pixels > MOST_PIXELS:
                raise Refused(Refusal.TOO_MUCH)
            pages.append(_bare(frame))
    return pages


def _bare(frame: Image.Image) -> Image.Image:
    """The picture alone, the right way up: no place, no camera, no comment, no colour profile."""
    turned = ImageOps.exif_transpose(frame)
    kept = turned.convert("RGBA" if "transparency" in turned.info or "A" in turned.mode else "RGB")
    bare = Image.new(kept.mode, kept.size)
    bare.paste(kept)
    return bare
