"""A sheet on paper: PDF/A-3b, tagged, with Typst's own fonts; or a picture of a page."""

import json
from pathlib import Path
from typing import Final

import typst

from orders.documents.sheet import Sheet

_TEMPLATE: Final = Path(__file__).with_name("invoice.typ")
_FONTS: Final = typst.Fonts(include_system_fonts=False)
_PIXELS_PER_INCH: Final = 110.0


def pdf_of(sheet: Sheet, *, made_at: int) -> bytes:
    """The PDF of a sheet, which is the same for the same moment (Unix seconds)."""
    compiled = _compiler(sheet).compile(format="pdf", pdf_standards=["a-3b"], timestamp=made_at)
    return _pages(compiled)[0]


def pictures_of(sheet: Sheet) -> list[bytes]:
    """A PNG of each page."""
    return _pages(_compiler(sheet).compile(format="png", ppi=_PIXELS_PER_INCH))


def _compiler(sheet: Sheet) -> typst.Compiler:
    """Reads the template alone: packages and files of the machine are out of its reach."""
    return typst.Compiler(
        _TEMPLATE,
        root=_TEMPLATE.parent,
        font_paths=_FONTS,
        sys_inputs={"sheet": json.dumps(sheet)},
    )


def _pages(compiled: bytes | list[bytes] | None) -> list[bytes]:
    return compiled if isinstance(compiled, list) else [compiled or b""]
