"""Compares two editions of an OpenAPI description, as a caller of the SDK sees them.

A change is breaking when code that works with the SDK of the old edition may stop working with that of the new one:
arguments may be widened but never narrowed; a result may get new fields but never lose one or change its type.
Reading is tolerant, so nulls, missing fields and new enumeration values in responses break nothing.
"""

from codegen.diff.comparison import compare
from codegen.diff.difference import Change, Difference, OperationChange, Rename
from codegen.diff.texts import TextChanges, compare_texts

__all__ = ["Change", "Difference", "OperationChange", "Rename", "TextChanges", "compare", "compare_texts"]
