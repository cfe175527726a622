"""In: a source tree. Out: a facts file of its calls and branches, and answers from it; no statement text is kept.

The C parser is loaded only to index: answers from a facts file do without.
"""

from __future__ import annotations

from sim_hooks.source.indexing import IndexReport, index

__all__ = ["IndexReport", "index"]
