"""The embedded teacher: a symbolic model of mathematics behind a real server, so that everything runs offline."""
