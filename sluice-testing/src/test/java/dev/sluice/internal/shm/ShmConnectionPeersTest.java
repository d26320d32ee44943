package dev.sluice.internal.shm;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.time.Duration.ofMillis;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sluice.net.Connection;
import dev.sluice.net.NetException;
import dev.sluice.space.Pipe;
import dev.sluice.space.Space;
import dev.sluice.space.SpaceException;
import dev.sluice.task.Deadline;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A pipe of bytes to those who are killed, and to a Python, for which it is a pipe of raw messages.
@Tag("no-loop")
@Timeout(300)
class ShmConnectionPeersTest extends PythonPeer {
    private static byte[] random(int size) {
        byte[] bytes = new byte[size];
        new SplittableRandom(size).nextBytes(bytes);
        return bytes;
    }

    /// Reads so many bytes, or those before the end.
    private static byte[] read(Connection line, int count) throws IOException {
        ByteBuffer into = ByteBuffer.allocate(count);
        while (into.hasRemaining() && line.read(into) >= 0) {}
        return Arrays.copyOf(into.array(), into.position());
    }

    private static void assertReset(String operation, Connection line) {
        assertThatExceptionOfType(NetException.class)
                .isThrownBy(() -> {
                    if (operation.equals("read")) {
                        read(line, 1);
                    } else {
                        line.write(new byte[1]);
                    }
                })
                .matches(NetException::isPeerGone)
                .withMessageStartingWith(operation + " " + line + ": ECONNRESET");
    }

    // ---- a Python

    @Test
    void bytesGoThereAndBackAndEachDirectionEnds() throws Exception {
        byte[] bytes = random(1 << 20);
        try (Connection line = space.connection("line")) {
            say("p = space.pipe('line', codec=sluice.raw)");
            python.begin("for m in p: p.send(m)");
            var writer = new FutureTask<>(() -> {
                line.write(bytes);
                line.closeOutput();
                return true;
            });
            Thread.ofPlatform().start(writer);
            within(() -> assertThat(read(line, bytes.length)).isEqualTo(bytes));
            assertThat(python.answer()).isEqualTo("ok None");
            assertThat(writer.get()).isTrue();
            assertThat(line.statistics()).isEqualTo(new Connection.Statistics(bytes.length, bytes.length, 0));
            say("p.close()");
            assertThat(read(line, 1)).isEmpty();
        }
    }

    @Test
    void aWriterWaitsForRoomAndSaysHowFarItCame() throws Exception {
        byte[] bytes = random(1 << 16);
        ByteBuffer from = ByteBuffer.wrap(bytes);
        try (Connection line = space.connection("line", new Pipe.Options(1 << 12))) {
            say("p = space.pipe('line', codec=sluice.raw)");
            assertThat(Deadline.after(ofMillis(50)).tryRun(() -> line.write(from)))
                    .isFalse();
            assertThat(from.position()).isBetween(1 << 11, 1 << 12);
            assertThat(python.run("len(got := b''.join(iter(p.try_receive, None)))"))
                    .isEqualTo("ok " + from.position());
            python.begin("while len(got) < 65536: got += p.receive(60)");
            within(() -> line.write(from));
            assertThat(python.answer()).isEqualTo("ok None");
            python.begin("for i in range(0, 65536, 1000): p.send(got[i : i + 1000], 60)");
            within(() -> assertThat(read(line, bytes.length)).isEqualTo(bytes));
            assertThat(python.answer()).isEqualTo("ok None");
        }
    }

    @Test
    void whoIsKilledHasResetIt() throws Exception {
        try (Connection line = space.connection("line")) {
            say("p = space.pipe('line', codec=sluice.raw); p.send(b'last '); p.send(b''); p.send(b'words')");
            python.kill();
            within(() -> {
                assertThat(new String(read(line, 10), US_ASCII)).isEqualTo("last words");
                assertReset("read", line);
                assertReset("write", line);
            });
        }
    }

    @Test
    void anAbortIsNoEndForEither() throws Exception {
        say("p = space.pipe('line', codec=sluice.raw); p.send(b'unread')");
        space.connection("line").close(); // as TCP, which has sent a reset then
        assertThat(python.run("p.receive(60)")).startsWith("error SpaceError PEER_GONE");
        say("p.close(); p = space.pipe('line', codec=sluice.raw)");
        try (Connection line = space.connection("line")) {
            say("p.abort()");
            assertReset("read", line);
        }
    }

    // ---- a Java that is killed at each step

    private static final byte[] PIECE = random(50);

    /// What was written whole arrives, and nothing else; an end that was not said is none.
    @Test
    void whoIsKilledAtAnyStepHasWrittenWholePiecesAndResetIt() throws Exception {
        int step = 0;
        List<String> passed;
        do {
            String name = "line" + step;
            ShmSpace victim = (ShmSpace) Space.open(address);
            Connection mortal = victim.connection(name);
            try (Connection line = space.connection(name)) {
                line.write(PIECE);
                passed = Killed.before(step, () -> live(mortal));
                victim.abandon();
                assertThatExceptionOfType(SpaceException.class) // it looks after the dead, as is done every 100 ms
                        .isThrownBy(() -> space.connection(name));
                String what = "killed after " + passed;
                int pieces = Collections.frequency(passed, "pipe.published");
                within(() -> {
                    for (int piece = 0; piece < pieces; piece++) {
                        assertThat(read(line, PIECE.length)).as(what).isEqualTo(PIECE);
                    }
                });
                if (passed.contains("pipe.closed")) {
                    assertThat(read(line, 1)).as(what).isEmpty();
                } else {
                    assertReset("read", line);
                }
            }
            step++;
        } while (passed.size() >= step);
        assertThat(step).isGreaterThan(10);
    }

    private static void live(Connection line) throws IOException {
        line.write(PIECE);
        assertThat(read(line, PIECE.length)).isEqualTo(PIECE);
        line.write(PIECE);
        line.write(PIECE);
        line.close();
    }
}
