package dev.sluice.websocket;

import dev.sluice.internal.access.Engines;
import dev.sluice.internal.loop.EventLoop;
import dev.sluice.internal.strand.Sleep;
import dev.sluice.internal.strand.Strand;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// The answer to the peer's latest ping. A coroutine of its own sends it, so that a peer that asks and does not read
/// holds up neither the receiver nor memory: whoever answers late may leave out all pings but the latest (RFC 6455,
/// 5.5.3).
///
///     IDLE ──ping──▶ content ◀──ping, take──▶ TAKEN ──all sent──▶ IDLE
///
/// Invariant: unless it is IDLE one coroutine is at it, or sending has failed, for ever.
///
/// Threads: `ping` by the receiver, `take` by the coroutine.
final class Pongs {
    private static final byte @Nullable [] IDLE = null;
    private static final byte[] TAKEN = new byte[0]; // compared by identity

    private final String name;
    private final Sending sending;

    // Any thread.
    private final AtomicReference<byte @Nullable []> state = new AtomicReference<>(IDLE);

    /// Sends what [#take] gives.
    interface Sending {
        /// @return false if nothing more can be sent
        boolean send();
    }

    Pongs(String name, Sending sending) {
        this.name = name;
        this.sending = sending;
    }

    /// The peer asks. Does not wait for it to read. If it does, it has its answer before all that is sent for what
    /// comes next: the coroutine runs first.
    ///
    /// @param content what it wants to hear
    void ping(byte[] content) {
        // Hands the content over; pairs with the one in take, and with the compare-and-set in answer.
        if (state.getAndSet(content) != IDLE) {
            return;
        }
        launch();
        Sleep.pass(Strand.current()); // may be cancelled; it is sent all the same
    }

    private void launch() {
        EventLoop loop = Strand.currentLoop();
        if (loop == null) {
            Thread.ofVirtual().name(name).start(this::answer);
            return;
        }
        try {
            Engines.root(Engines.face(loop).loops()).launch(loop, name, this::answer);
        } catch (IllegalStateException closed) {
            // The loops take nothing new: they are being closed, which ends all that they serve.
        }
    }

    private void answer() {
        boolean goesOn;
        do {
            goesOn = sending.send();
        } while (goesOn && !state.compareAndSet(TAKEN, IDLE)); // pairs with the exchange in ping
    }

    /// What the latest ping wants to hear.
    byte[] take() {
        byte[] latest = state.getAndSet(TAKEN); // pairs with the one in ping
        if (latest == null || latest == TAKEN) {
            throw new IllegalStateException(name + ": nobody has asked");
        }
        return latest;
    }
}
