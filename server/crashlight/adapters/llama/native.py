"""The few calls of llama.cpp that the engine needs, with Python types. Only the worker imports this."""

import ctypes
from collections.abc import Sequence

import llama_cpp.llama_cpp as C
import numpy as np
import numpy.ctypeslib as npc  # loaded on first use otherwise, when nothing may be opened any more
import numpy.typing as npt

Tokens = list[int]

_libc = ctypes.CDLL(None)
_fdopen = _libc.fdopen
_fdopen.argtypes, _fdopen.restype = [ctypes.c_int, ctypes.c_char_p], ctypes.c_void_p
_fclose = _libc.fclose
_fclose.argtypes, _fclose.restype = [ctypes.c_void_p], ctypes.c_int


class NativeError(Exception):
    """llama.cpp could not do what was asked."""


@C.llama_log_callback  # type: ignore[untyped-decorator]
def _silent(level: int, text: bytes, data: object) -> None:
    # llama.cpp writes pages to standard error at every load.
    pass


class Weights:
    """A loaded model and its vocabulary."""

    def __init__(self, descriptor: int) -> None:
        """Load from an open file, which is closed: a process that may open nothing can do this. Raises NativeError."""
        C.llama_log_set(_silent, ctypes.c_void_p())
        C.llama_backend_init()
        params = C.llama_model_default_params()
        # Repacked weights are a copy in each process, 600 MB for 1.5B, and read 4 % faster with AVX2. Mapped
        # ones are shared by all, and no AMX kernel is ever chosen.
        params.use_extra_bufts = False
        stream = _fdopen(descriptor, b"rb")
        try:
            self.model = C.llama_model_load_from_file_ptr(stream, params)
        finally:
            _fclose(stream)
        if not self.model:
            raise NativeError("llama.cpp cannot load this file: it is damaged, or of a kind that this version lacks")
        self.vocab = C.llama_model_get_vocab(self.model)
        self.size = int(C.llama_vocab_n_tokens(self.vocab))
        self.trained_context = int(C.llama_model_n_ctx_train(self.model))
        template = C.llama_model_chat_template(self.model, None)
        self.template: bytes | None = template or None

    def tokenize(self, text: str, *, special: bool, begin: bool = False) -> Tokens:
        """Tokens of ``text``; control tokens are read as such only where ``special``."""
        data = text.encode("utf-8", "replace")
        room = len(data) + 8
        buffer = (C.llama_token * room)()
        count = C.llama_tokenize(self.vocab, data, len(data), buffer, room, begin, special)
        if count < 0:
            raise NativeError("a prompt could not be split into tokens")
        return list(buffer[:count])

    def piece(self, token: int) -> bytes:
        """The text of one token."""
        buffer = ctypes.create_string_buffer(256)
        count = C.llama_token_to_piece(self.vocab, token, buffer, len(buffer), 0, False)
        return buffer.raw[: max(count, 0)]

    def ends(self, token: int) -> bool:
        """Whether a token ends an answer."""
        return bool(C.llama_vocab_is_eog(self.vocab, token))

    @property
    def end(self) -> int:
        """The token that ends a turn."""
        eot = int(C.llama_vocab_eot(self.vocab))
        return eot if eot >= 0 else int(C.llama_vocab_eos(self.vocab))

    def turns(self, system: str, user: str) -> str:
        """The model's own chat template around a system and a user text, up to the beginning of the answer."""
        chat = (C.llama_chat_message * 2)(
            C.llama_chat_message(b"system", system.encode()), C.llama_chat_message(b"user", user.encode())
        )
        room = len(system.encode()) + len(user.encode()) + 4096
        buffer = ctypes.create_string_buffer(room)
        count = C.llama_chat_apply_template(self.template or b"chatml", chat, 2, True, buffer, room)
        if not 0 < count <= room:
            count = C.llama_chat_apply_template(b"chatml", chat, 2, True, buffer, room)
        return buffer.raw[:count].decode("utf-8", "replace")


