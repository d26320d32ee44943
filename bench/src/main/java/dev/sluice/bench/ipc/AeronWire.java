package dev.sluice.bench.ipc;

import io.aeron.Aeron;
import io.aeron.FragmentAssembler;
import io.aeron.Publication;
import io.aeron.Subscription;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.ThreadingMode;
import io.aeron.logbuffer.FragmentHandler;
import java.nio.file.Path;
import org.agrona.concurrent.SleepingMillisIdleStrategy;
import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;

/// Two streams of Aeron's over shared memory. The driver, which has nothing to do with a
/// message, is a thread of the process that measures and sleeps most of the time.
final class AeronWire extends SpunWire {
    private static final int THERE = 1;
    private static final int BACK = 2;

    private final @Nullable MediaDriver driver;
    private final Aeron aeron;
    private final Publication out;
    private final Subscription in;
    private final FragmentHandler handler;

    AeronWire(String place, boolean first) {
        String directory = Path.of("/dev/shm", place).toString();
        this.driver = first
                ? MediaDriver.launch(new MediaDriver.Context()
                        .aeronDirectoryName(directory)
                        .threadingMode(ThreadingMode.SHARED)
                        .sharedIdleStrategy(new SleepingMillisIdleStrategy(1))
                        .dirDeleteOnStart(true)
                        .dirDeleteOnShutdown(true))
                : null;
        this.aeron = Aeron.connect(new Aeron.Context().aeronDirectoryName(directory));
        this.out = aeron.addPublication("aeron:ipc?term-length=1m", first ? THERE : BACK);
        this.in = aeron.addSubscription("aeron:ipc", first ? BACK : THERE);
        this.handler = new FragmentAssembler((buffer, offset, length, _) -> take(buffer, offset, length));
    }

    @Override
    public void send(byte[] message) {
        var buffer = new UnsafeBuffer(message);
        while (out.offer(buffer) < 0) {
            spin.pause();
        }
        spin.found();
    }

    @Override
    int poll() {
        return in.poll(handler, 1);
    }

    @Override
    public void close() {
        aeron.close();
        if (driver != null) {
            driver.close();
        }
    }
}
