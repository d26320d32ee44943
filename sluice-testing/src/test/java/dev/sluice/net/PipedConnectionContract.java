package dev.sluice.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.internal.linux.CallState;
import dev.sluice.internal.linux.Fcntl;
import dev.sluice.internal.linux.Unistd;
import dev.sluice.io.BlockingStreams;
import dev.sluice.io.ByteSink;
import dev.sluice.io.ByteSource;
import dev.sluice.io.Descriptors;
import dev.sluice.loop.Backend;
import dev.sluice.loop.LoopsConfig;
import dev.sluice.testing.ConnectionContract;
import java.io.IOException;
import java.nio.channels.Channels;

/// Connections over two pipes keep the contract, on each back end.
abstract class PipedConnectionContract extends ConnectionContract {
    abstract Backend backend();

    @Override
    protected LoopsConfig config() {
        return LoopsConfig.defaults().withBackend(backend());
    }

    private record Pipe(ByteSource source, ByteSink sink) {
        static Pipe open(String name) throws IOException {
            if (!Descriptors.possible()) {
                java.nio.channels.Pipe pipe = java.nio.channels.Pipe.open();
                return new Pipe(
                        BlockingStreams.source(Channels.newInputStream(pipe.source()), name),
                        BlockingStreams.sink(Channels.newOutputStream(pipe.sink()), name));
            }
            long ends = Unistd.pipe2(new CallState(), Fcntl.O_CLOEXEC);
            assertThat(ends).isNotNegative();
            return new Pipe(
                    Descriptors.source(Unistd.readEnd(ends), name), Descriptors.sink(Unistd.writeEnd(ends), name));
        }
    }

    @Override
    protected Pair open() throws IOException {
        Pipe there = Pipe.open("there");
        Pipe back = Pipe.open("back");
        return new Pair(
                Connection.over(back.source, there.sink, "near", "far"),
                Connection.over(there.source, back.sink, "far", "near"));
    }

    @Override
    protected boolean showsResets() {
        return false;
    }

    @Override
    protected boolean keepsBytes() {
        return false;
    }
}
