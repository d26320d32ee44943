package dev.sluice.net;

import dev.sluice.internal.io.LoopCalls;
import dev.sluice.internal.linux.CallState;
import dev.sluice.internal.linux.DatagramBatch;
import dev.sluice.internal.linux.Memory;
import dev.sluice.internal.loop.EventLoop;
import dev.sluice.internal.poll.KernelSocketCalls;
import dev.sluice.internal.poll.SocketCalls;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// What a loop keeps for its sockets: memory for what is being sent, and the list of those that are open, which
/// end with it.
///
/// Threads: as each method says.
final class NetLoop implements LoopCalls.Kept {
    /// The size of a chunk: what a connection sends at most in one go.
    static final int CHUNK_BYTES = 1 << 16;

    private static final int CHUNKS_KEPT = 64;

    final LoopCalls calls;

    private final @Nullable SocketCalls own; // of a back end that has its own sockets; any thread
    private final SocketCalls kernel; // loop thread only

    // Loop thread only.
    private final long[] chunks = new long[CHUNKS_KEPT];
    private int chunksFree;
    private @Nullable KernelSocket first;
    private @Nullable DatagramBatch messages;

    private NetLoop(LoopCalls calls) {
        this.calls = calls;
        this.own = calls.loop().poller().sockets();
        this.kernel = new KernelSocketCalls(new CallState());
    }

    /// That of the caller's loop.
    ///
    /// @param purpose for the message
    /// @throws IllegalStateException if the caller is not a coroutine
    static NetLoop here(String purpose) {
        EventLoop loop = LoopCalls.currentLoop(purpose);
        if (!LoopCalls.possible(loop) && loop.poller().sockets() == null) {
            throw new UnsupportedOperationException(
                    purpose + ": poller=" + loop.poller().name() + ", expected one that has sockets");
        }
        LoopCalls calls = LoopCalls.of(loop);
        return (NetLoop) calls.kept(LoopCalls.SOCKETS, () -> new NetLoop(calls));
    }

    /// The sockets of the loop, for calls of the caller. Any thread.
    SocketCalls sockets() {
        SocketCalls known = own;
        if (known != null) {
            return known;
        }
        return calls.loop().onLoop() ? kernel : new KernelSocketCalls(new CallState());
    }

    /// Memory for output, to be given back. Loop thread only.
    long takeChunk() {
        return chunksFree > 0 ? chunks[--chunksFree] : Memory.allocate(CHUNK_BYTES);
    }

    void giveChunk(long chunk) {
        if (chunksFree < CHUNKS_KEPT) {
            chunks[chunksFree++] = chunk;
        } else {
            Memory.free(chunk);
        }
    }

    /// Memory for datagrams, from one system call to the copies around it. Loop thread only.
    DatagramBatch messages() {
        DatagramBatch known = messages;
        if (known == null) {
            known = sockets().batch();
            messages = known;
        }
        return known;
    }

    /// Loop thread only.
    void add(KernelSocket socket) {
        KernelSocket second = first;
        socket.next = second;
        if (second != null) {
            second.previous = socket;
        }
        first = socket;
    }

    /// Loop thread only.
    void remove(KernelSocket socket) {
        KernelSocket before = socket.previous;
        KernelSocket after = socket.next;
        if (before == null) {
            first = after;
        } else {
            before.next = after;
        }
        if (after != null) {
            after.previous = before;
        }
        socket.previous = null;
        socket.next = null;
    }

    @Override
    public void loopEnded() {
        for (KernelSocket socket = first; socket != null; socket = first) {
            remove(socket);
            socket.loopEnded();
        }
        Arrays.stream(chunks, 0, chunksFree).forEach(Memory::free);
        chunksFree = 0;
        DatagramBatch known = messages;
        if (known != null) {
            known.free();
            messages = null;
        }
    }
}
