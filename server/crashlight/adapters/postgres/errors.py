"""Why the database cannot be used, in words for the user."""


class DatabaseUnavailable(Exception):
    """The database cannot be used now. ``cure`` tells the user what to do.

    ``permanent`` says that waiting does not help: a person has to change something first.
    """

    def __init__(self, reason: str, cure: str, *, permanent: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.cure = cure
        self.permanent = permanent
