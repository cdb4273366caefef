"""Tests run offline: nothing may reach for the Hub."""

import os

os.environ["HF_HUB_OFFLINE"] = "1"
# Models of the tests are tiny: threads that wait for each other take six times the processor time, and starve others.
os.environ.setdefault("OMP_NUM_THREADS", "1")
