"""Corrections that take more than one request, or parts of this package; see `grinfi_overrides.corrections`."""
