"""Keys that all have the same hash: each that is put into a dict is compared with all that are there.

Python's hash of a tuple of integers (xxHash) has no secret, and each of its steps can be taken back.
"""

import json

from arena.files import accepted, accepted_without, frame

WORD = (1 << 64) - 1
PRIMES = (11400714785074694791, 14029467366897019727, 2870177450012600261)
INVERSES = tuple(pow(prime, -1, 1 << 64) for prime in PRIMES[:2])


def turned(word, by):
    return (word << by | word >> (64 - by)) & WORD


def colliding(number):
    """So many pairs of integers with one hash."""
    wanted = turned(0x123456789ABCDEF1 * INVERSES[0] & WORD, 64 - 31)
    found, first = [], 0
    while len(found) < number:
        first += 1
        before = turned((PRIMES[2] + first * PRIMES[1]) & WORD, 31) * PRIMES[0] & WORD
        second = (wanted - before) * INVERSES[1] & WORD
        if second < (1 << 61) - 1:  # such an integer is its own hash
            found.append((first, second))
    return found


KEYS = colliding(4500)
DATA = frame(json.dumps({"d": [[{"u": key}, 0] for key in KEYS]}).encode())


def control(folder, patch):
    assert len({hash(key) for key in KEYS}) == 1
    return accepted_without(DATA, patch, ("MAX_TUPLE_KEYS", 10**9))


def ours(folder, patch):
    return accepted(DATA)
