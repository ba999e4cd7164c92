"""What a broken call says: was anything sent, or does nobody know?"""

from requests import exceptions
from urllib3.exceptions import NewConnectionError


def never_connected(error: BaseException | None) -> bool:
    """Whether not even a connection came about, so that nothing can have been sent."""
    while error is not None:
        if isinstance(error, exceptions.ConnectTimeout):
            return True
        if isinstance(error, exceptions.ConnectionError) and error.args:
            return isinstance(getattr(error.args[0], "reason", None), NewConnectionError)
        error = error.__cause__ or error.__context__
    return False
