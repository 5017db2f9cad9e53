"""Answers several questions at once with one model: shared prefixes, guessed tokens, one batch a step.

Every step evaluates one batch. A question that is still reading its prompt puts the next stretch of it
into the batch; one that is writing puts in its last token and tokens guessed from its prompt (patches
copy source). Of the guesses those are kept that the model would have written itself, so guessing never
changes an answer (prompt-lookup decoding, Saxena 2023). Writing is greedy.
"""

import codecs
import time
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field

from crashlight.adapters.llama.guess import Guesser
from crashlight.adapters.llama.native import Context, Grammar, NativeError, Tokens, Weights
from crashlight.adapters.llama.wire import Ask, Done, Evaluated, Failed, Reply, Text

STRETCH = 64  # prompt tokens a step and question, so that a cancelled one frees its slot soon
KEPT_PREFIXES = 12
_MARK = "\N{OBJECT REPLACEMENT CHARACTER}"


@dataclass(slots=True)
class _Slot:
    """A question on its way."""

    ask: Ask
    sequence: int
    shared: int  # tokens of the prefix, at the front of the prompt
    prompt: Tokens
    grammar: Grammar | None
    guesser: Guesser
    read: int = -1  # prompt tokens evaluated; -1 until its prefix was looked for
    cached: int = 0
    written: Tokens = field(default_factory=list)
    guess: Tokens = field(default_factory=list)
    steps: int = 0
    started: float = field(default_factory=time.monotonic)
    prompt_done: float = 0.0
    text: codecs.IncrementalDecoder = field(default_factory=lambda: codecs.getincrementaldecoder("utf-8")("replace"))


