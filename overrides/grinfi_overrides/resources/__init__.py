"""Corrections of generated resources: a module here replaces the generated resource of its name.

Its class has the generated one's name and subclasses it. Run `python -m codegen generate` after adding one.
"""
