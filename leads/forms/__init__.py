"""Forms of lead development."""
