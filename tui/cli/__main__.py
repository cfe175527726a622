"""In: `python -m tui.cli …`. Out: the same as the `threadkb` command."""

from __future__ import annotations

import sys

from tui.cli import main

sys.exit(main())
