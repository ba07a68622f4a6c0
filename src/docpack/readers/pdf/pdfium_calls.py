"""PDFium's C functions, as far as its engine needs them, each with handles that are plain integers.

pypdfium2 wraps every handle in a pointer object of its own, which costs more than most of these calls, and cannot be
compared; here one handle is equal to another when it means the same thing. None is the null handle.

PDFium runs in one thread at a time, whatever the document: whoever calls holds `LOCK`.
"""

from __future__ import annotations

import atexit
import ctypes
import threading
from ctypes import POINTER, Structure, byref, c_char_p, c_double, c_float, c_int, c_size_t, c_uint, c_ulong, c_void_p
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["ENDED", "LOCK", "Box", "Calls", "MatrixOut", "bytes_of"]

LOCK = threading.Lock()
ENDED = threading.Event()  # the process ends, and pypdfium2 shuts PDFium down: to close a document now is a crash


class Box(Structure):
    """FS_RECTF, in user space: y counts upwards."""

    _fields_ = (("left", c_float), ("top", c_float), ("right", c_float), ("bottom", c_float))


class MatrixOut(Structure):
    """FS_MATRIX."""

    _fields_ = tuple((name, c_float) for name in "abcdef")

    def values(self) -> tuple[float, float, float, float, float, float]:
        """Return its six numbers."""
        return (self.a, self.b, self.c, self.d, self.e, self.f)


_HANDLE, _FLOAT, _DOUBLE, _LONG = c_void_p, POINTER(c_float), POINTER(c_double), POINTER(c_ulong)
_SIGNATURES: dict[str, tuple[Any, ...]] = {  # what is returned, and what is given
    "FPDF_LoadMemDocument64": (_HANDLE, c_char_p, c_size_t, c_char_p),
    "FPDF_GetLastError": (c_ulong,),
    "FPDF_CloseDocument": (None, _HANDLE),
    "FPDF_GetPageCount": (c_int, _HANDLE),
    "FPDF_LoadPage": (_HANDLE, _HANDLE, c_int),
    "FPDF_ClosePage": (None, _HANDLE),
    "FPDF_GetPageBoundingBox": (c_int, _HANDLE, POINTER(Box)),
    "FPDFPage_GetRotation": (c_int, _HANDLE),
    "FPDFPage_CountObjects": (c_int, _HANDLE),
    "FPDFPage_GetObject": (_HANDLE, _HANDLE, c_int),
    "FPDFFormObj_CountObjects": (c_int, _HANDLE),
    "FPDFFormObj_GetObject": (_HANDLE, _HANDLE, c_ulong),
    "FPDFPageObj_GetType": (c_int, _HANDLE),
    "FPDFPageObj_GetMatrix": (c_int, _HANDLE, POINTER(MatrixOut)),
    "FPDFPageObj_GetBounds": (c_int, _HANDLE, _FLOAT, _FLOAT, _FLOAT, _FLOAT),
    "FPDFPageObj_SetIsActive": (c_int, _HANDLE, c_int),
    "FPDFPageObj_CountMarks": (c_int, _HANDLE),
    "FPDFPageObj_GetMark": (_HANDLE, _HANDLE, c_ulong),
    "FPDFPageObj_RemoveMark": (c_int, _HANDLE, _HANDLE),
    "FPDFPageObjMark_GetName": (c_int, _HANDLE, c_char_p, c_ulong, _LONG),
    "FPDFPageObjMark_GetParamIntValue": (c_int, _HANDLE, c_char_p, POINTER(c_int)),
    "FPDFPageObjMark_GetParamBlobValue": (c_int, _HANDLE, c_char_p, c_char_p, c_ulong, _LONG),
    "FPDFPath_CountSegments": (c_int, _HANDLE),
    "FPDFPath_GetPathSegment": (_HANDLE, _HANDLE, c_int),
    "FPDFPath_GetDrawMode": (c_int, _HANDLE, POINTER(c_int), POINTER(c_int)),
    "FPDFPathSegment_GetPoint": (c_int, _HANDLE, _FLOAT, _FLOAT),
    "FPDFPathSegment_GetType": (c_int, _HANDLE),
    "FPDFTextObj_GetFont": (_HANDLE, _HANDLE),
    "FPDFTextObj_GetFontSize": (c_int, _HANDLE, _FLOAT),
    "FPDFFont_GetBaseFontName": (c_size_t, _HANDLE, c_char_p, c_size_t),
    "FPDFFont_GetFlags": (c_int, _HANDLE),
    "FPDFFont_GetGlyphWidth": (c_int, _HANDLE, c_uint, c_float, _FLOAT),
    "FPDFText_LoadPage": (_HANDLE, _HANDLE),
    "FPDFText_ClosePage": (None, _HANDLE),
    "FPDFText_CountChars": (c_int, _HANDLE),
    "FPDFText_GetUnicode": (c_uint, _HANDLE, c_int),
    "FPDFText_IsGenerated": (c_int, _HANDLE, c_int),
    "FPDFText_IsHyphen": (c_int, _HANDLE, c_int),
    "FPDFText_HasUnicodeMapError": (c_int, _HANDLE, c_int),
    "FPDFText_GetTextObject": (_HANDLE, _HANDLE, c_int),
    "FPDFText_GetCharOrigin": (c_int, _HANDLE, c_int, _DOUBLE, _DOUBLE),
    "FPDFText_GetCharBox": (c_int, _HANDLE, c_int, _DOUBLE, _DOUBLE, _DOUBLE, _DOUBLE),
    "FPDFText_GetLooseCharBox": (c_int, _HANDLE, c_int, POINTER(Box)),
    "FPDFText_GetMatrix": (c_int, _HANDLE, c_int, POINTER(MatrixOut)),
    "FPDFText_GetFontSize": (c_double, _HANDLE, c_int),
}


