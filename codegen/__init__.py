"""Turns `openapi.yaml` into the package `grinfi_async`. Run `python -m codegen --help`."""
