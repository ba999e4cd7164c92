"""What a rule says when it is broken."""

from django.utils.functional import Promise


class RuleViolation(Exception):
    """
    A rule of the house refuses the action; `message` tells the user what to do instead.

    Pages answer it with 422 beside the field (or a message), the API with 409.
    """

    def __init__(self, message: str | Promise, *, code: str = "rule", field: str | None = None):
        super().__init__(message)
        self.message = message
        self.code = code
        self.field = field

    def __str__(self) -> str:
        return str(self.message)