class Engine:
    """One loaded model. Not thread-safe: one thread calls all methods."""

    def __init__(self, descriptor: int, context: int, slots: int, threads: int) -> None:
        self.weights = Weights(descriptor)
        tokens = min(context, self.weights.trained_context)
        self.context = Context(self.weights, tokens, slots + KEPT_PREFIXES, STRETCH * slots, threads)
        self._free = list(range(slots))
        self._slots: list[_Slot] = []
        self._spare = list(range(slots, slots + KEPT_PREFIXES))
        self._prefixes: OrderedDict[str, tuple[int, int]] = OrderedDict()  # text → sequence, tokens; oldest use first

    @property
    def busy(self) -> bool:
        """Whether a question is on its way."""
        return bool(self._slots)

    def start(self, ask: Ask) -> Reply | None:
        """Give a question a slot; one of no tokens only has its prefix evaluated. Failed when it cannot be asked."""
        try:
            if not self._free:
                raise NativeError("more questions at once than there are slots")
            shared, prompt = self._prompt(ask)
            self._make_room(len(prompt) + ask.max_tokens, but=ask.prefix)
            grammar = Grammar(self.weights, ask.grammar) if ask.grammar else None
        except NativeError as error:
            return Failed(ask.id, str(error))
        guesser = Guesser(prompt if ask.lookup else [])
        self._slots.append(_Slot(ask, self._free.pop(), shared, prompt, grammar, guesser))
        self.context.set_threads(ask.threads)
        return None

    def cancel(self, id_: int) -> None:
        """Free the slot of a question."""
        for slot in [slot for slot in self._slots if slot.ask.id == id_]:
            self._release(slot)

    def step(self) -> Iterator[Reply]:
        """Evaluate one batch; yields what became known by it."""
        entries: list[tuple[int, int, int, bool]] = []
        places: list[tuple[_Slot, int]] = []
        for slot in self._slots:
            if self._waits(slot):
                continue
            places.append((slot, len(entries)))
            entries.extend(self._next_entries(slot))
        try:
            self.context.decode(entries)
        except NativeError as error:
            for slot, _ in places:
                self._release(slot)
                yield Failed(slot.ask.id, str(error))
            return
        for slot, index in places:
            yield from self._read_on(slot, index) if slot.read < len(slot.prompt) else self._write_on(slot, index)

    def restore(self, prefix: str, state: bytes) -> None:
        """Take over the evaluation of a prefix by this model and build; one that does not fit is left out."""
        if prefix in self._prefixes:
            return
        tokens = len(self._head(prefix))
        self._make_room(tokens, but=prefix)
        sequence = self._keep(prefix, tokens)
        if not self.context.restore(sequence, state, tokens):
            del self._prefixes[prefix]
            self.context.cut(sequence, 0)
            self._spare.append(sequence)

    # ------------------------------------------------------------- one question

    def _waits(self, slot: _Slot) -> bool:
        """True while another question evaluates the same prefix; looks for the prefix at the first step."""
        if slot.read >= 0:
            return False
        kept = self._prefixes.get(slot.ask.prefix)
        if kept is None:
            others = (other for other in self._slots if other is not slot and other.ask.prefix == slot.ask.prefix)
            if any(0 <= other.read < other.shared for other in others):
                return True
            slot.read = 0
            return False
        sequence, length = kept
        self._prefixes.move_to_end(slot.ask.prefix)
        self.context.copy(sequence, slot.sequence, length)
        slot.read = slot.cached = length
        return False

    def _next_entries(self, slot: _Slot) -> list[tuple[int, int, int, bool]]:
        if slot.read < len(slot.prompt):
            stop = slot.shared if slot.read < slot.shared else len(slot.prompt)
            stretch = slot.prompt[slot.read : min(slot.read + STRETCH, stop)]
            last = len(slot.prompt) - 1
            return [(token, slot.read + i, slot.sequence, slot.read + i == last) for i, token in enumerate(stretch)]
        left = slot.ask.max_tokens - len(slot.written)
        slot.guess = slot.guesser.guess(slot.written)[: max(left - 1, 0)]
        position = len(slot.prompt) + len(slot.written) - 1
        return [(token, position + i, slot.sequence, True) for i, token in enumerate([slot.written[-1], *slot.guess])]

    def _read_on(self, slot: _Slot, index: int) -> Iterator[Reply]:
        stop = slot.shared if slot.read < slot.shared else len(slot.prompt)
        count = min(STRETCH, stop - slot.read)
        slot.read += count
        if slot.read == slot.shared and slot.ask.prefix not in self._prefixes:
            sequence = self._keep(slot.ask.prefix, slot.shared)
            self.context.copy(slot.sequence, sequence, slot.shared)
            yield Evaluated(slot.ask.prefix, self.context.state(sequence))
            if not slot.ask.max_tokens:
                yield self._finish(slot, finished=True)
                return
        if slot.read == len(slot.prompt):
            slot.prompt_done = time.monotonic()
            yield from self._take(slot, index + count - 1, [])
        elif time.monotonic() - slot.started > slot.ask.deadline_s:
            yield self._finish(slot, finished=False)

    def _write_on(self, slot: _Slot, index: int) -> Iterator[Reply]:
        yield from self._take(slot, index, slot.guess)

    def _take(self, slot: _Slot, index: int, guess: Tokens) -> Iterator[Reply]:
        """Take the token that the scores at ``index`` give, and on along the guesses while they are right."""
        slot.steps += 1
        text = ""
        ended = False
        for offset in range(len(guess) + 1):
            logits = self.context.logits(index + offset)
            token = slot.grammar.best(logits) if slot.grammar else int(logits.argmax())
            if self.weights.ends(token):
                ended = True
                break
            slot.written.append(token)
            text += slot.text.decode(self.weights.piece(token))
            if slot.grammar:
                slot.grammar.accept(token)
                if slot.grammar.complete():
                    ended = True
                    break
            if offset < len(guess) and guess[offset] != token:
                break
        slot.guesser.learn(len(guess), right=max(offset, 0))
        # Cells of wrong guesses are forgotten; the last written token has none yet.
        self.context.cut(slot.sequence, len(slot.prompt) + len(slot.written) - 1)
        if text:
            yield Text(slot.ask.id, text)
        late = time.monotonic() - slot.started > slot.ask.deadline_s
        if ended or late or len(slot.written) >= slot.ask.max_tokens:
            yield self._finish(slot, finished=ended)

    def _finish(self, slot: _Slot, *, finished: bool) -> Done:
        now = time.monotonic()
        self._release(slot)
        return Done(
            id=slot.ask.id,
            prompt_tokens=len(slot.prompt),
            cached_tokens=slot.cached,
            generated_tokens=len(slot.written),
            steps=slot.steps,
            prompt_s=(slot.prompt_done or now) - slot.started,
            generation_s=now - (slot.prompt_done or now),
            finished=finished,
        )

    def _release(self, slot: _Slot) -> None:
        self._slots.remove(slot)
        self._free.append(slot.sequence)
        self.context.cut(slot.sequence, 0)
        if slot.grammar:
            slot.grammar.close()

    # ------------------------------------------------------------- prompts and prefixes

    def _prompt(self, ask: Ask) -> tuple[int, Tokens]:
        """The tokens of the whole prompt, and how many of them are the prefix's."""
        shared = self._head(ask.prefix)
        # Logs and sources are only text: a control token that stands in them is read as its letters.
        own = self.weights.tokenize(ask.text, special=False)
        own += self.weights.tokenize(self._turns(ask.prefix)[1], special=True)
        own += self.weights.tokenize(ask.opening, special=False)
        return len(shared), shared + own

    def _head(self, prefix: str) -> Tokens:
        return self.weights.tokenize(self._turns(prefix)[0], special=True, begin=True)

    def _turns(self, prefix: str) -> tuple[str, str]:
        head, _, tail = self.weights.turns(prefix, _MARK).partition(_MARK)
        return head, tail

    def _keep(self, prefix: str, length: int) -> int:
        """A sequence for a prefix that is kept from now on."""
        if not self._spare:
            self._forget_oldest()
        sequence = self._spare.pop()
        self._prefixes[prefix] = sequence, length
        return sequence

    def _forget_oldest(self) -> None:
        _, (sequence, _) = self._prefixes.popitem(last=False)
        self.context.cut(sequence, 0)
        self._spare.append(sequence)

    def _make_room(self, need: int, but: str) -> None:
        """Forget prefixes until ``need`` tokens fit. Raises NativeError when they cannot."""
        if but in self._prefixes:
            self._prefixes.move_to_end(but)
        taken = sum(len(slot.prompt) + slot.ask.max_tokens for slot in self._slots)
        while need + taken + sum(length for _, length in self._prefixes.values()) > self.context.tokens:
            if not self._prefixes:
                raise NativeError(f"a prompt of {need} tokens does not fit into the model's context")
            self._forget_oldest()
