"""The benchmarks of the evaluation, one file each."""
