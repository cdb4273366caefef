"""Cards of datasets, models and filters."""
