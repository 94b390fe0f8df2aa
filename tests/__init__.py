from __future__ import annotations

from settings import read_settings

DRIVER = read_settings().driver
"""With what tests open their databases, as the services that they start do: BILANS_DRIVER."""
