"""What the server and its inference worker say to each other: length-prefixed frames of typed msgpack.

Neither side trusts the other's lengths or types; a frame that is too long or of another shape ends
the conversation.
"""

import msgspec

MAX_FRAME = 256 << 20  # bytes; the kept state of a long prefix of a large model is the longest
HEADER = 4  # bytes of length, big-endian


class WireError(Exception):
    """The other side sent something that it may not."""


class _Message(msgspec.Struct, frozen=True, tag=True, forbid_unknown_fields=True):
    """Base of all messages."""


# ------------------------------------------------------------- server to worker


class Ask(_Message, frozen=True):
    """Answer ``text`` after ``prefix``. ``opening`` is the beginning of the answer, given and not generated."""

    id: int
    prefix: str
    text: str
    opening: str
    grammar: str | None
    max_tokens: int
    deadline_s: float
    threads: int
    lookup: bool = True  # guess tokens from the prompt


class Cancel(_Message, frozen=True):
    """Nobody waits for this answer any more."""

    id: int


class Restore(_Message, frozen=True):
    """Take over the evaluation of a prefix that this model and build made earlier."""

    prefix: str
    state: bytes


Request = Ask | Cancel | Restore

# ------------------------------------------------------------- worker to server


class Ready(_Message, frozen=True):
    """The model is loaded."""

    build: str  # changes whenever a kept state of a prefix would not fit any more
    load_s: float


class Refused(_Message, frozen=True):
    """The model could not be loaded."""

    reason: str


class Text(_Message, frozen=True):
    """More of an answer."""

    id: int
    text: str


class Done(_Message, frozen=True):
    """An answer is complete, or was cut by its ceiling or deadline. Times in seconds."""

    id: int
    prompt_tokens: int
    cached_tokens: int
    generated_tokens: int
    steps: int  # decodes that generated them; fewer than tokens where guesses were right
    prompt_s: float
    generation_s: float
    finished: bool


class Failed(_Message, frozen=True):
    """A question could not be answered."""

    id: int
    reason: str


class Evaluated(_Message, frozen=True):
    """A prefix was evaluated, and this is its state."""

    prefix: str
    state: bytes


Reply = Ready | Refused | Text | Done | Failed | Evaluated

# ------------------------------------------------------------- frames

_encoder = msgspec.msgpack.Encoder()
_requests: msgspec.msgpack.Decoder[Request] = msgspec.msgpack.Decoder(Request)
_replies: msgspec.msgpack.Decoder[Reply] = msgspec.msgpack.Decoder(Reply)


def frame(message: Request | Reply) -> bytes:
    """One message, ready to be written."""
    body = _encoder.encode(message)
    return len(body).to_bytes(HEADER, "big") + body


def length(header: bytes) -> int:
    """The length of the body that follows. Raises WireError."""
    size = int.from_bytes(header, "big")
    if len(header) != HEADER or not 0 < size <= MAX_FRAME:
        raise WireError(f"a frame of {size} bytes")
    return size


def request(body: bytes) -> Request:
    """Raises WireError."""
    try:
        return _requests.decode(body)
    except msgspec.DecodeError as error:
        raise WireError(str(error)) from error


def reply(body: bytes) -> Reply:
    """Raises WireError."""
    try:
        return _replies.decode(body)
    except msgspec.DecodeError as error:
        raise WireError(str(error)) from error
