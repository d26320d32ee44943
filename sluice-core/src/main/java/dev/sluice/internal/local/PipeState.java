package dev.sluice.internal.local;

import dev.sluice.space.Pipe;
import dev.sluice.space.Space.Kind;
import java.util.ArrayDeque;
import java.util.Deque;

/// A pipe: two directions, and who has the ends.
///
///     end: FREE ──open──▶ HELD ──close──▶ GONE          both GONE: the pipe is taken away
///
/// Threads: any; what has no lock of its own is called under the lock.
final class PipeState extends Monitor {
    /// Messages from one end to the other.
    final class Direction {
        final Line senders;
        final Line receivers;
        private final Deque<byte[]> messages = new ArrayDeque<>();
        private int bytes;
        private boolean finished; // nothing more is sent
        private boolean failed; // and the sender has not said so
        private boolean unwanted; // nobody will receive

        private Direction(String to) {
            senders = newLine("send to the " + to + " of");
            receivers = newLine("receive at the " + to + " of");
        }

        /// Whether a sender need not wait: for room, or because it is refused.
        boolean hasRoom(int size) {
            // An empty message takes room too, or their number would have no limit.
            return finished || unwanted || bytes + charge(size) <= options.bytes();
        }

        boolean finished() {
            return finished;
        }

        boolean unwanted() {
            return unwanted;
        }

        /// @return false if it is refused
        boolean send(byte[] message) {
            if (finished || unwanted) {
                return false;
            }
            bytes += charge(message.length);
            messages.addLast(message);
            return true;
        }

        boolean hasMessage() {
            return finished || unwanted || !messages.isEmpty();
        }

        /// @return [#END] or [#FAILURE] if nothing can come any more
        byte[] receive() {
            byte[] message = messages.pollFirst();
            if (message == null) {
                return failed ? FAILURE : END;
            }
            bytes -= charge(message.length);
            return message;
        }

        private static int charge(int size) {
            return size + OVERHEAD;
        }

        private void drop() {
            unwanted = true;
            messages.clear();
            bytes = 0;
        }
    }

    /// Stands for the end, where a receiver gets a message.
    static final byte[] END = {};

    /// Likewise for an end that the sender has not said.
    static final byte[] FAILURE = {};

    private static final int ENDS = 2;
    private static final int OVERHEAD = 8; // bytes: what a frame costs elsewhere

    private final Pipe.Options options;
    final Direction toFirst = new Direction("first end");
    final Direction toSecond = new Direction("second end");
    final Line peers = newLine("await the other end of");

    // Guarded by the lock.
    private final boolean[] present = new boolean[ENDS];
    private int held; // how many ends were given away
    private int gone; // how many of them were given up

    PipeState(Realm realm, String name, Pipe.Options options) {
        super(realm, Kind.PIPE, name);
        this.options = options;
    }

    Pipe.Options options() {
        return options;
    }

    /// Gives an end away. Locks.
    ///
    /// @return 0 or 1; -1 if both have been
    int hold() {
        return change(() -> {
            if (held == ENDS) {
                return -1;
            }
            present[held] = true;
            return held++;
        });
    }

    /// Whether an end is held.
    boolean isHeld(int end) {
        return present[end];
    }

    /// Whether an end has been held, now or before.
    boolean wasHeld(int end) {
        return end < held;
    }

    /// An end says that it sends no more. Locks.
    boolean finish(Direction out) {
        return change(() -> {
            boolean first = !out.finished;
            out.finished = true;
            return first;
        });
    }

    /// An end is given up. Locks.
    void leave(int end) {
        leave(end, false);
    }

    /// An end is given up, as if its holder had died. Locks.
    void fail(int end) {
        leave(end, true);
    }

    private void leave(int end, boolean failed) {
        boolean over = change(() -> {
            present[end] = false;
            gone++;
            Direction in = end == 0 ? toFirst : toSecond;
            Direction out = end == 0 ? toSecond : toFirst;
            out.failed = failed && !out.finished;
            out.finished = true;
            in.drop();
            return gone == ENDS;
        });
        if (over) {
            realm.remove(this);
        }
    }
}
