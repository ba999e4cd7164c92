"""Reading files of prospects (SOP-2.7): what is in a file, before anything is written."""

from leads.imports.prospects import PROSPECTS

__all__ = ["PROSPECTS"]
