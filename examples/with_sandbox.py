"""Run a program against a new sandbox, which is stopped afterwards.

python examples/with_sandbox.py examples/import_contacts.py
"""

from __future__ import annotations

import os
import subprocess
import sys


def main(arguments: list[str]) -> int:
    if not arguments:
        raise SystemExit("Say which program to run: python examples/with_sandbox.py PROGRAM.py [ARGUMENT ...]")
    sandbox = subprocess.Popen(
        [sys.executable, "-m", "grinfi_sandbox", "--port", "0"], stdout=subprocess.PIPE, text=True
    )
    try:
        ready = sandbox.stdout.readline() if sandbox.stdout else ""
        if not ready:
            raise SystemExit(f"The sandbox did not start (exit status {sandbox.wait()}).")
        address = dict(part.split("=", 1) for part in ready.split() if "=" in part)
        print(f"A sandbox answers at {address['url']}.", flush=True)
        environment = {**os.environ, "GRINFI_BASE_URL": address["url"], "GRINFI_API_KEY": address["key"]}
        command = [sys.executable, *arguments]
        return subprocess.run(command, env=environment, check=False).returncode  # noqa: S603 - the caller's own
    finally:
        sandbox.terminate()
        sandbox.wait(timeout=10)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
