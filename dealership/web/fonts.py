"""The fonts of printed pages: made once at set-up out of the browser packages' own."""

from pathlib import Path

from django.conf import settings
from fontTools.ttLib import TTFont

# Weight → file of the package. WeasyPrint reads a TTF fifty times faster than a woff2.
WEIGHTS = {400: "400-normal", 600: "600-normal"}
SOURCE = "node_modules/@fontsource/noto-sans-sc/files/noto-sans-sc-chinese-simplified-{}.woff2"


def font(weight: int) -> Path:
    """Where the font of a weight stands, made or not."""
    return Path(settings.FONTS_DIR) / f"NotoSansSC-{weight}.ttf"


def source(weight: int) -> Path:
    return Path(settings.BASE_DIR) / SOURCE.format(WEIGHTS[weight])


def make_font(weight: int) -> bool:
    """Make the TTF if it is missing or older than its package; True if it was made."""
    target, packed = font(weight), source(weight)
    if target.exists() and target.stat().st_mtime >= packed.stat().st_mtime:
        return False
    target.parent.mkdir(parents=True, exist_ok=True)
    loaded = TTFont(packed)
    loaded.flavor = None
    half = target.with_suffix(".part")
    loaded.save(half)
    half.replace(target)
    return True
