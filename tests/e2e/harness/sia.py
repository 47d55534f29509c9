"""A local Sia network for end-to-end tests: `with SiaNetwork() as sia: …` (tests/sia_net/README.md).

SIAHUB_SIA_NET=real takes the network of real parts.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "sia_net"))
import network as _network  # noqa: E402

SiaNetwork = _network.kind(real=os.environ.get("SIAHUB_SIA_NET") == "real")
OrderRefused = _network.OrderRefused
build = _network.build
