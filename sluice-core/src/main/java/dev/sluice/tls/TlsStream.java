package dev.sluice.tls;

import dev.sluice.cancel.CancelledException;
import dev.sluice.internal.access.Engines;
import dev.sluice.internal.io.Room;
import dev.sluice.internal.io.Turn;
import dev.sluice.internal.loop.EventLoop;
import dev.sluice.internal.strand.Completion;
import dev.sluice.internal.strand.Strand;
import dev.sluice.io.StreamBusyException;
import dev.sluice.net.Address;
import dev.sluice.net.Connection;
import dev.sluice.net.NetException;
import dev.sluice.task.Deadline;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/// A connection encrypted by an engine of the JDK.
///
/// Threads: see [Connection]. The engine has a lock of its own, which no loop thread takes.
final class TlsStream implements TlsConnection {
    /// How long a close waits for the connection below to take what was written.
    private static final Duration GRACE = Duration.ofSeconds(5);

    /// How long one waits for what the peer says at last: after a failed handshake, or before a close.
    private static final Duration FAREWELL = Duration.ofSeconds(1);

    private final Connection lower;
    private final SSLEngine engine;
    private final EventLoop loop;
    private final Incoming in;
    private final Outgoing out;
    private final Turn reading = new Turn();
    private final Turn writing = new Turn();

    private boolean old; // before TLS 1.3; written by the handshake, before others see this

    private volatile boolean closed; // set by any thread; pairs with the read in enter

    // Set by reader and writer, read by the closer behind them; one that comes late tells twice, no more.
    private boolean failureTold;

    TlsStream(Connection lower, SSLEngine engine, EventLoop loop) {
        this.lower = lower;
        this.engine = engine;
        this.loop = loop;
        this.in = new Incoming(this, lower, engine);
        this.out = new Outgoing(this, lower, engine);
    }

    // ---- the handshake

    /// Agrees with the peer. If that fails the connection below is closed.
    void handshake(Duration limit) throws IOException {
        boolean inTime;
        try {
            inTime = Deadline.after(limit).named("TLS handshake").tryRun(this::negotiate);
        } catch (SSLException broken) {
            sayWhy();
            throw TlsException.of("handshake", this, broken);
        } catch (IOException | RuntimeException | Error failed) {
            lower.abort();
            throw failed;
        }
        if (!inTime) {
            lower.abort();
            throw new TlsException(
                    "handshake", this, TlsException.Problem.TIMEOUT, "not done within the limit of " + limit);
        }
    }

    private void negotiate() throws IOException {
        agree();
        old = !engine.getSession().getProtocol().equals(TlsContext.TLS_1_3);
    }

