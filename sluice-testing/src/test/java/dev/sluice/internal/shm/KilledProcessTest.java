package dev.sluice.internal.shm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.channel.Received;
import dev.sluice.internal.linux.CallState;
import dev.sluice.internal.linux.Signals;
import dev.sluice.space.Lease;
import dev.sluice.space.Queue;
import dev.sluice.space.Space;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Processes that share a queue are killed by the kernel, at rare steps and at random ones, or stopped.
@Tag("no-loop")
@Timeout(180)
class KilledProcessTest {
    private static final int KILLED = 128 + Signals.SIGKILL;

    private final String name = "sluice-test-" + UUID.randomUUID();
    private final String address = "shm:" + name;
    private final List<Process> started = new ArrayList<>();
    private Space space;

    @BeforeEach
    void open() {
        space = Space.open(address);
    }

    @AfterEach
    void remove() throws IOException {
        started.forEach(Process::destroyForcibly);
        space.close();
        try (SharedDirectory directory = SharedDirectory.open(SharedDirectory.BASE, name)) {
            directory.removeAll();
        }
    }

    private Process start(String work, String label, int signal) throws IOException {
        Process process = Victim.start(work, address, label, signal);
        started.add(process);
        return process;
    }

    private static Set<String> drain(Queue<String> queue) {
        Set<String> items = new TreeSet<>();
        while (queue.tryTake() instanceof Received.Value<Lease<String>>(Lease<String> lease)) {
            items.add(lease.item());
            lease.done();
        }
        return items;
    }

    /// Where somebody makes a queue anew, or goes on from a slot that another has taken: the other steps are
    /// those of [KilledByKernelTest].
    @Test
    void atRareStepsTheOthersGoOn() throws Exception {
        for (String label : List.of("create.filled", "put.stepOver")) {
            Queue<String> queue = Victim.queue(space, "in");
            queue.put("mine");
            Process victim = start("life", label, Signals.SIGKILL);
            if (label.startsWith("create")) {
                space.remove("in"); // so that the victim makes it anew, and dies before anybody sees that
            }
            assertThat(victim.waitFor(60, TimeUnit.SECONDS)).as(label).isTrue();
            assertThat(victim.exitValue()).as(label).isEqualTo(KILLED);
            if (label.startsWith("create")) {
                assertThat(space.list()).as(label).isEmpty();
                drain(queue);
                reopen();
                continue;
            }
            Set<String> got = new TreeSet<>();
            while (!got.contains("mine")) { // it held it
                Lease<String> lease = queue.take();
                got.add(lease.item());
                lease.done();
            }
            queue.put("still");
            got.addAll(drain(queue));
            queue.join();
            assertThat(got).as(label).contains("still");
            assertThat(got).as(label).allMatch(item -> item.matches("mine|still|again|victim \\d+"));
        }
    }

    private void reopen() {
        space.close();
        space = Space.open(address);
    }

    @Test
    void atRandomNothingIsLost() throws Exception {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        int items = 3000;
        int kills = 12;
        Queue<String> in = Victim.queue(space, "in");
        Queue<String> out = Victim.queue(space, "out");
        Set<String> got = new TreeSet<>();
        List<Process> workers = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            workers.add(start("work", "-", 0));
        }
        int killed = 0;
        for (int i = 0; i < items; i++) {
            String item = String.valueOf(i);
            while (!in.tryPut(item)) {
                Lease<String> lease = out.take();
                got.add(lease.item());
                lease.done();
            }
            if (killed < kills && i > (killed + 1) * items / (kills + 2) && random.nextInt(20) == 0) {
                int which = random.nextInt(workers.size());
                workers.get(which).destroyForcibly();
                workers.set(which, start("work", "-", 0));
                killed++;
            }
        }
        while (got.size() < items) {
            Lease<String> lease = out.take();
            got.add(lease.item());
            lease.done();
        }
        assertThat(got).as("seed %d", seed).hasSize(items);
        assertThat(killed).as("seed %d", seed).isPositive();
        in.finish();
        for (Process worker : workers) {
            while (worker.isAlive()) {
                drain(out);
                worker.waitFor(20, TimeUnit.MILLISECONDS);
            }
            assertThat(worker.exitValue()).as("seed %d", seed).isZero();
        }
    }

    @Test
    void aStoppedProducerHoldsUpNobodyForLongAndLosesNothing() throws Exception {
        Queue<String> queue = Victim.queue(space, "in");
        Process victim = start("put", "put.commit", Signals.SIGSTOP);
        while (!isStopped(victim)) {
            Thread.onSpinWait();
        }
        queue.put("behind");
        Lease<String> lease = queue.take(); // after a second
        assertThat(lease.item()).isEqualTo("behind");
        lease.done();
        for (int i = 0; i < 100; i++) {
            queue.put("more");
            queue.take().done();
        }
        Signals.kill(new CallState(), (int) victim.pid(), Signals.SIGCONT);
        lease = queue.take();
        assertThat(lease.item()).isEqualTo("from the stopped");
        assertThat(lease.delivery()).isEqualTo(1);
        lease.done();
        assertThat(victim.waitFor()).isZero();
        queue.join();
    }

    private static boolean isStopped(Process process) throws IOException {
        String stat = java.nio.file.Files.readString(java.nio.file.Path.of("/proc/" + process.pid() + "/stat"));
        return stat.substring(stat.lastIndexOf(')') + 2).startsWith("T");
    }
}
