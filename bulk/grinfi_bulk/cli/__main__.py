"""`python -m grinfi_bulk.cli` is `grinfi`."""

import sys

from . import main

sys.exit(main())
