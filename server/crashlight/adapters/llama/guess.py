"""Guess the next tokens of an answer from the prompt that it copies from.

A step with guesses costs more than one without: about 1.6 times with 2 tokens, 2 times with 4, 3.5 times with 8. So a
guess must be likely right to pay: it is as long as the stretch that agrees before it, and after a wrong one
a longer stretch has to agree.
"""

Tokens = list[int]

MOST = 8
SHORTEST = 4  # tokens that must agree before what follows is guessed; with 3, most guesses were wrong
_AFTER_A_MISS = 2  # more tokens that must agree then


class Guesser:
    """Looks the last tokens of an answer up in its prompt."""

    def __init__(self, prompt: Tokens) -> None:
        self._prompt = prompt
        self._needed = SHORTEST
        self._ends: dict[tuple[int, ...], list[int]] = {}
        for end in range(SHORTEST, len(prompt)):
            self._ends.setdefault(tuple(prompt[end - SHORTEST : end]), []).append(end)

    def guess(self, written: Tokens) -> Tokens:
        """The tokens that may come next; none where too little agrees."""
        context = [*self._prompt[-MOST:], *written][-MOST:]
        best, length = 0, 0
        # The crash at hand stands behind the examples, so of equals the last place wins.
        for end in self._ends.get(tuple(context[-SHORTEST:]), ()):
            agrees = SHORTEST
            while agrees < len(context) and agrees < end and self._prompt[end - agrees - 1] == context[-agrees - 1]:
                agrees += 1
            if agrees >= length:
                best, length = end, agrees
        return self._prompt[best : best + length] if length >= self._needed else []

    def learn(self, guessed: int, right: int) -> None:
        """How many of the last guesses were right."""
        if guessed:
            self._needed = SHORTEST if right else min(self._needed + _AFTER_A_MISS, MOST)
