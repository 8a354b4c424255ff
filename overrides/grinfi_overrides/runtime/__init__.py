"""The runtime of the generated code: typed, and independent of any particular operation."""
