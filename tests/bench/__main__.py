"""In: where the annotated threads lie, if anywhere. Out: the benchmarks' table, and their rows as JSON in a file.

`python -m tests.bench [SHARED] [--json FILE]`; every ratio is of two things measured in turns in this one run.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.bench import exploring, extraction, updating

ROOT = Path(__file__).parent.parent.parent


def rows(shared: Path | None) -> Iterator[dict[str, Any]]:
    """All rows, as they are measured."""
    yield from exploring.measure()
    files = sorted((shared / "threads").glob("*.mbox")) if shared else []
    bundled = ROOT / "data" / "threads" / "fuse-tmp-folio-v2.mbox"
    for file in (bundled, *(file for file in files if not file.name.startswith(bundled.stem))):
        yield from extraction.measure(file)
    yield from updating.measure(bundled)


def main() -> int:
    """Measure, print, write."""
    given = argparse.ArgumentParser(prog="python -m tests.bench", description=main.__doc__)
    given.add_argument("shared", nargs="?", type=Path, help="holds threads/*.mbox")
    given.add_argument("--json", type=Path, metavar="FILE", help="write the rows there")
    chosen = given.parse_args()
    found = []
    sys.stdout.write("| what | seconds | peer | peer's seconds | ratio | states/s |\n|---|---|---|---|---|---|\n")
    for row in rows(chosen.shared if chosen.shared and chosen.shared.is_dir() else None):
        found.append(row)
        peer = f"{row['peer']} | {row['peer_seconds']:.2f} | {row['ratio']:.2f}" if "peer" in row else " | | "
        rate = f"{row['states_per_second']:,.0f}" if "states_per_second" in row else ""
        sys.stdout.write(f"| {row['what']} | {row['seconds']:.2f} | {peer} | {rate} |\n")
        sys.stdout.flush()
    if chosen.json:
        chosen.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
