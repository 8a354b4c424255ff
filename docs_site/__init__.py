"""Builds the site: the hooks of `mkdocs.yml`, and the pages of the reference, which are never committed."""
