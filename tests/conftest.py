"""Tests run offline: nothing may reach for the Hub."""

import os

os.environ["HF_HUB_OFFLINE"] = "1"
