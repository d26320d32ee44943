"""Objects that Python and Java processes of one machine share, through memory: the Python end of Sluice's spaces.

    with sluice.Space("shm:photos") as space:
        jobs = space.queue("jobs")
        for lease in jobs:
            with lease:
                print(lease.item)
                lease.done()  # not done: it goes to another taker, also when this process is killed

Standard library only, on Linux (x86_64, aarch64), with GCC's libatomic. See README.md and docs/shm-format.md.
"""

from ._barrier import Barrier
from ._errors import Problem, SpaceError
from ._namespace import Change, Entry, Namespace, NamespaceOptions, Watch
from ._pipe import Pipe
from ._queue import Lease, Queue, QueueOptions
from ._space import Item, Space
from ._sync import Condition, ReadWriteLock, Side
from ._topic import Lag, Subscription, Topic, TopicOptions
from ._words import Array, Counter, Event, Held, Lock, Permit, Semaphore, Value, Versioned
from .codec import Codec, CodecError, Tagged, cbor, raw, utf8

__all__ = [
    "Array",
    "Barrier",
    "Change",
    "Codec",
    "CodecError",
    "Condition",
    "Counter",
    "Entry",
    "Event",
    "Held",
    "Item",
    "Lag",
    "Lease",
    "Lock",
    "Namespace",
    "NamespaceOptions",
    "Permit",
    "Pipe",
    "Problem",
    "Queue",
    "QueueOptions",
    "ReadWriteLock",
    "Semaphore",
    "Side",
    "Space",
    "SpaceError",
    "Subscription",
    "Tagged",
    "Topic",
    "TopicOptions",
    "Value",
    "Versioned",
    "Watch",
    "cbor",
    "raw",
    "utf8",
]
