"""What the generated code stands on: static, typed, and free of any knowledge of a particular operation."""
