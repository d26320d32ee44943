package dev.sluice.websocket;

import dev.sluice.cancel.CancelledException;
import dev.sluice.internal.io.Turn;
import dev.sluice.internal.strand.Completion;
import dev.sluice.internal.strand.Strand;
import dev.sluice.io.StreamBusyException;
import dev.sluice.net.Connection;
import dev.sluice.net.Listener;
import dev.sluice.net.NetException;
import dev.sluice.sync.Lock;
import dev.sluice.task.Deadline;
import dev.sluice.websocket.FrameInput.Event;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Messages in both directions over one connection, as browsers speak them (RFC 6455).
///
/// ```java
/// listener.serve(WebSocket.serving(socket -> {
///     Optional<Message> asked = socket.receive();
///     while (asked.isPresent()) {
///         socket.send(asked.get());
///         asked = socket.receive();
///     }
/// }));
/// ```
///
/// The connection below may be of TCP, of TLS (`wss:`), of Unix sockets or of memory. No extension is spoken,
/// so nothing is compressed.
///
/// *Sending* hands a message over whole, as one frame; several tasks may send. *Receiving* puts fragments
/// together, answers pings and a goodbye, and never holds more than [WebSocketConfig#largestMessage] and 16
/// KiB. So someone should receive, even where only one side has something to say. Of pings that come faster than
/// the peer reads the answers, the latest is answered.
///
/// *Cancellation loses nothing.* A cancelled receive has taken no message. A cancelled send has handed over
/// nothing, or has begun, and what is left goes out before the next frame.
///
/// Errors are [WebSocketException], and [NetException] of the connection. A peer that breaks the rules is told
/// which one, and the connection ends.
///
/// Threads: any coroutine, and any thread that may block; one receiver at a time.
public final class WebSocket implements AutoCloseable {
    /// How long a peer that breaks the rules may take to hear of it.
    private static final Duration FAREWELL = Duration.ofSeconds(1);

    private static final Goodbye GOING_AWAY = new Goodbye(1001, "");

    private final Connection lower;
    private final WebSocketConfig config;
    private final Handshake handshake;
    private final @Nullable Masks masks; // of a client
    private final FrameInput input;
    private final Turn reading = new Turn();
    private final Lock frames;
    private final Completion<Goodbye> goodbye = new Completion<>();
    private final Departure departure;
    private final Pongs pongs;

    // The receiver only.
    private final ByteBuffer bytes; // from position to limit
    private boolean owesGoodbye; // the peer has said it, and is to be answered
    private @Nullable WebSocketException failure;

    // Guarded by `frames`.
    private @Nullable ByteBuffer unsent; // of a frame that a cancelled sender has begun

    // Under `frames`; the receiver reads it outside, where a late answer does no harm. Pairs with those writes.
    private volatile boolean saidGoodbye;

    /// What a client asks for.
    ///
    /// @param path and what is behind it
    /// @param fields of the request, by their names in small letters
    public record Request(String path, Map<String, String> fields) {
        public Request {
            fields = Map.copyOf(fields);
        }

        /// A field of the request, such as `origin`; empty if it was not there.
        public Optional<String> field(String name) {
            return Optional.ofNullable(fields.get(name.toLowerCase(Locale.ROOT)));
        }
    }

    /// What one side says at last.
    ///
    /// @param code why, in the numbers of RFC 6455, 7.4.1: 1000 is that all is said
    /// @param reason in words, often none
    public record Goodbye(int code, String reason) {
        /// The code that stands for none.
        public static final int NOTHING_SAID = 1005;
    }

    /// What is done with a WebSocket.
    @FunctionalInterface
    public interface Handler {
        /// Serves one; its caller closes that.
        void serve(WebSocket socket) throws Exception;
    }

    private WebSocket(Connection lower, WebSocketConfig config, Handshake handshake, boolean client) {
        this.lower = lower;
        this.config = config;
        this.handshake = handshake;
        this.masks = client ? new Masks() : null;
        this.input = new FrameInput(!client, config.largestMessage());
        this.bytes = handshake.rest();
        this.frames = new Lock("frames to " + lower.remote());
        this.departure = new Departure("goodbye to " + lower.remote(), this::sayThatWeGo);
        this.pongs = new Pongs("pong to " + lower.remote(), this::sendPong);
    }

    // ---- beginnings

    /// Shakes hands as the client.
    ///
    /// @param connection belongs to the result from now on, and is closed if this fails or is cancelled
    /// @param host the server's name, with its port if that is not the usual one
    /// @param path what is asked for, from `/` on
    /// @throws WebSocketException if the server does not speak it, or does not want to
    public static WebSocket connect(Connection connection, String host, String path) throws IOException {
        return connect(connection, host, path, WebSocketConfig.defaults());
    }

    /// As [#connect(Connection, String, String)], spoken in another way.
    public static WebSocket connect(Connection connection, String host, String path, WebSocketConfig config)
            throws IOException {
        Handshake done =
                Handshake.within(config, connection, () -> Handshake.ask(connection, host, path, config.protocols()));
        return new WebSocket(connection, config, done, true);
    }

