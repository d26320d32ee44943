package dev.sluice.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.task.TaskGroup;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;

/// Two ends of a connection, and what goes from the one to the other: for [CancelSweep].
public final class SweptTransfer {
    private static final int BYTES = 300_000; // more than the buffers between the ends hold
    private static final byte UNTOUCHED = 0x5A;
    private static final byte[] CONTENT = new byte[BYTES];

    static {
        new SplittableRandom(7).nextBytes(CONTENT);
    }

    private final ByteBuffer from = ByteBuffer.wrap(CONTENT);
    private final ByteBuffer into = ByteBuffer.allocateDirect(BYTES);
    private final Connection near;
    private final Connection far;
    private final Ending ending;

    /// What is left to do when all bytes have arrived.
    public interface Ending {
        void end() throws IOException;
    }

    public SweptTransfer(Connection near, Connection far) {
        this(near, far, () -> {});
    }

    public SweptTransfer(Connection near, Connection far, Ending ending) {
        this.near = near;
        this.far = far;
        this.ending = ending;
    }

    /// Over a TCP connection of its own.
    public static SweptTransfer overTcp() throws IOException {
        try (Listener listener = Tcp.listen("127.0.0.1:0")) {
            return new SweptTransfer(Tcp.connect(listener.address().place()), listener.accept());
        }
    }

    static byte[] content() {
        return CONTENT.clone();
    }

    public Connection near() {
        return near;
    }

    public Connection far() {
        return far;
    }

    /// As many bytes as `near` has taken in another way are not to be sent again.
    void skip(long bytes) {
        from.position((int) bytes);
    }

    public void send() throws IOException {
        near.write(from);
    }

    void receive() throws IOException {
        while (into.hasRemaining()) {
            assertThat(far.read(into)).isPositive();
        }
    }

    /// Sends and receives.
    public void both() throws IOException {
        TaskGroup.<IOException>run(group -> {
            group.start("send", this::send);
            receive();
        });
    }

    /// Does what is missing, with another buffer, and checks that nobody touches the first one any more.
    public void rest() throws IOException {
        int had = into.position();
        ByteBuffer others = ByteBuffer.allocate(BYTES - had + 1);
        for (int i = had; i < BYTES; i++) {
            into.put(i, UNTOUCHED);
        }
        TaskGroup.<IOException>run(group -> {
            group.start("send", () -> {
                near.write(from);
                near.closeOutput();
            });
            while (far.read(others) > 0) {}
        });
        near.close();
        far.close();
        ending.end();
        assertThat(into.slice(0, had)).as("what had arrived").isEqualTo(ByteBuffer.wrap(CONTENT, 0, had));
        assertThat(others.flip()).as("what has followed").isEqualTo(ByteBuffer.wrap(CONTENT, had, BYTES - had));
        for (int i = had; i < BYTES; i++) {
            assertThat(into.get(i)).as("a byte of a buffer that was given back").isEqualTo(UNTOUCHED);
        }
    }
}
