"""The filter language: `F`, its expressions, and the codecs that write them.

A filter takes these steps:

1. `F.status == "open"` checks the value and writes it as JSON (conditions.py): `{"status": {"=": "open"}}`.
2. `… & F.age.between(1, 9)` joins conditions, or raises if no row could meet both (joining.py):
   `{"status": {"=": "open"}, "age": {">=": 1, "<=": 9}}`.
3. As an argument, it is checked for fields that the operation does not take (codec.py).
4. `conditions.wire` writes the shorter form that the API takes: `{"status": "open", "age": {">=": 1, "<=": 9}}`.
"""

from .codec import FILTER, FilterOf
from .days import ago
from .expressions import DateTimeField, Expression, F, Field

__all__ = ["FILTER", "DateTimeField", "Expression", "F", "Field", "FilterOf", "ago"]