    /// Shakes hands as the server, with anybody. Where browsers come, look at the `origin` of the request, see
    /// [#accept(Connection, WebSocketConfig, Predicate)].
    ///
    /// @param connection belongs to the result from now on, and is closed if this fails or is cancelled
    /// @throws WebSocketException if what came is no handshake; the peer has been told so in HTTP
    public static WebSocket accept(Connection connection) throws IOException {
        return accept(connection, WebSocketConfig.defaults(), request -> true);
    }

    /// Shakes hands as the server.
    ///
    /// @param welcome whether a request is; one that is not is answered with 403
    public static WebSocket accept(Connection connection, WebSocketConfig config, Predicate<Request> welcome)
            throws IOException {
        Handshake done =
                Handshake.within(config, connection, () -> Handshake.answer(connection, config.protocols(), welcome));
        return new WebSocket(connection, config, done, false);
    }

    /// A handler for [Listener#serve] that shakes hands with anybody and says goodbye behind another one. When the
    /// listener is closed, each client is told that the server goes away (1001) as soon as somebody waits for a
    /// message of it: what was received before can still be answered.
    public static Listener.Handler serving(Handler handler) {
        return serving(WebSocketConfig.defaults(), request -> true, handler);
    }

    /// As [#serving(Handler)], spoken in another way, and with those only who are welcome; see
    /// [#accept(Connection, WebSocketConfig, Predicate)].
    public static Listener.Handler serving(WebSocketConfig config, Predicate<Request> welcome, Handler handler) {
        return connection -> {
            try (WebSocket socket = accept(connection, config, welcome);
                    var _ = Listener.onDrain(socket.departure::begin)) {
                handler.serve(socket);
            }
        };
    }

    // ---- sending

    /// Sends a message.
    ///
    /// @throws NetException if the connection has ended, or this side has said goodbye
    public void send(Message message) throws IOException {
        write(message instanceof Message.Text ? Frame.TEXT : Frame.BINARY, message.bytes());
    }

    /// Sends text.
    public void send(String text) throws IOException {
        write(Frame.TEXT, text.getBytes(StandardCharsets.UTF_8));
    }

    /// Sends bytes.
    public void send(byte[] content) throws IOException {
        write(Frame.BINARY, content);
    }

    /// Asks the peer to answer, which it does when it receives; the receiver here drops the answer. It keeps
    /// alive what is between the two.
    public void ping() throws IOException {
        write(Frame.PING, new byte[0]);
    }

    private void write(int opcode, byte[] content) throws IOException {
        try (var _ = frames.acquire()) {
            if (saidGoodbye) {
                throw NetException.closed("send", lower);
            }
            writeFrame(Frame.of(opcode, content, masks == null ? 0 : masks.next()));
        }
    }

    /// Under `frames`.
    private void writeFrame(ByteBuffer frame) throws IOException {
        writeUnsent();
        try {
            lower.write(frame);
        } catch (CancelledException cancelled) {
            if (frame.position() > 0 && frame.hasRemaining()) {
                unsent = frame;
            }
            throw cancelled;
        }
    }

    /// Under `frames`.
    private void writeUnsent() throws IOException {
        ByteBuffer before = unsent;
        if (before != null) {
            lower.write(before);
            unsent = null;
        }
    }

    // ---- receiving

    /// Waits for a message.
    ///
    /// @return empty when the peer has said [#goodbye]
    /// @throws WebSocketException if it breaks the rules, or the connection ends without a goodbye
    public Optional<Message> receive() throws IOException {
        Strand self = Strand.current();
        self.checkpoint();
        Strand before = reading.enter(self);
        if (before != null) {
            throw new StreamBusyException("receive", lower.toString(), before.path());
        }
        try {
            return receiveNext();
        } finally {
            reading.leave();
        }
    }

    private Optional<Message> receiveNext() throws IOException {
        while (true) {
            if (failure != null) {
                throw new WebSocketException(
                        "receive", lower, failure.code(), "an earlier receive failed: " + failure.getMessage());
            }
            answerGoodbye();
            if (goodbye.result() != null) {
                return Optional.empty();
            }
            Event event = next();
            switch (event) {
                case Event.Came(Message message) -> {
                    return Optional.of(message);
                }
                case Event.Asked(byte[] content) -> pongs.ping(content);
                case Event.Ended(Goodbye said) -> {
                    owesGoodbye = !saidGoodbye && !config.halfOpen();
                    goodbye.complete(said);
                }
                case Event.Nothing nothing -> {
                    assert nothing == Event.Nothing.NOTHING;
                }
            }
        }
    }

    /// It stays owed if this is cancelled.
    private void answerGoodbye() throws IOException {
        Goodbye heard = goodbye.result();
        if (!owesGoodbye || heard == null) {
            return;
        }
        owesGoodbye = false;
        try {
            sayGoodbye(new Goodbye(heard.code(), ""));
        } catch (CancelledException cancelled) {
            owesGoodbye = true;
            throw cancelled;
        }
    }

