"""Pages of lead development."""
