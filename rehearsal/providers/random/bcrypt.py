"""bcrypt in plain Python: no dependency has it, and RandomPassword promises such a hash.

The cost is 4, the lowest there is: 0.05 s here instead of the 3 s that the usual 10 would take.
"""

import base64
import secrets
import string
from functools import cache

_COST = 4
_ROUNDS = 16
_LONGEST = 72  # bcrypt reads no further
_MASK = 0xFFFFFFFF
_STANDARD = (string.ascii_uppercase + string.ascii_lowercase + string.digits + "+/").encode()
_ALPHABET = ("./" + string.ascii_uppercase + string.ascii_lowercase + string.digits).encode()


def hash_password(password: str, salt: bytes | None = None, cost: int = _COST) -> str:
    """`$2a$...`, as htpasswd, HAProxy and everybody else reads it."""
    salt = secrets.token_bytes(16) if salt is None else salt
    key = password.encode()[:_LONGEST] + b"\0"
    state = _Blowfish(_words(key, 18), _words(salt, 4), cost)
    text = list(_words(b"OrpheanBeholderScryDoubt", 6))
    for pair in (0, 2, 4):
        left, right = text[pair], text[pair + 1]
        for _ in range(64):
            left, right = state.encrypt(left, right)
        text[pair], text[pair + 1] = left, right
    digest = b"".join(word.to_bytes(4, "big") for word in text)[:23]
    return f"$2a${cost:02d}${_base64(salt)}{_base64(digest)}"


def _base64(data: bytes) -> str:
    return base64.b64encode(data).rstrip(b"=").translate(bytes.maketrans(_STANDARD, _ALPHABET)).decode()


def _words(data: bytes, count: int) -> list[int]:
    """The first words of the data repeated without end."""
    repeated = data * (4 * count // len(data) + 1)
    return [int.from_bytes(repeated[4 * i : 4 * i + 4], "big") for i in range(count)]


class _Blowfish:
    def __init__(self, key: list[int], salt: list[int], cost: int) -> None:
        subkeys, boxes = _digits_of_pi()
        self._subkeys, self._boxes = list(subkeys), [list(box) for box in boxes]
        nothing = [0, 0, 0, 0]
        salt_as_key = _words(b"".join(word.to_bytes(4, "big") for word in salt), 18)
        self._expand(key, salt)
        for _ in range(1 << cost):
            self._expand(key, nothing)
            self._expand(salt_as_key, nothing)

    def _expand(self, key: list[int], salt: list[int]) -> None:
        self._subkeys = [subkey ^ word for subkey, word in zip(self._subkeys, key, strict=True)]
        left = right = 0
        turn = 0
        for table in (self._subkeys, *self._boxes):
            for index in range(0, len(table), 2):
                left, right = self.encrypt(left ^ salt[turn], right ^ salt[turn + 1])
                table[index], table[index + 1] = left, right
                turn = 2 - turn

    def encrypt(self, left: int, right: int) -> tuple[int, int]:
        subkeys = self._subkeys
        first, second, third, fourth = self._boxes
        for subkey in subkeys[:_ROUNDS]:
            left ^= subkey
            mixed = ((first[left >> 24] + second[left >> 16 & 255]) ^ third[left >> 8 & 255]) + fourth[left & 255]
            left, right = right ^ mixed & _MASK, left
        return right ^ subkeys[17], left ^ subkeys[16]


@cache
def _digits_of_pi() -> tuple[list[int], list[list[int]]]:
    """Blowfish starts from the binary digits of pi after the point: 18 subkeys, then four boxes of 256 words."""
    count = 18 + 4 * 256
    bits, spare = 32 * count, 64
    one = 1 << bits + spare
    # Machin: pi = 16 atan(1/5) - 4 atan(1/239)
    pi = 16 * _arctangent_of_inverse(5, one) - 4 * _arctangent_of_inverse(239, one)
    fraction = (pi - 3 * one) >> spare
    words = [fraction >> bits - 32 * (i + 1) & _MASK for i in range(count)]
    return words[:18], [words[18 + 256 * box : 18 + 256 * (box + 1)] for box in range(4)]


def _arctangent_of_inverse(x: int, one: int) -> int:
    total = term = one // x
    divisor, sign = 1, 1
    while term:
        term //= x * x
        divisor, sign = divisor + 2, -sign
        total += sign * (term // divisor)
    return total
