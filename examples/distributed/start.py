"""Cut an import into slices for the workers, and print its result. Run it again to resume where it stopped.

python -m examples.distributed.start FILE.csv --list NAME --journals DIRECTORY [--automation UUID] [--slice 1000]
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections import Counter
from pathlib import Path

from redis.exceptions import RedisError

from grinfi_async import Grinfi, GrinfiError

from .tasks import COUNTS, broker, connect, import_slice, read_rows


async def find_or_make_list(grinfi: Grinfi, name: str) -> str:
    async for there in grinfi.lists.list():
        if there.name == name:
            return there.uuid
    return (await grinfi.lists.create(name=name)).uuid


async def start(file: Path, list_name: str, flow_uuid: str | None, journals: Path, size: int) -> bool:
    """Import a file; return whether every row is done."""
    async with connect() as grinfi:
        list_uuid = await find_or_make_list(grinfi, list_name)
        # All rows are checked before the first is sent.
        checked = await grinfi.bulk.import_contacts(
            read_rows(str(file)), list_uuid=list_uuid, flow_uuid=flow_uuid, custom_fields=True, dry_run=True
        )
    journals.mkdir(parents=True, exist_ok=True)
    rows = sum(1 for _ in read_rows(str(file)))
    slices = [
        await import_slice.kiq(
            file=str(file),
            first=first,
            count=size,
            list_uuid=list_uuid,
            flow_uuid=flow_uuid,
            journal=str(journals / f"rows-{first:09}-{size}.journal"),
        )
        for first in range(0, rows, size)
    ]
    print(f"{checked.rows:,} rows in {len(slices):,} slices are waiting for workers.", flush=True)
    totals: Counter[str] = Counter()
    complete = True
    for number, task in enumerate(slices, 1):
        result = await task.wait_result()
        if result.is_err:
            complete = False
            result_text = f"{type(result.error).__name__}: {result.error}"
        else:
            totals.update(result.return_value)
            result_text = ", ".join(
                f"{result.return_value[name]:,} {name}" for name in COUNTS if result.return_value[name]
            )
        print(f"slice {number} of {len(slices)}: {result_text}", flush=True)
    print("in all: " + ", ".join(f"{totals[name]:,} {name}" for name in COUNTS))
    return complete and not any(totals[name] for name in ("failed", "unknown", "sent", "merged"))


async def main() -> int:
    parser = argparse.ArgumentParser(description="Import contacts with several workers.")
    parser.add_argument("file", type=Path, help="CSV file in UTF-8, where all workers can read it")
    parser.add_argument("--list", required=True, metavar="NAME", help="list to import into; it is made if need be")
    parser.add_argument("--automation", metavar="UUID", help="automation to put the contacts into")
    parser.add_argument("--journals", type=Path, required=True, help="directory where all workers can write")
    parser.add_argument("--slice", type=int, default=1000, metavar="ROWS", help="rows in a slice (default: 1000)")
    options = parser.parse_args()
    try:
        await broker.startup()
        done = await start(
            options.file.resolve(), options.list, options.automation, options.journals.resolve(), options.slice
        )
    except (OSError, GrinfiError, RedisError) as error:
        raise SystemExit(f"{type(error).__name__}: {error}") from None
    finally:
        await broker.shutdown()
    return 0 if done else 1


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