class Calls:
    """The functions by their C names, and one store for each kind of what they give back beside their value.

    Raises:
        ImportError: pypdfium2 is not installed, or its PDFium is too old to have all of them.
    """

    def __init__(self) -> None:
        import pypdfium2  # noqa: F401  # it starts PDFium, and registers what shuts it down
        from pypdfium2 import raw

        atexit.unregister(ENDED.set)
        atexit.register(ENDED.set)  # what is registered later runs earlier
        self._functions: dict[str, Callable[..., Any]] = {}
        for name, (result, *given) in _SIGNATURES.items():
            function = getattr(raw, name, None)
            if function is None:
                raise ImportError(f"this PDFium has no {name}")
            address = ctypes.cast(function, c_void_p).value
            assert address is not None
            self._functions[name] = ctypes.CFUNCTYPE(result, *given)(address)
        self.box, self.matrix = Box(), MatrixOut()
        self.x, self.y, self.across, self.down = c_double(), c_double(), c_float(), c_float()
        self.corners = (c_double(), c_double(), c_double(), c_double())
        self.edges = (c_float(), c_float(), c_float(), c_float())
        self.box_out, self.x_out, self.y_out = byref(self.box), byref(self.x), byref(self.y)
        self.whole, self.other, self.length = c_int(), c_int(), c_ulong()

    def __getattr__(self, name: str) -> Callable[..., Any]:
        """Return a function of PDFium."""
        try:
            function = self._functions[name]
        except KeyError:
            raise AttributeError(name) from None
        setattr(self, name, function)
        return function

    def matrix_of(self, handle: int) -> tuple[float, float, float, float, float, float]:
        """Return the matrix of an object on a page; it takes the object's space to that of what holds it."""
        self.FPDFPageObj_GetMatrix(handle, byref(self.matrix))
        return self.matrix.values()


def bytes_of(call: Callable[..., Any], length: c_ulong, *given: Any) -> bytes | None:
    """Return what a function writes into a buffer, or None where there is nothing."""
    if not call(*given, None, 0, byref(length)) or not length.value:
        return None
    buffer = ctypes.create_string_buffer(length.value)
    return buffer.raw[: length.value] if call(*given, buffer, length.value, byref(length)) else None