    private void agree() throws IOException {
        Offload.call(
                loop,
                () -> { // a client makes its keys here
                    engine.beginHandshake();
                    out.prepare();
                    return true;
                });
        while (true) {
            switch (engine.getHandshakeStatus()) {
                case NEED_TASK -> runTasks();
                case NEED_WRAP -> out.flush();
                case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
                    out.flush();
                    in.handshake();
                }
                case NOT_HANDSHAKING, FINISHED -> {
                    return;
                }
            }
        }
    }

    /// Sends the alert that the engine has, and ends the connection below.
    private void sayWhy() {
        try {
            boolean said = Deadline.after(FAREWELL).tryRun(() -> {
                out.flush();
                lower.closeOutput();
                byte[] rest = new byte[Packets.RECORD_BYTES];
                int count;
                do { // a reset would overtake the alert
                    count = lower.read(rest, 0, rest.length);
                } while (count >= 0);
                lower.close();
            });
            if (!said) {
                lower.abort();
            }
        } catch (IOException | CancelledException peerGone) {
            lower.abort();
        }
    }

    /// Runs what the engine has to compute at length: off the loop.
    void runTasks() {
        Offload.call(loop, () -> {
            runTasksHere();
            return true;
        });
    }

    private void runTasksHere() {
        for (Runnable task = engine.getDelegatedTask(); task != null; task = engine.getDelegatedTask()) {
            task.run();
        }
    }

    // ---- what both directions share

    /// Whether the protocol is one that can negotiate again, and whose directions end together.
    boolean isOld() {
        return old;
    }

    TlsException negotiatesAgain(String operation) {
        lower.abort();
        return new TlsException(
                operation, this, TlsException.Problem.NO_AGREEMENT, "the peer wants to negotiate again: refused");
    }

    /// Sends what the engine wants to; see [Outgoing#answer].
    @Nullable Completion<Boolean> answer() {
        return out.answer();
    }

    /// Whether the caller runs on the connection's loop.
    boolean onLoop() {
        return loop.onLoop();
    }

    /// Runs an action in a coroutine of the loop that nobody waits for.
    ///
    /// @return false if the loops are being closed; the action is not run then
    boolean tryLaunch(String name, Runnable action) {
        try {
            Engines.root(Engines.face(loop).loops()).launch(loop, name, action);
            return true;
        } catch (IllegalStateException loopsClosed) {
            return false;
        }
    }

    /// Sends what was gathered; see [Outgoing#sendBeforeWait].
    void sendBeforeWait() {
        out.sendBeforeWait();
    }

    private void enter(Turn turn, String operation) throws NetException {
        turn.enter(operation, this, StreamBusyException::new);
        if (closed) {
            turn.leave();
            throw NetException.closed(operation, this);
        }
    }

    private IOException told(String operation, IOException failed) {
        failureTold = true;
        return failed instanceof SSLException broken ? TlsException.of(operation, this, broken) : failed;
    }

    // ---- as a connection

    @Override
    public int read(ByteBuffer into) throws IOException {
        enter(reading, "read");
        try {
            return Room.in(into, this) ? in.read(into) : 0;
        } catch (IOException failed) {
            throw told("read", failed);
        } finally {
            reading.leave();
        }
    }

    @Override
    public void write(ByteBuffer from) throws IOException {
        enter(writing, "write");
        try {
            if (out.hasEnded()) {
                throw NetException.closed("write", this);
            }
            out.write(from);
        } catch (IOException failed) {
            throw told("write", failed);
        } finally {
            writing.leave();
        }
    }

    @Override
    public void closeOutput() throws IOException {
        enter(writing, "close");
        try {
            out.end(true);
        } catch (IOException failed) {
            throw told("close", failed);
        } finally {
            writing.leave();
        }
    }

    @Override
    public void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        // Then only the end is left to be said, to somebody who may have gone, or who listens no more. That it could
        // not be is no loss.
        boolean allSent = (out.stop() && lower.statistics().bytesPending() == 0) || (in.hasEnded() && isOld());
        try {
            if (!Deadline.after(GRACE).tryRun(() -> out.end(false))) {
                throw new TlsException(
                        "close", this, TlsException.Problem.TIMEOUT, "bytes were dropped after " + GRACE);
            }
            awaitTickets();
        } catch (CancelledException cancelled) {
            lower.abort(); // the next suspension tells the caller
            return;
        } catch (IOException lost) {
            lower.abort();
            if (!failureTold && !allSent) {
                throw notSent(lost);
            }
            return;
        }
        try {
            lower.close();
        } catch (IOException lost) {
            if (!allSent) {
                throw lost;
            }
        }
    }

    private IOException notSent(IOException why) {
        boolean says = why instanceof NetException known && known.operation().equals("close");
        return says ? why : TlsException.later("close", this, why);
    }

    /// A server of TLS 1.3 sends session tickets behind the handshake. If a client that never reads closes its
    /// end before they have come, its system answers them with a reset, and the server may lose what it has not
    /// read yet. So such a client waits for them, or for the server's end, a while.
    private void awaitTickets() throws IOException {
        if (!engine.getUseClientMode() || isOld() || reading.enter(Strand.current()) != null) {
            return;
        }
        try {
            if (in.hasHeardNothing()) {
                lower.closeOutput(); // returns when the system has all
                dropNext();
            }
        } finally {
            reading.leave();
        }
    }

    private void dropNext() {
        try {
            Deadline.after(FAREWELL).tryRun(in::drop);
        } catch (IOException gone) {
            // The peer has ended all. What it was sent had gone before, so that nothing of it was dropped here.
        }
    }

    @Override
    public void abort() {
        closed = true;
        lower.abort();
    }

    // ---- to look at

    @Override
    public SSLSession session() {
        return engine.getSession();
    }

    @Override
    public Optional<X509Certificate> peer() {
        try {
            Certificate[] chain = engine.getSession().getPeerCertificates();
            return Optional.of((X509Certificate) chain[0]);
        } catch (SSLPeerUnverifiedException unknown) {
            return Optional.empty();
        }
    }

    @Override
    public Optional<String> application() {
        String name = engine.getApplicationProtocol();
        return name == null || name.isEmpty() ? Optional.empty() : Optional.of(name);
    }

    @Override
    public Optional<String> serverName() {
        if (engine.getSession() instanceof ExtendedSSLSession session) {
            for (SNIServerName name : session.getRequestedServerNames()) {
                if (name instanceof SNIHostName host) {
                    return Optional.of(host.getAsciiName());
                }
            }
        }
        return Optional.empty();
    }

    @Override
    public Address local() {
        return lower.local();
    }

    @Override
    public Address remote() {
        return lower.remote();
    }

    @Override
    public Statistics statistics() {
        return new Statistics(
                in.bytesTaken(),
                out.bytesTaken(),
                out.pending() + lower.statistics().bytesPending());
    }

    @Override
    public String toString() {
        return lower.toString();
    }
}
