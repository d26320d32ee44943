package dev.sluice.net;

import dev.sluice.internal.io.LoopCalls;
import dev.sluice.internal.linux.CallState;
import dev.sluice.internal.linux.Memory;
import dev.sluice.internal.linux.MessageBatch;
import dev.sluice.internal.loop.EventLoop;
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

    // Loop thread only.
    private final long[] chunks = new long[CHUNKS_KEPT];
    private int chunksFree;
    private @Nullable KernelSocket first;
    private @Nullable MessageBatch messages;

    private NetLoop(LoopCalls calls) {
        this.calls = calls;
    }

    /// That of the caller's loop.
    ///
    /// @param purpose for the message
    /// @throws IllegalStateException if the caller is not a coroutine
    static NetLoop here(String purpose) {
        EventLoop loop = LoopCalls.currentLoop(purpose);
        if (!LoopCalls.possible(loop)) {
            throw new UnsupportedOperationException(
                    purpose + ": poller=" + loop.poller().name() + ", expected one that performs operations");
        }
        LoopCalls calls = LoopCalls.of(loop);
        return (NetLoop) calls.kept(LoopCalls.SOCKETS, () -> new NetLoop(calls));
    }

    /// The state for a system call of the caller. Any thread.
    CallState state() {
        return calls.loop().onLoop() ? calls.state() : new CallState();
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
    MessageBatch messages() {
        MessageBatch known = messages;
        if (known == null) {
            known = new MessageBatch();
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
        MessageBatch known = messages;
        if (known != null) {
            known.free();
            messages = null;
        }
    }
}
