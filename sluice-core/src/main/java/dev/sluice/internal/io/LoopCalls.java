package dev.sluice.internal.io;

import dev.sluice.internal.linux.CallState;
import dev.sluice.internal.linux.Memory;
import dev.sluice.internal.loop.EventLoop;
import dev.sluice.internal.strand.Strand;
import java.nio.ByteBuffer;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What a loop brings to system calls: room for their structures, and memory outside the heap.
///
/// The *scratch* is one piece that every call on the loop thread may use, from the call to the copy behind it.
/// A *block* is for an operation that goes on while the loop does other things. A few blocks are kept; more are
/// made when all are in use, and each is in use only while the system moves data, so that a stream that merely
/// waits holds none.
///
/// Threads: as each method says. Made at its first use, only where the poller performs operations or has
/// sockets of its own.
public final class LoopCalls implements EventLoop.Companion {
    /// The size of the scratch, and of a block: what a pipe holds.
    public static final int BLOCK_BYTES = 1 << 16;

    private static final int BLOCKS_KEPT = 16;
    /// Where what a loop has for sockets is kept; the places below it are those of the standard streams.
    public static final int SOCKETS = 3;

    private static final int PLACES = SOCKETS + 1;

    private final EventLoop loop;
    private final CallState state = new CallState();
    private final ByteBuffer scratch = ByteBuffer.allocateDirect(BLOCK_BYTES);
    private final long scratchAddress = Memory.address(scratch);
    private final ArrayBlockingQueue<ByteBuffer> blocks = new ArrayBlockingQueue<>(BLOCKS_KEPT);
    private final ReentrantLock keeping = new ReentrantLock(); // of coroutines, never of the bare loop thread
    private final AtomicReferenceArray<@Nullable Kept> kept = new AtomicReferenceArray<>(PLACES); // written under it

    /// Something that there is once a loop.
    public interface Kept {
        /// The loop has ended. Called on its thread, once.
        void loopEnded();
    }

    private LoopCalls(EventLoop loop) {
        this.loop = loop;
    }

    /// Whether a loop's poller performs operations; if not, nothing else here may be asked for.
    public static boolean possible(EventLoop loop) {
        return loop.poller().performsOperations();
    }

    public static LoopCalls of(EventLoop loop) {
        assert possible(loop) || loop.poller().sockets() != null : loop.poller().name();
        return (LoopCalls) loop.companion(() -> new LoopCalls(loop));
    }

    /// The loop of the caller.
    ///
    /// @param purpose for the message
    /// @throws IllegalStateException if the caller is not a coroutine
    public static EventLoop currentLoop(String purpose) {
        EventLoop loop = Strand.currentLoop();
        if (loop == null) {
            throw new IllegalStateException(
                    purpose + ": " + Thread.currentThread() + " is not on a loop, expected a coroutine");
        }
        return loop;
    }

    public EventLoop loop() {
        return loop;
    }

    /// Loop thread only.
    public CallState state() {
        assert loop.onLoop() : "system call of a loop by " + Thread.currentThread();
        return state;
    }

    /// The address of [#BLOCK_BYTES] bytes. Loop thread only, between two suspension points.
    public long scratch() {
        assert loop.onLoop() : "scratch of a loop used by " + Thread.currentThread();
        return scratchAddress;
    }

    /// Runs an action on the loop thread: now if this is it, else soon, in the order of the calls.
    ///
    /// @return false if the loop has ended; the action is not run then
    public boolean execute(Runnable action) {
        if (loop.onLoop()) {
            action.run();
            return true;
        }
        return loop.submit(action);
    }

    /// A direct buffer of [#BLOCK_BYTES], to be given back. Any coroutine.
    public ByteBuffer takeBlock() {
        ByteBuffer block = blocks.poll();
        return block != null ? block : ByteBuffer.allocateDirect(BLOCK_BYTES);
    }

    /// Gives back what [#takeBlock] gave, when no operation uses it any more.
    public void giveBlock(ByteBuffer block) {
        blocks.offer(block.clear());
    }

    /// What there is once a loop, made if it is not there. Any coroutine.
    ///
    /// @param place which, from 0 to [#SOCKETS]
    public Kept kept(int place, Supplier<Kept> maker) {
        keeping.lock();
        try {
            Kept known = kept.get(place);
            if (known == null) {
                known = maker.get();
                kept.set(place, known);
            }
            return known;
        } finally {
            keeping.unlock();
        }
    }

    @Override
    public void loopEnded() {
        for (int i = 0; i < PLACES; i++) {
            Kept one = kept.get(i);
            if (one != null) {
                one.loopEnded();
            }
        }
    }
}
