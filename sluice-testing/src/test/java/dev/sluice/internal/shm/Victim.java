package dev.sluice.internal.shm;

import dev.sluice.codec.Codec;
import dev.sluice.internal.linux.CallState;
import dev.sluice.internal.linux.Signals;
import dev.sluice.internal.linux.Unistd;
import dev.sluice.space.Lease;
import dev.sluice.space.Queue;
import dev.sluice.space.Space;
import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// A process that shares a space with the test that starts it, and is ended or stopped by the kernel.
///
/// Arguments: what it does, the space's address, the label of a step or `-`, and a signal that it sends itself
/// there.
public final class Victim {
    static final Queue.Options OPTIONS =
            Queue.Options.defaults().withCapacity(8).withItemBytes(32).withDeliveries(0);

    private Victim() {}

    /// Starts one.
    static Process start(String work, String address, String label, int signal) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(System.getProperty("java.home") + "/bin/java");
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto", "-Xmx64m"));
        command.add("--enable-native-access=ALL-UNNAMED");
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Victim.class.getName()));
        command.addAll(List.of(work, address, label, String.valueOf(signal)));
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .redirectOutput(new File("/dev/null"))
                .start();
    }

    public static void main(String[] arguments) {
        String label = arguments[2];
        int signal = Integer.parseInt(arguments[3]);
        Steps.watch(step -> {
            if (step.equals(label)) {
                Steps.unwatch();
                CallState state = new CallState();
                Signals.kill(state, Unistd.getpid(state), signal);
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100)); // a stop may take a moment
            }
        });
        try (Space space = Space.open(arguments[1])) {
            switch (arguments[0]) {
                case "life" -> live(space);
                case "work" -> work(space);
                case "put" -> queue(space, "in").put("from the stopped");
                default -> throw new IllegalArgumentException("victim: work=" + arguments[0]);
            }
        }
    }

    static Queue<String> queue(Space space, String name) {
        return space.queue(name, Codec.utf8(), OPTIONS);
    }

    /// Every operation of a queue.
    private static void live(Space space) {
        Queue<String> queue = queue(space, "in");
        Lease<String> held = queue.take();
        for (int i = 0; i < 20; i++) {
            queue.put("victim " + i);
            queue.put("again");
            try (Lease<String> lease = queue.take()) {
                assert lease.delivery() > 0; // and it is given back
            }
            queue.take().done();
            queue.take().done();
        }
        held.close();
    }

    /// Hands on what comes, until it is ended.
    private static void work(Space space) {
        Queue<String> out = queue(space, "out");
        for (Lease<String> lease : queue(space, "in")) {
            out.put(lease.item());
            lease.done();
        }
    }
}
