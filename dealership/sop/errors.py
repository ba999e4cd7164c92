"""Programming errors of the clock; what users do wrong is a RuleViolation."""


class UnknownStep(LookupError):
    """A step code that no room has declared."""


class UnknownChecklist(LookupError):
    """A checklist, a version of one, or an item that no room has declared."""
