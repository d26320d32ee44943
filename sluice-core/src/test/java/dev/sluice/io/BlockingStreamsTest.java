package dev.sluice.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.internal.testkit.Leaks;
import dev.sluice.internal.testkit.TestLoops;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Streams of the JDK's that do what streams must not: whoever uses them is told, and does not hang.
@ExtendWith(Leaks.class)
class BlockingStreamsTest {
    private final IllegalStateException defect = new IllegalStateException("a defect");

    @Test
    void aStreamWithADefectFailsItsReader() throws Exception {
        TestLoops.run(() -> {
            ByteSource source = BlockingStreams.source(
                    new InputStream() {
                        @Override
                        public int read() {
                            throw defect;
                        }

                        @Override
                        public int read(byte[] bytes, int offset, int length) {
                            throw defect;
                        }

                        @Override
                        public void close() {
                            throw defect;
                        }
                    },
                    "odd");
            for (int i = 0; i < 2; i++) {
                assertThatThrownBy(() -> source.read(ByteBuffer.allocate(10)))
                        .isInstanceOf(StreamException.class)
                        .hasMessage("read odd: java.lang.IllegalStateException: a defect")
                        .hasCause(defect);
            }
            source.close();
            assertThatThrownBy(() -> source.read(ByteBuffer.allocate(10))).hasMessage("read odd: the stream is closed");
        });
    }

    @Test
    void aStreamWithADefectFailsItsWriter() throws Exception {
        TestLoops.run(() -> {
            ByteSink sink = BlockingStreams.sink(
                    new OutputStream() {
                        @Override
                        public void write(int b) {
                            throw defect;
                        }

                        @Override
                        public void close() {
                            throw defect;
                        }
                    },
                    "odd");
            ByteBuffer bytes = ByteBuffer.allocate(10);
            assertThatThrownBy(() -> sink.write(bytes))
                    .isInstanceOf(StreamException.class)
                    .hasMessage("write odd: java.lang.IllegalStateException: a defect")
                    .hasCause(defect);
            assertThat(bytes.hasRemaining()).as("handed over").isFalse();
            sink.close();
        });
    }

    @Test
    void anErrorOfACloseIsNotWaitedForForEver() throws Exception {
        TestLoops.run(() -> {
            ByteSource source = BlockingStreams.source(
                    new InputStream() {
                        @Override
                        public int read() {
                            return -1;
                        }

                        @Override
                        public void close() {
                            throw new AssertionError("a defect");
                        }
                    },
                    "odd");
            source.close();
            assertThatThrownBy(() -> source.read(ByteBuffer.allocate(10))).hasMessage("read odd: the stream is closed");
        });
    }
}
