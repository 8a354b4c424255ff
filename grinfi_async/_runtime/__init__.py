# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
"""What the generated code stands on: static, typed, and free of any knowledge of a particular operation."""
