package dev.sluice.internal.testkit;

import java.util.concurrent.TimeUnit;

/// The JDK's own sleep, which is the subject of some tests; no test waits by it for something to happen.
public final class JdkSleep {
    private JdkSleep() {}

    public static void nanos(long nanos) throws InterruptedException {
        TimeUnit.NANOSECONDS.sleep(nanos);
    }

    public static void hour() throws InterruptedException {
        TimeUnit.HOURS.sleep(1);
    }
}
