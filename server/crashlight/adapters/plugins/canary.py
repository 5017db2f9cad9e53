"""A random token where no plugin can look, searched in everything that plugins say.

It stands in this process's environment and in a decoy file that looks like credentials. A plugin that
says it has left its sandbox, by whatever way.
"""

import base64
import os
import secrets
from functools import cached_property
from pathlib import Path

from crashlight.settings.paths import home, private_folder

VARIABLE = "CRASHLIGHT_ACCESS_TOKEN"


class Canary:
    """One token for the life of the host."""

    def __init__(self) -> None:
        self.token = secrets.token_hex(16)

    def place(self) -> Path:
        """Put the token into the environment and the decoy. Raises OSError."""
        os.environ[VARIABLE] = self.token
        decoy = private_folder(home("state")) / "credentials"
        decoy.write_text(f"[default]\naccess_token = {self.token}\n", encoding="utf-8")
        decoy.chmod(0o600)
        return decoy

    def is_in(self, said: bytes) -> bool:
        """Whether the token is there: plain, reversed, in hexadecimal, or in base64 at any offset."""
        return any(form in said for form in self._forms)

    @cached_property
    def _forms(self) -> list[bytes]:
        token = self.token.encode()
        # Characters at both ends of base64 depend on what stands beside the token, so they are cut off.
        shifted = [base64.b64encode(b"\0" * shift + token)[4:-4] for shift in range(3)]
        return [token, token[::-1], token.hex().encode(), *shifted]