    /// By the coroutine of [Pongs].
    private boolean sendPong() {
        try (var _ = frames.acquire()) {
            byte[] content = pongs.take();
            if (!saidGoodbye) {
                writeFrame(Frame.of(Frame.PONG, content, masks == null ? 0 : masks.next()));
            }
            return !saidGoodbye;
        } catch (IOException gone) {
            return false; // it asks no more; who receives or sends is told
        }
    }

    private Event next() throws IOException {
        while (true) {
            try {
                Event event = input.next(bytes);
                if (event != null) {
                    return event;
                }
            } catch (FrameInput.BrokenException broken) {
                throw broken(broken);
            }
            bytes.compact();
            int count;
            try {
                departure.waits();
                count = lower.read(bytes);
            } finally {
                departure.goesOn();
                bytes.flip();
            }
            if (count < 0) {
                throw new WebSocketException(
                        "receive",
                        lower,
                        WebSocketException.NO_GOODBYE,
                        "the peer ended the connection without a goodbye");
            }
        }
    }

    /// Tells the peer which rule it has broken, and ends the connection.
    private WebSocketException broken(FrameInput.BrokenException why) {
        var told = new WebSocketException("receive", lower, why.code, String.valueOf(why.getMessage()));
        failure = told;
        try {
            boolean said = Deadline.after(FAREWELL).tryRun(() -> sayGoodbye(new Goodbye(why.code, "")));
            if (said) {
                lower.close();
            } else {
                lower.abort();
            }
        } catch (IOException | CancelledException gone) {
            lower.abort();
        }
        return told;
    }

    // ---- ends

    /// Says that all is said (1000). What the peer sends until it says goodbye as well can be received; most peers
    /// do that as soon as they hear of ours, see [WebSocketConfig#halfOpen]. [#close] is still to be called.
    public void closeOutput() throws IOException {
        sayGoodbye(new Goodbye(usualCode(), ""));
    }

    /// Says that all is said (1000), or what the peer has said before, see [#close(int, String)].
    @Override
    public void close() throws IOException {
        close(usualCode(), "");
    }

    private int usualCode() {
        Goodbye heard = goodbye.result();
        return heard != null && Frame.mayBeSaid(heard.code()) ? heard.code() : 1000;
    }

    /// Says goodbye, waits for the peer's, as long as the config allows, and closes the connection. What comes
    /// until then is dropped. A cancelled caller does not wait. Closing twice is no error.
    ///
    /// @param code 1000 to 1014 but 1004 to 1006, or 3000 to 4999
    /// @param reason at most 123 bytes in UTF-8
    public void close(int code, String reason) throws IOException {
        byte[] content = Frame.goodbye(code, reason);
        if (!Frame.mayBeSaid(code) || content.length > Frame.MOST_CONTROL_BYTES) {
            throw new IllegalArgumentException("close " + lower + ": code=" + code + " reason=" + reason
                    + ", expected a code that may be said, and a reason of at most 123 bytes");
        }
        try {
            boolean inTime = Deadline.after(config.closeLimit()).tryRun(() -> {
                sayGoodbye(new Goodbye(code, reason));
                awaitGoodbye();
            });
            if (!inTime) {
                lower.abort();
                return;
            }
        } catch (CancelledException cancelled) {
            lower.abort(); // the next suspension tells the caller
            return;
        } catch (NetException peerGone) {
            lower.abort(); // without a goodbye; whoever received has been told
            return;
        }
        lower.close();
    }

    private void sayGoodbye(Goodbye said) throws IOException {
        try (var _ = frames.acquire()) {
            if (saidGoodbye) {
                writeUnsent();
            } else {
                sayLast(Frame.of(
                        Frame.CLOSE, Frame.goodbye(said.code(), said.reason()), masks == null ? 0 : masks.next()));
            }
        }
    }

    /// Under `frames`. It is not said if this is cancelled before it has begun.
    private void sayLast(ByteBuffer farewell) throws IOException {
        saidGoodbye = true;
        try {
            writeFrame(farewell);
        } catch (CancelledException cancelled) {
            saidGoodbye = farewell.position() > 0;
            throw cancelled;
        }
    }

    private void sayThatWeGo() {
        try {
            sayGoodbye(GOING_AWAY);
        } catch (IOException gone) {
            lower.abort(); // it needs no goodbye; who receives is told
        }
    }

    private void awaitGoodbye() throws IOException {
        if (failure != null || reading.enter(Strand.current()) != null) {
            if (failure == null) {
                goodbye.await("the goodbye of " + lower.remote());
            }
            return;
        }
        try {
            Optional<Message> dropped;
            do {
                dropped = receiveNext();
            } while (dropped.isPresent());
        } finally {
            reading.leave();
        }
    }

    /// Ends the connection at once, without a goodbye.
    public void abort() {
        lower.abort();
    }

    // ---- to look at

    /// What the peer has said at last; empty as long as nobody has received it.
    public Optional<Goodbye> goodbye() {
        return Optional.ofNullable(goodbye.result());
    }

    /// What the client has asked for.
    public String path() {
        return handshake.path();
    }

    /// What is spoken inside, if both know a protocol of the same name.
    public Optional<String> protocol() {
        return Optional.ofNullable(handshake.protocol());
    }

    @Override
    public String toString() {
        return "websocket over " + lower;
    }
}
