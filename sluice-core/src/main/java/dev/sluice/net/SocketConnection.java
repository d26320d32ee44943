package dev.sluice.net;

import dev.sluice.cancel.CancelledException;
import dev.sluice.internal.io.Errand;
import dev.sluice.internal.io.FileTarget;
import dev.sluice.internal.io.LoopCalls;
import dev.sluice.internal.io.OpenFile;
import dev.sluice.internal.io.PromptTarget;
import dev.sluice.internal.io.Room;
import dev.sluice.internal.io.SuspendedOperation;
import dev.sluice.internal.io.Turn;
import dev.sluice.internal.linux.DescriptorMessage;
import dev.sluice.internal.linux.Errno;
import dev.sluice.internal.linux.Socket;
import dev.sluice.internal.poll.Operation;
import dev.sluice.internal.strand.Completion;
import dev.sluice.internal.timer.Timer;
import dev.sluice.io.ByteSink;
import dev.sluice.io.StreamBusyException;
import dev.sluice.net.NetException.Ends;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A connection on a socket of the system.
///
/// Reading is one receive that the loop's poller performs; writing appends to an [Output], which the poller
/// sends. Callers on the loop's thread touch both directly, others through actions of the loop.
///
/// Threads: see [Connection]; what belongs to the loop thread says so.
final class SocketConnection extends KernelSocket implements BetweenEnds, FileTarget, PromptTarget {
    /// How long a close waits for the peer to take what was written, if nothing else is said.
    static final long GRACE_NANOS = 5_000_000_000L;

    /// What a transfer reads into when it has to wait there.
    private static final int WAITING_BYTES = 1 << 10;

    private final Ends ends;
    private final Turn reading = new Turn();
    private final Turn writing = new Turn();
    private final Incoming incoming;
    private final Output output = new Output(this); // loop thread only
    final List<Passing> passings = new ArrayList<>(0); // in flight; loop thread only
    private final long graceNanos;
    private @Nullable Timer grace; // of a close that waits; loop thread only

    private volatile boolean closed; // set by any thread; pairs with the read in enter

    // The reader only; read by anybody for statistics.
    private long bytesRead;

    // Set by reader and writer, read by the closer behind them; one that comes late tells twice, no more.
    private boolean failureTold;

    /// @param ends both known
    /// @param graceNanos how long a close waits for the peer to take what was written
    SocketConnection(NetLoop net, int fd, Ends ends, long graceNanos) {
        super(net, fd);
        this.graceNanos = graceNanos;
        this.ends = ends;
        this.incoming =
                ends.remote() instanceof TcpAddress && net.calls.loop().poller().receivesEach()
                        ? new StandingReceive(this)
                        : new Receive(this);
    }

    // ---- reading

    @Override
    public int read(ByteBuffer into) throws NetException {
        enter(reading, "read");
        try {
            if (!Room.in(into, this)) {
                return 0;
            }
            int result = incoming.read(into);
            if (result == 0 && output.failure() == -Errno.ECONNRESET) {
                result = -Errno.ECONNRESET; // the system tells of a reset once, and a send has been told
            }
            if (result < 0) {
                failureTold = true; // that the peer has gone, say; the close need not tell it again
                throw failure("read", result);
            }
            bytesRead += result;
            return result == 0 ? -1 : result;
        } finally {
            reading.leave();
        }
    }

    /// Holds no memory while nothing comes, for coroutines of its loop where one receive stands for all reads; and
    /// elsewhere little.
    @Override
    public long transferTo(ByteSink sink) throws IOException {
        Objects.requireNonNull(sink, "sink");
        if (!(incoming instanceof StandingReceive standing) || !calls.loop().onLoop()) {
            return BetweenEnds.super.transferTo(sink);
        }
        long moved = 0;
        int count;
        do {
            boolean some;
            enter(reading, "read"); // not in a method of its own: each frame that waits is memory
            try {
                some = standing.awaitSome();
            } finally {
                reading.leave();
            }
            count = some ? passBlock(sink) : pass(ByteBuffer.allocate(WAITING_BYTES), sink);
            moved += Math.max(0, count);
        } while (count >= 0);
        return moved;
    }

    private int passBlock(ByteSink sink) throws IOException {
        ByteBuffer block = calls.takeBlock();
        try {
            return pass(block, sink);
        } finally {
            calls.giveBlock(block);
        }
    }

