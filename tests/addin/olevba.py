"""oletools' olevba: VBA read by other code than ours."""

import warnings
from pathlib import Path

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # it calls pyparsing by names that are old
    from oletools.olevba import VBA_Parser, decompress_stream


def decompressed(data: bytes) -> bytes:
    """What a compressed container holds."""
    return bytes(decompress_stream(bytearray(data)))


def modules_of(workbook: bytes) -> dict[str, str]:
    """The modules of a workbook: name → text."""
    parser = VBA_Parser("book.xlsm", data=workbook)
    return {Path(name).stem: text for _, _, name, text in parser.extract_all_macros()}
