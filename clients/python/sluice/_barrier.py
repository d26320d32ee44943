"""Where a fixed number of parties wait for each other.

The protocol is that of docs/shm-format.md, "Small objects".
"""

from __future__ import annotations

import threading

from ._errors import Problem, SpaceError, in_range
from ._file import Layout, Limits, SharedFile
from ._wait import Left
from ._words import _OWN, _OWNER, _PARTICIPANTS, Words

_MOST_PARTIES = 4096
_ROUND = 32
_ROUNDS = 0xFFFF_FFFF
_ONE_LEFT = 1 << 13
_LEFT = 0xFFFF_FFFF
_BROKEN = 1 << 12
_BREAKER = _PARTICIPANTS - 1
_FREE, _TAKEN, _LEAVING = range(3)
_OUTCOMES = 64
_RESET = 1
_REASON_BYTES = 72
_MOST_REASON = 64
_REASONS = _OWN + 8 * _OUTCOMES
_CELLS = _REASONS + _PARTICIPANTS * _REASON_BYTES


def layout(parties: int) -> Layout:
    def body_bytes(limits: Limits) -> int:
        return _CELLS + 8 * in_range("barrier: parties", limits[0], 1, _MOST_PARTIES)

    body_bytes((parties, 0, 0, 0))
    return Layout("barrier", _PARTICIPANTS, (parties, 0, 0, 0), body_bytes)


def _cell_word(round_: int, state: int, owner: int) -> int:
    return round_ << _ROUND | state << 28 | owner


def _ahead(turn: int, of: int) -> int:
    """How many rounds; they begin anew behind the last of 32 bits."""
    return (turn - of + (1 << 31) & _ROUNDS) - (1 << 31)


