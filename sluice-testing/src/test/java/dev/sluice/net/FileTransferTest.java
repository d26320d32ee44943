package dev.sluice.net;

import dev.sluice.loop.Backend;
import dev.sluice.loop.LoopsConfig;
import dev.sluice.testing.ConnectionContract.Pair;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Nested;

/// Files go through each transport, on each back end.
class FileTransferTest {
    abstract static class OnBackend extends FileTransferContract {
        private final Backend backend;

        OnBackend(Backend backend) {
            this.backend = backend;
        }

        @Override
        protected LoopsConfig config() {
            return super.config().withBackend(backend);
        }

        @Override
        protected boolean bySystem() {
            return backend != Backend.NIO;
        }
    }

    abstract static class OverTcp extends OnBackend {
        OverTcp(Backend backend) {
            super(backend);
        }

        @Override
        protected Pair open() throws IOException {
            try (Listener listener = Tcp.listen("127.0.0.1:0")) {
                Connection near = Tcp.connect(listener.address().place());
                return new Pair(near, listener.accept());
            }
        }
    }

    abstract static class OverUnix extends OnBackend {
        OverUnix(Backend backend) {
            super(backend);
        }

        @Override
        protected Pair open() throws IOException {
            Path socket = Files.createTempDirectory("sluice").resolve("socket");
            try (Listener listener = Unix.listen(UnixAddress.of(socket))) {
                Connection near = Unix.connect(UnixAddress.of(socket));
                return new Pair(near, listener.accept());
            } finally {
                Files.deleteIfExists(socket);
                Files.delete(socket.getParent());
            }
        }
    }

    @Nested
    class TcpOnIoUring extends OverTcp {
        TcpOnIoUring() {
            super(Backend.IO_URING);
        }
    }

    @Nested
    class TcpOnEpoll extends OverTcp {
        TcpOnEpoll() {
            super(Backend.EPOLL);
        }
    }

    @Nested
    class TcpOnNio extends OverTcp {
        TcpOnNio() {
            super(Backend.NIO);
        }
    }

    @Nested
    class UnixOnIoUring extends OverUnix {
        UnixOnIoUring() {
            super(Backend.IO_URING);
        }
    }

    @Nested
    class UnixOnEpoll extends OverUnix {
        UnixOnEpoll() {
            super(Backend.EPOLL);
        }
    }

    @Nested
    class UnixOnNio extends OverUnix {
        UnixOnNio() {
            super(Backend.NIO);
        }
    }

    @Nested
    class InMemory extends FileTransferContract {
        @Override
        protected Pair open() {
            Memory.Pair pair = Memory.pair("test");
            return new Pair(pair.near(), pair.far());
        }
    }
}
