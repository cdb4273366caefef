"""From corpus to dataset."""