class Barrier(Words):
    """Where a fixed number of parties wait for each other, round after round. Threads: any.

    A party whose wait times out, or that dies, has not arrived: the round waits for another one.
    """

    def __init__(self, file: SharedFile) -> None:
        self._places: dict[int, int] = {}  # in the section: those of the threads that wait here
        super().__init__(file)

    @property
    def parties(self) -> int:
        """How many parties a round has."""
        return self._file.header.limits[0]

    # -- parties

    def wait(self, timeout: float | None = None) -> int:
        """Arrives, and waits until all parties have; gives 0 to `parties` - 1, each once in a round.

        Raises SpaceError BROKEN if the barrier is, or becomes so meanwhile; TimeoutError: then it has not arrived.
        """
        me = threading.get_ident()
        try:
            return self._wait_for_all(me, Left(timeout))
        except BaseException:
            with self._section:
                self._places.pop(me, None)
                if not self._file.closed:
                    self._withdraw()
            raise
        finally:
            self._places.pop(me, None)

    def _wait_for_all(self, me: int, left: Left) -> int:
        while True:
            self._file.require_open("wait at")
            before = self._word()
            turn = before >> _ROUND
            self._require_whole(before)
            place = self._take(turn, me)
            complete = self._is_complete(turn)
            if place is None:  # all are there, or one is leaving
                self._wait_for_place(before, left())
            elif not complete:
                return self._arrived(turn, place, left())
            elif not self._was_reset(turn):  # else it was before the wait has begun
                return place

    def _wait_for_place(self, before: int, timeout: float | None) -> None:
        self._wait(lambda: self._may_go_on(before) or None, timeout, "wait at")

    def _arrived(self, turn: int, place: int, timeout: float | None) -> int:
        try:
            self._wait(lambda: self._has_ended(turn) or None, timeout, "wait at")
        except TimeoutError:
            if not self._give_up(turn, place):
                raise
        now = self._word()
        if now >> _ROUND == turn:
            self._require_whole(now)
        if self._was_reset(turn):
            raise self._broken("reset")
        return place

    def _has_ended(self, turn: int) -> bool:
        word = self._word()
        return word >> _ROUND != turn or word & _BROKEN != 0

    def _at_cell(self, place: int) -> int:
        return self._at + _CELLS + 8 * place

    def _is_free(self, cell: int, turn: int) -> bool:
        """One of a later round is not: whoever is late would take an arrival away."""
        ahead = _ahead(cell >> _ROUND, turn)
        return ahead < 0 or (ahead == 0 and cell >> 28 & 15 == _FREE)

    def _may_go_on(self, before: int) -> bool:
        cells = (self._memory.load(self._at_cell(place)) for place in range(self.parties))
        return self._word() != before or any(self._is_free(cell, before >> _ROUND) for cell in cells)

    def _take(self, turn: int, me: int) -> int | None:
        with self._section:
            self._file.require_open("wait at")
            for place in range(self.parties):
                at = self._at_cell(place)
                cell = self._memory.load(at)
                mine = _cell_word(turn, _TAKEN, self._file.stamp)
                if self._is_free(cell, turn) and self._memory.compare_and_set(at, cell, mine):
                    self._places[me] = place
                    return place
            return None

    def _withdraw(self) -> None:
        """Gives up what is ours and nobody waits for."""
        turn = self._word() >> _ROUND
        for place in set(range(self.parties)).difference(self._places.values()):
            cell = self._memory.load(self._at_cell(place))
            if cell >> _ROUND == turn and cell & _OWNER == self._file.stamp:
                self._give_up(turn, place)

    def _is_complete(self, turn: int) -> bool:
        """Completes the round if all are there; whether it has ended."""
        while True:
            now = self._word()
            if now >> _ROUND != turn:
                return True
            if now & _BROKEN:
                return False
            if not self._are_all_there(turn):
                return self._word() >> _ROUND != turn
            if self._replace(now, self._next(turn)):
                self._changed.ring()

    def _are_all_there(self, turn: int) -> bool:
        """Whether all have arrived, and none of them has died."""
        living = self._file.stamp
        cells = [self._memory.load(self._at_cell(place)) for place in range(self.parties)]
        if any(cell >> 28 != turn << 4 | _TAKEN for cell in cells):
            return False
        for place in range(self.parties):
            cell = self._memory.load(self._at_cell(place))
            owner = cell & _OWNER
            if owner != living and cell >> 28 == turn << 4 | _TAKEN and self._file.dead(owner):
                self._file.sweep()  # or somebody else does: its cell becomes free
                return False
            living = owner
        return True

    def _next(self, turn: int) -> int:
        return (turn + 1 & _ROUNDS) << _ROUND

    def _give_up(self, turn: int, place: int) -> bool:
        """Whether the round was complete before."""
        leaving = _cell_word(turn, _LEAVING, self._file.stamp)
        taken = _cell_word(turn, _TAKEN, self._file.stamp)
        if not self._memory.compare_and_set(self._at_cell(place), taken, leaving):
            if self._memory.load(self._at_cell(place)) != leaving:  # which an interrupt has left
                return True  # it is another round's by now
        if not self._count_left(turn):
            return True
        self._memory.compare_and_set(self._at_cell(place), leaving, _cell_word(turn, _FREE, 0))
        self._changed.ring()
        return False

    def _count_left(self, turn: int) -> bool:
        """Makes who has seen that all are there look again; False if the round is over."""
        while True:
            now = self._word()
            if now >> _ROUND != turn:
                return False
            if self._replace(now, now & ~_LEFT | now + _ONE_LEFT & _LEFT):
                return True

    # -- breaking

    def _broken(self, why: str) -> SpaceError:
        return SpaceError(Problem.BROKEN, f"wait at {self}: {why}")

    def _require_whole(self, now: int) -> None:
        while now & _BROKEN:
            at = self._at + _REASONS + (now & _BREAKER) * _REASON_BYTES
            length = min(max(0, self._memory.read_int(at, "i")), _MOST_REASON)
            why = self._memory.read(at + 8, length).decode(errors="replace")
            self._memory.fence()
            if self._word() == now:
                raise self._broken(why)
            now = self._word()

    def _was_reset(self, turn: int) -> bool:
        """Or a later one that has its place: who was stopped for so long is not told that all had come."""
        outcome = self._memory.load(self._at + _OWN + 8 * (turn % _OUTCOMES))
        return outcome & _RESET != 0 and _ahead(outcome >> _ROUND, turn) >= 0

    def abort(self, why: str) -> bool:
        """Breaks the barrier, for those who wait and those who come, until a `reset`; False if it was broken already.

        `why` is for people, up to 64 bytes of it.
        """
        with self._section:
            self._file.require_open("abort")
            own = self._file.stamp >> 16
            text = why.encode(errors="replace")[:_MOST_REASON]
            while True:
                now = self._word()
                if now & _BROKEN:
                    return False
                at = self._at + _REASONS + own * _REASON_BYTES
                self._memory.write_int(at, "i", len(text))
                self._memory.write(at + 8, text)
                if self._replace(now, now & ~_BREAKER | _BROKEN | own):
                    self._changed.ring()
                    return True

    def reset(self) -> None:
        """Begins a new round and mends a broken barrier. For those who wait it is broken."""
        self.abort("reset")  # from here on the round is not completed
        with self._section:
            self._file.require_open("reset")
            now = self._word()
            turn = now >> _ROUND
            if now & _BROKEN:
                self._memory.store(self._at + _OWN + 8 * (turn % _OUTCOMES), turn << _ROUND | _RESET)
                while now & _BROKEN and now >> _ROUND == turn and not self._replace(now, self._next(turn)):
                    now = self._word()  # somebody has mended it, or counted who has left
                self._changed.ring()

    def _release(self) -> None:
        found = False
        for place in range(self.parties):
            found |= self._release_place(place)
        if found:
            self._changed.ring()

    def _release_place(self, place: int) -> bool:
        """A cell of a round that is over stays as it is, lest one who is late to that round takes it."""
        cell = self._memory.load(self._at_cell(place))
        turn, owner = cell >> _ROUND, cell & _OWNER
        if cell >> 28 & 15 == _FREE or self._word() >> _ROUND != turn or not self._file.buried(owner):
            return False
        leaving = _cell_word(turn, _LEAVING, owner)
        if cell != leaving and not self._memory.compare_and_set(self._at_cell(place), cell, leaving):
            return False  # somebody else is at it
        free = _cell_word(turn, _FREE, 0)
        return self._count_left(turn) and self._memory.compare_and_set(self._at_cell(place), leaving, free)
