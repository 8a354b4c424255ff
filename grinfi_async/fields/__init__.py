# Generated from openapi.yaml by `python -m codegen generate`. Do not edit: the next run overwrites this file.
"""Fields to filter by, a module for each part of the API."""
