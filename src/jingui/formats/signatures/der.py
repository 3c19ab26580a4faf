"""Loose ASN.1 structures: only what is looked at is parsed, and nothing breaks over an unknown identifier.

asn1crypto parses a level at a time and raises ValueError and its kin over bytes that are none; a parse is bounded by
the size of what is parsed, which callers cap.
"""

from __future__ import annotations

import binascii
from typing import Any

from asn1crypto import core, parser

MAX_DER_BYTES = 16 << 20
"""No signature, seal or token is larger; a revocation list has its own limit."""

BROKEN = (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError, OverflowError, binascii.Error)
"""What asn1crypto raises over bytes that are not what they should be."""


class MalformedError(Exception):
    """Bytes are not the structure they should be."""


class AlgorithmIdentifier(core.Sequence):  # type: ignore[misc]
    """RFC 5280 §4.1.1.2, parameters not looked at."""

    _fields = [("algorithm", core.ObjectIdentifier), ("parameters", core.Any, {"optional": True})]


class Anys(core.SetOf):  # type: ignore[misc]
    """A SET of anything."""

    _child_spec = core.Any


class AnySequence(core.SequenceOf):  # type: ignore[misc]
    """A SEQUENCE of anything."""

    _child_spec = core.Any


class Octets(core.SequenceOf):  # type: ignore[misc]
    """A SEQUENCE of octet strings."""

    _child_spec = core.OctetString


class Attribute(core.Sequence):  # type: ignore[misc]
    """RFC 5652 §5.3."""

    _fields = [("type", core.ObjectIdentifier), ("values", Anys)]


class Attributes(core.SetOf):  # type: ignore[misc]
    """A SET of attributes."""

    _child_spec = Attribute


def load(kind: type[Any], der: bytes, *, what: str) -> Any:  # noqa: ANN401 - asn1crypto is untyped
    """Parse bytes as a structure; bytes behind it are passed over. Raises MalformedError."""
    if len(der) > MAX_DER_BYTES:
        raise MalformedError(f"{what}: {len(der)} bytes")
    try:
        return kind.load(der)
    except BROKEN as error:
        raise MalformedError(f"{what}: {error}"[:160]) from None


def dumped(value: Any) -> bytes:  # noqa: ANN401 - asn1crypto is untyped
    """Return the DER of a value as it was read; asn1crypto dumps an ``Any`` of universal tags only."""
    if isinstance(value, core.Any) and value._parsed is None:  # noqa: SLF001
        return bytes(value._header + value.contents + value._trailer)  # noqa: SLF001
    return bytes(value.dump())


def parameters(identifier: Any) -> bytes:  # noqa: ANN401
    """Return the DER of an algorithm's parameters, empty if it has none."""
    given = identifier["parameters"]
    return b"" if isinstance(given, core.Void) else dumped(given)


def first_value(attributes: Any, kind: str) -> Any:  # noqa: ANN401
    """Return the first value of the attribute of this type (dotted), ``None`` if there is none."""
    for attribute in present(attributes):
        if attribute["type"].dotted == kind and len(attribute["values"]):
            return attribute["values"][0]
    return None


def present(values: Any) -> Any:  # noqa: ANN401
    """Return an optional SET or SEQUENCE as something to iterate over."""
    return () if values is None or isinstance(values, core.Void) else values


def inside(value: Any) -> bytes:  # noqa: ANN401
    """Return what an explicit tag holds, which asn1crypto dumps together with the tag."""
    return bytes(parser.parse(dumped(value))[4])