    /// @return how many bytes; -1 at the end
    private int pass(ByteBuffer memory, ByteSink sink) throws IOException {
        int count = read(memory);
        if (count > 0) {
            sink.write(memory.flip());
        }
        return count;
    }

    // ---- writing

    @Override
    public void write(ByteBuffer from) throws NetException {
        enter(writing, "write");
        try {
            hand(from);
        } finally {
            writing.leave();
        }
    }

    private void hand(ByteBuffer from) throws NetException {
        while (true) {
            int result = calls.loop().onLoop() ? output.put(from) : putFromOutside(from);
            if (result < 0) {
                failureTold = true;
                throw failure("write", result);
            }
            if (!from.hasRemaining()) {
                return;
            }
            awaitRoom();
        }
    }

    @Override
    public boolean takesAtOnce(int bytes) {
        return calls.loop().onLoop() && output.room() >= bytes;
    }

    private int putFromOutside(ByteBuffer from) {
        return onLoop("write", () -> output.put(from));
    }

    private void awaitRoom() {
        if (calls.loop().onLoop()) {
            Completion<Boolean> room = output.whenRoom();
            if (room != null) {
                room.await(this);
            }
            return;
        }
        var room = new Completion<Boolean>();
        calls.execute(() -> {
            Completion<Boolean> real = output.whenRoom();
            if (real == null) {
                room.complete(true);
            } else {
                real.whenComplete(() -> room.complete(true));
            }
        });
        room.await(this);
    }

    // ---- files

    @Override
    public int writeFrom(OpenFile file, long position, long most) throws NetException {
        if (file.loop() != calls.loop() || !LoopCalls.possible(calls.loop())) {
            return COPY;
        }
        enter(writing, "write");
        try {
            if (output.isSending()) {
                awaitSent();
            }
            var part = new FilePassing(this, file, position, most);
            // At once, since the end of the file shows itself also where there is no room.
            int result = calls.loop().onLoop() ? part.tryNow() : onLoop("write", part::tryNow);
            if (result == -Errno.EAGAIN) {
                result = part.perform(this);
            }
            if (isOfFile(result)) {
                return COPY;
            }
            if (result < 0) {
                failureTold = true;
                throw failure("write", result);
            }
            return result;
        } finally {
            writing.leave();
        }
    }

    /// Errors of `sendfile(2)` that are those of the file, or of one that cannot be sent so. Reading it tells.
    private static boolean isOfFile(int result) {
        return switch (-result) {
            case Errno.EBADF, Errno.EINVAL, Errno.EIO, Errno.ENOMEM, Errno.ENOSYS, Errno.EOVERFLOW -> true;
            default -> false;
        };
    }

    /// Sends from a file what there is room for. Loop thread only.
    ///
    /// @return how many bytes, 0 at the end of the file, or a negated `errno`, or [#CLOSED]
    int passFile(int file, long position, int most) {
        int refused = output.refusal();
        if (refused != 0) {
            return refused;
        }
        int result = Socket.sendFile(calls.state(), fd, file, position, most);
        if (result > 0) {
            output.bytesTaken += result;
            output.bytesFromFiles += result;
        }
        return result;
    }

    // ---- ends

    @Override
    public void closeOutput() throws NetException {
        enter(writing, "write");
        try {
            var done = new Completion<Integer>();
            if (!calls.execute(() -> output.finish(done))) {
                throw failure("close", SuspendedOperation.LOOP_ENDED);
            }
            int result = done.await(this);
            if (result < 0) {
                failureTold = true;
                throw failure("close", result);
            }
        } finally {
            writing.leave();
        }
    }

    // ---- descriptors

    /// For [Unix#send].
    void send(byte[] bytes, int[] descriptors) throws NetException {
        enter(writing, "write");
        var message = new DescriptorMessage(bytes.length);
        try {
            message.put(bytes, descriptors);
            awaitSent();
            int gone = new MessagePassing(this, message, Operation.Kind.WRITABLE).perform(this);
            if (gone < 0) {
                failureTold = true;
                throw failure("write", gone);
            }
            hand(ByteBuffer.wrap(bytes, gone, bytes.length - gone));
        } finally {
            message.free();
            writing.leave();
        }
    }

    private void awaitSent() {
        var sent = new Completion<Boolean>();
        boolean runs = calls.execute(() -> {
            Completion<Integer> real = output.whenSent();
            if (real == null) {
                sent.complete(true);
            } else {
                real.whenComplete(() -> sent.complete(true));
            }
        });
        if (runs) {
            sent.await(this);
        }
    }

