"""A local Sia network for end-to-end tests: `with SiaNetwork() as sia: …` (tests/sia_net/README.md)."""

from __future__ import annotations

import importlib.util
from pathlib import Path

_SOURCE = Path(__file__).resolve().parents[2] / "sia_net" / "network.py"
_spec = importlib.util.spec_from_file_location("sia_network", _SOURCE)
_network = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_network)

SiaNetwork = _network.Network
OrderRefused = _network.OrderRefused
build = _network.build
