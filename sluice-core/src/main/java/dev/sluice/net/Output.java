package dev.sluice.net;

import dev.sluice.internal.linux.Errno;
import dev.sluice.internal.linux.Memory;
import dev.sluice.internal.poll.Operation;
import dev.sluice.internal.strand.Completion;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// What a connection has been given to send, and the one send that is in flight.
///
///     being sent                      when that is full
///     | sent | … to send … | room |   | … to send … | room |
///     0    start          end         0          nextEnd
///
/// What is appended before the poller's next poll goes out with the first send. So the first chunk grows while
/// a part of it is in flight, and a second one is begun when it is full: at most 128 KiB. An idle connection
/// has none.
///
///     IDLE ──put──▶ SENDING ──all sent──▶ IDLE
///                      └──────failed or dropped──▶ FAILED       for ever
///
/// Threads: the loop thread only.
final class Output extends Operation {
    private static final int CHUNK = NetLoop.CHUNK_BYTES;

    private final KernelSocket socket;

    private long chunk; // address, or 0
    private int start;
    private int end;
    private long nextChunk; // address, or 0
    private int nextEnd;
    private boolean sending;
    private boolean noMore; // the writing has been ended
    private int failure; // the negated errno, or 0

    // Statistics, read by anybody.
    long bytesTaken;
    long bytesFromFiles; // of these, not through here
    private int bytesDropped; // and these never went

    private @Nullable Completion<Boolean> room;
    private @Nullable Completion<Integer> flushed;

    Output(KernelSocket socket) {
        this.socket = socket;
        kind = Kind.SEND;
        fd = socket.fd;
    }

    /// Takes what there is room for, and moves the buffer's position.
    ///
    /// @return how much; or the negated `errno` of the output's end, or [KernelSocket#CLOSED]
    int put(ByteBuffer from) {
        int refused = refusal();
        if (refused != 0) {
            return refused;
        }
        int before = from.remaining();
        if (chunk == 0) {
            chunk = socket.net.takeChunk();
        }
        if (nextChunk == 0) {
            end += copy(from, chunk + end, CHUNK - end);
        }
        if (from.hasRemaining()) {
            if (nextChunk == 0) {
                nextChunk = socket.net.takeChunk();
            }
            nextEnd += copy(from, nextChunk + nextEnd, CHUNK - nextEnd);
        }
        bytesTaken += before - from.remaining();
        if (sending) {
            length = end - start; // seen by the poller if it has not begun
        } else if (end > start) {
            sending = true;
            boolean open = socket.begin();
            assert open;
            send();
        }
        return before - from.remaining();
    }

    /// Why nothing more can be sent.
    ///
    /// @return 0 if it can; or the negated `errno` of the output's end, or [KernelSocket#CLOSED]
    int refusal() {
        if (failure != 0) {
            return failure;
        }
        return noMore || socket.isClosing() ? KernelSocket.CLOSED : 0;
    }

    private static int copy(ByteBuffer from, long to, int most) {
        int count = Math.min(from.remaining(), most);
        if (count > 0) {
            Memory.copy(from, to, count);
            from.position(from.position() + count);
        }
        return count;
    }

    private void send() {
        address = chunk + start;
        length = end - start;
        try {
            socket.calls.loop().poller().submit(this);
        } catch (IllegalStateException full) {
            fail(-Errno.ENOBUFS);
        }
    }

    @Override
    public void completed(int result) {
        if (result < 0) {
            fail(failure != 0 ? failure : result);
            return;
        }
        start += result;
        assert start <= end : this;
        if (start == end) {
            socket.net.giveChunk(chunk);
            chunk = nextChunk;
            start = 0;
            end = nextEnd;
            nextChunk = 0;
            nextEnd = 0;
        }
        if (chunk == 0) {
            failure = 0; // what was to be dropped has gone
            stop();
        } else if (failure != 0) {
            fail(failure);
        } else {
            wake();
            send();
        }
    }

    /// Gives up what is not sent. What is in flight is cancelled.
    void drop(int why) {
        if (sending && failure == 0) {
            failure = why;
            socket.calls.loop().poller().cancel(this);
        }
    }

    private void fail(int why) {
        failure = why;
        bytesDropped = pending();
        if (chunk != 0) {
            socket.net.giveChunk(chunk);
            chunk = 0;
        }
        if (nextChunk != 0) {
            socket.net.giveChunk(nextChunk);
            nextChunk = 0;
        }
        stop();
    }

    /// Nothing is in flight any more, and nothing is left to send.
    private void stop() {
        sending = false;
        start = 0;
        end = 0;
        nextEnd = 0;
        wake();
        if (noMore) {
            shutDown();
        }
        Completion<Integer> waiter = flushed;
        if (waiter != null) {
            flushed = null;
            waiter.complete(failure);
        }
        socket.end();
    }

    private void wake() {
        Completion<Boolean> waiter = room;
        if (waiter != null && nextChunk == 0) {
            room = null;
            waiter.complete(true);
        }
    }

    /// Ends the writing, behind what is there.
    ///
    /// @param done told the failure, or 0, when everything has gone
    void finish(Completion<Integer> done) {
        if (socket.isClosing()) {
            done.complete(KernelSocket.CLOSED);
            return;
        }
        boolean first = !noMore;
        noMore = true;
        if (sending) {
            whenFlushed(done);
            return;
        }
        if (first) {
            shutDown();
        }
        done.complete(failure);
    }

    private void shutDown() {
        if (failure == 0) {
            int result = socket.net.sockets().shutdownOutput(fd);
            failure = result == -Errno.ENOTCONN ? 0 : result; // the peer has ended the connection
        }
    }

    private void whenFlushed(Completion<Integer> done) {
        Completion<Integer> before = flushed;
        if (before != null) {
            before.whenComplete(() -> done.complete(failure));
        } else {
            flushed = done;
        }
    }

    /// Told the failure, or 0, when all that is there has gone.
    ///
    /// @return null if nothing is there
    @Nullable Completion<Integer> whenSent() {
        if (!sending) {
            return null;
        }
        var done = new Completion<Integer>();
        whenFlushed(done);
        return done;
    }

    boolean isSending() {
        return sending;
    }

    /// How many bytes have not been sent, those included that never will be.
    int pending() {
        return bytesDropped + end - start + nextEnd;
    }

    /// How many bytes [#put] would take now.
    int room() {
        return (nextChunk == 0 ? CHUNK - end : 0) + CHUNK - nextEnd;
    }

    /// Told when there is room, if there is none now.
    ///
    /// @return null if there is some, or never will be
    @Nullable Completion<Boolean> whenRoom() {
        if (failure != 0 || !sending || nextEnd < CHUNK) {
            return null;
        }
        if (room == null) {
            room = new Completion<>();
        }
        return room;
    }

    /// The negated `errno` with which it ended, or 0.
    int failure() {
        return failure;
    }
}
