package dev.sluice.process;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.internal.access.Engines;
import dev.sluice.internal.strand.Completion;
import dev.sluice.internal.strand.Strand;
import dev.sluice.internal.testkit.TestLoops;
import dev.sluice.io.ByteSink;
import dev.sluice.io.ByteSource;
import dev.sluice.loop.Loop;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class ChildCloseTest {
    @Test
    void closesEachStreamWhateverHappensToTheOthers() throws Exception {
        TestLoops.run(() -> {
            Command command = Command.of("cat").stdin(Input.piped());
            var running = new BadInput(KernelProcess.start(Objects.requireNonNull(Strand.currentLoop()), command));
            Child child = Child.join(command, running, Engines.of(Loop.current()));
            assertThatThrownBy(child::close).isInstanceOf(IOException.class).hasMessage("close refused by the test");
            byte[] bytes = new byte[1];
            for (ByteSource source : new ByteSource[] {child.stdout(), child.stderr()}) {
                assertThatThrownBy(() -> source.read(bytes, 0, 1)).hasMessageContaining("closed");
            }
        });
    }

    /// A program whose input tells of a failure when it is closed.
    private record BadInput(Running real) implements Running {
        @Override
        public Piped piped() {
            Piped piped = real.piped();
            ByteSink sink = Objects.requireNonNull(piped.stdin());
            var bad = new ByteSink() {
                @Override
                public void write(ByteBuffer from) throws IOException {
                    sink.write(from);
                }

                @Override
                public void close() throws IOException {
                    sink.close();
                    throw new IOException("close refused by the test");
                }
            };
            return new Piped(bad, piped.stdout(), piped.stderr());
        }

        @Override
        public long pid() {
            return real.pid();
        }

        @Override
        public Completion<Ended> exit() {
            return real.exit();
        }

        @Override
        public Completion<Boolean> gone() {
            return real.gone();
        }

        @Override
        public boolean signal(int signal) {
            return real.signal(signal);
        }

        @Override
        public void end(Duration grace) {
            real.end(grace);
        }
    }
}
