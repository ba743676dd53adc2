"""Reads what PostgreSQL answers in its binary copy format: fields as bytes, whole numbers as matrices."""

import struct
from collections.abc import Iterator

import numpy as np
from django.db import connection

from matching.engine.columns import I64

_HEADER = 19
_END = b"\xff\xff"
_BIGINT = 20
_MATRIX = struct.Struct(">iiIiiii")
_CELL = np.dtype([("length", ">i4"), ("value", ">i8")])

Field = bytes | None


class _Sink(list[bytes]):
    write = list.append


def rows(query: str) -> Iterator[list[Field]]:
    """Yield the rows of a query, each a list of fields as PostgreSQL sends them; None is null. No parameters."""
    sink = _Sink()
    # Not Django's execute: its errors are given the names that Django acts upon, so that a broken connection is closed.
    with connection.cursor() as cursor, connection.wrap_database_errors:
        cursor.copy_expert(f"COPY ({query}) TO STDOUT (FORMAT binary)", sink)
    # PostgreSQL sends a row per message, the header with the first and the end by itself.
    for number, message in enumerate(sink):
        if message != _END:
            yield _fields(message, _HEADER if number == 0 else 0)


def _fields(message: bytes, at: int) -> list[Field]:
    (count,) = struct.unpack_from(">h", message, at)
    at += 2
    fields: list[Field] = []
    for _ in range(count):
        (length,) = struct.unpack_from(">i", message, at)
        at += 4
        if length < 0:
            fields.append(None)
        else:
            fields.append(message[at : at + length])
            at += length
    return fields


def number(field: Field) -> int:
    """Return a whole number of any width; null is 0."""
    return int.from_bytes(field or b"", "big", signed=True)


def matrix(field: Field, width: int) -> I64:
    """Return an array of rows as columns, shape (width, rows). Raises ValueError on anything but whole bigints."""
    if field is None:
        return np.empty((width, 0), np.int64)
    dimensions, has_null, kind, height, _, across, _ = _MATRIX.unpack_from(field)
    if dimensions != 2 or has_null or kind != _BIGINT or across != width:
        raise ValueError("a part of the register has a null, or is no matrix of bigints")
    cells = np.frombuffer(field, _CELL, offset=_MATRIX.size)["value"]
    return cells.reshape(height, width).T.astype(np.int64, order="C")