    /// For [Unix#receive].
    ///
    /// @return null at the end
    Unix.@Nullable Parcel receive(int most) throws NetException {
        enter(reading, "read");
        var message = new DescriptorMessage(most);
        try {
            int count = new MessagePassing(this, message, Operation.Kind.READABLE).perform(this);
            if (count < 0) {
                failureTold = true;
                throw failure("read", count);
            }
            List<Unix.Descriptor> all = Arrays.stream(message.descriptors())
                    .mapToObj(fd -> new Unix.Descriptor(fd, "from " + remote()))
                    .toList();
            if (message.isTruncated()) {
                all.forEach(Unix.Descriptor::close);
                throw failure("read", -Errno.EMFILE);
            }
            bytesRead += count;
            return count == 0 ? null : new Unix.Parcel(message.bytes(count), all);
        } finally {
            message.free();
            reading.leave();
        }
    }

    // ---- the end

    @Override
    public void close() throws NetException {
        if (closed) {
            return;
        }
        closed = true;
        var done = new Completion<Integer>();
        if (!calls.execute(() -> startClose(done))) {
            return; // its loop has closed it
        }
        try {
            done.await("close of " + this);
        } catch (CancelledException cancelled) {
            calls.execute(this::drop);
            done.awaitUncancellable("close of " + this);
            return; // the next suspension tells the caller of the cancellation
        }
        int lost = output.failure();
        if (lost < 0 && !failureTold) {
            throw failure("close", lost);
        }
    }

    @Override
    public void abort() {
        closed = true;
        var done = new Completion<Integer>();
        boolean runs = calls.execute(() -> {
            drop();
            startClose(done);
        });
        if (runs) {
            done.awaitUncancellable("abort of " + this);
        }
    }

    /// Loop thread only.
    private void drop() {
        if (!isGone()) {
            net.sockets().resetOnClose(fd); // has no meaning for a Unix socket, and fails
            output.drop(-Errno.ECANCELED);
        }
    }

    @Override
    void cancelAll() {
        incoming.stop();
        List.copyOf(passings).forEach(Passing::cancel);
        if (output.isSending()) {
            if (graceNanos == 0) {
                drop();
                return;
            }
            var end = new Grace();
            end.deadline = calls.loop().clock().nanoTime() + graceNanos;
            calls.loop().arm(end);
            grace = end;
        }
    }

    @Override
    void finished() {
        if (incoming.discard()) {
            net.sockets().resetOnClose(fd); // as the system does when it has what was not read
        }
        Timer known = grace;
        if (known != null) {
            calls.loop().disarm(known);
        }
    }

    private final class Grace extends Timer {
        @Override
        protected void expired() {
            drop();
        }
    }

    // ---- both

    private void enter(Turn turn, String operation) throws NetException {
        turn.enter(operation, this, StreamBusyException::new);
        if (closed) {
            turn.leave();
            throw failure(operation, CLOSED);
        }
    }

    private int onLoop(String operation, Errand.Step step) {
        return Errand.perform(calls, operation, step);
    }

    /// For [Unix#peer].
    Unix.Credentials credentials() throws NetException {
        var found = new Completion<int[]>();
        if (!calls.execute(
                () -> found.complete(isGone() ? new int[0] : net.sockets().peerCredentials(fd)))) {
            throw failure("peer", SuspendedOperation.LOOP_ENDED);
        }
        int[] ids = found.awaitUncancellable("credentials of " + this);
        if (ids.length == 0) {
            throw failure("peer", CLOSED);
        }
        return new Unix.Credentials(ids[0], ids[1], ids[2]);
    }

    private NetException failure(String operation, int result) {
        return switch (result) {
            case CLOSED -> NetException.of(operation, ends, "the connection is closed");
            case SuspendedOperation.LOOP_ENDED -> NetException.of(operation, ends, "its loop has ended");
            case -Errno.ECANCELED ->
                NetException.of(operation, ends, closed ? "the connection was closed meanwhile" : "its loop has ended");
            default -> NetException.of(operation, ends, result);
        };
    }

    @Override
    public Ends ends() {
        return ends;
    }

    @Override
    public Statistics statistics() {
        return new Statistics(bytesRead, output.bytesTaken, output.pending(), output.bytesFromFiles);
    }

    @Override
    public String toString() {
        return ends.toString();
    }
}