class Context:
    """One context with a unified cache of keys and values for several sequences."""

    def __init__(self, weights: Weights, tokens: int, sequences: int, batch: int, threads: int) -> None:
        params = C.llama_context_default_params()
        params.n_ctx = tokens
        params.n_batch = batch
        params.n_ubatch = batch
        params.n_seq_max = sequences
        params.n_threads = threads
        params.n_threads_batch = threads
        params.kv_unified = True  # sequences share the cells of a common prefix
        params.no_perf = True
        self.context = C.llama_init_from_model(weights.model, params)
        if not self.context:
            raise NativeError("there is not enough memory for this model's context")
        self.memory = C.llama_get_memory(self.context)
        self.vocabulary = weights.size
        self.room = batch
        self.tokens = int(C.llama_n_ctx(self.context))
        self._batch = C.llama_batch_init(batch, 0, 1)

    def decode(self, entries: Sequence[tuple[int, int, int, bool]]) -> None:
        """Evaluate (token, position, sequence, wants logits) in one batch. Raises NativeError."""
        batch = self._batch
        batch.n_tokens = len(entries)
        for index, (token, position, sequence, logits) in enumerate(entries):
            batch.token[index] = token
            batch.pos[index] = position
            batch.n_seq_id[index] = 1
            batch.seq_id[index][0] = sequence
            batch.logits[index] = logits
        status = C.llama_decode(self.context, batch)
        if status:
            raise NativeError(f"llama.cpp could not evaluate a batch ({status})")

    def logits(self, index: int) -> npt.NDArray[np.float32]:
        """The scores after the batch's entry ``index``, one a token of the vocabulary; until the next decode."""
        pointer = C.llama_get_logits_ith(self.context, index)
        return npc.as_array(pointer, shape=(self.vocabulary,))

    def set_threads(self, threads: int) -> None:
        """For the decodes to come."""
        C.llama_set_n_threads(self.context, threads, threads)

    def copy(self, origin: int, to: int, length: int) -> None:
        """Let sequence ``to`` share the first ``length`` cells of ``origin``."""
        C.llama_memory_seq_cp(self.memory, origin, to, 0, length)

    def cut(self, sequence: int, position: int) -> None:
        """Forget a sequence from ``position`` on."""
        C.llama_memory_seq_rm(self.memory, sequence, position, -1)

    def state(self, sequence: int) -> bytes:
        """The evaluation of a sequence, to be kept."""
        size = int(C.llama_state_seq_get_size(self.context, sequence))
        buffer = (ctypes.c_uint8 * size)()
        return bytes(buffer[: int(C.llama_state_seq_get_data(self.context, buffer, size, sequence))])

    def restore(self, sequence: int, state: bytes, tokens: int) -> bool:
        """Take over a kept evaluation of so many tokens; False when it is another's."""
        buffer = (ctypes.c_uint8 * len(state)).from_buffer_copy(state)
        taken = C.llama_state_seq_set_data(self.context, buffer, len(state), sequence)
        return bool(taken) and int(C.llama_memory_seq_pos_max(self.memory, sequence)) == tokens - 1


class Grammar:
    """A GBNF grammar that follows an answer and says which tokens may come next."""

    FEW = 64

    def __init__(self, weights: Weights, text: str) -> None:
        self._weights = weights
        self._sampler = C.llama_sampler_init_grammar(weights.vocab, text.encode(), b"root")
        if not self._sampler:
            raise NativeError("the grammar of a prompt cannot be read")

    def best(self, logits: npt.NDArray[np.float32]) -> int:
        """The allowed token with the highest score. The whole vocabulary is only looked at where the first few fail."""
        first = int(np.argmax(logits))
        if self._allowed([first]):
            return first
        few = np.argpartition(logits, -self.FEW)[-self.FEW :]
        ranked = [int(token) for token in few[np.argsort(-logits[few])]]
        allowed = self._allowed(ranked)
        if allowed:
            return allowed[0]
        rest = [int(token) for token in np.argsort(-logits)]
        allowed = self._allowed(rest)
        return allowed[0] if allowed else self._weights.end

    def accept(self, token: int) -> None:
        """Follow the answer by one token."""
        C.llama_sampler_accept(self._sampler, token)

    def complete(self) -> bool:
        """Whether nothing but the end may come now."""
        if not self._allowed([self._weights.end]):
            return False
        return all(self._weights.ends(token) for token in self._allowed(range(self._weights.size)))

    def close(self) -> None:
        """Free it."""
        C.llama_sampler_free(self._sampler)

    def _allowed(self, tokens: Sequence[int]) -> list[int]:
        data = (C.llama_token_data * len(tokens))(*[C.llama_token_data(token, 0.0, 0.0) for token in tokens])
        candidates = C.llama_token_data_array(data=data, size=len(tokens), selected=-1, sorted=False)
        C.llama_sampler_apply(self._sampler, ctypes.byref(candidates))
        return [int(data[i].id) for i in range(len(tokens)) if data[i].logit != float("-inf")]


def build() -> str:
    """What a kept evaluation depends on beside the model: the library's version and the processor's features."""
    import llama_cpp

    return f"{llama_cpp.__version__} {C.llama_print_system_info().decode('utf-8', 'replace')}"
