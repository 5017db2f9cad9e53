"""Guess the next tokens of an answer from the prompt that it copies from."""

Tokens = list[int]

MOST = 10
FIRST = 4
_LONG, _SHORT = 3, 2  # tokens that must agree before what follows is guessed


class Guesser:
    """Looks the last tokens of an answer up in the prompt; guesses longer while it is right."""

    def __init__(self, prompt: Tokens) -> None:
        self._prompt = prompt
        self._length = FIRST
        self._follows: dict[tuple[int, ...], int] = {}
        for size in (_SHORT, _LONG):
            # Later places win: the crash at hand stands after the examples.
            for end in range(size, len(prompt)):
                self._follows[tuple(prompt[end - size : end])] = end

    def guess(self, written: Tokens) -> Tokens:
        """The tokens that may come next; none where the prompt has no such place."""
        context = [*self._prompt[-_LONG:], *written][-_LONG:]
        for size in (_LONG, _SHORT):
            place = self._follows.get(tuple(context[-size:]))
            if place is not None:
                return self._prompt[place : place + self._length]
        return []

    def learn(self, guessed: int, right: int) -> None:
        """How many of the last guesses were right."""
        if guessed:
            self._length = min(self._length * 2, MOST) if right == guessed else max(right + 1, 2)
