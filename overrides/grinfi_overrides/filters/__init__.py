"""The filter DSL: `F`, its expressions, and the codecs that write them."""

from .codec import FILTER, FilterOf
from .days import ago
from .expressions import DateTimeField, Expression, F, Field

__all__ = ["FILTER", "DateTimeField", "Expression", "F", "Field", "FilterOf", "ago"]
