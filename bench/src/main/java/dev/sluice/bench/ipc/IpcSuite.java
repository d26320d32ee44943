package dev.sluice.bench.ipc;

import dev.sluice.bench.Metric;
import dev.sluice.bench.Program;
import dev.sluice.bench.Work;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The works of the suite `ipc`.
public final class IpcSuite {
    private static final int[] SIZES = {16, 64, 1024, 65_536};
    private static final int[] QUICK_SIZES = {64};
    private static final int LONGEST_ITEM = 4096; // of a queue with default options
    private static final int IN_FLIGHT = 256;

    private IpcSuite() {}

    public static List<Work> works(boolean quick) {
        List<Work> works = new ArrayList<>();
        for (int bytes : quick ? QUICK_SIZES : SIZES) {
            for (boolean echo : new boolean[] {false, true}) {
                works.add(besideOthers(messages("pipe", "Pipe", bytes, echo), bytes, echo));
                if (bytes <= LONGEST_ITEM) {
                    Work queue = messages("queue", "Queue", bytes, echo);
                    works.add(quick ? queue : besideOthers(queue, bytes, echo));
                }
            }
        }
        if (!quick) {
            works.addAll(List.of(fan(4, 1), fan(1, 4), fan(4, 4)));
        }
        works.add(withPython());
        works.add(keys("get"));
        works.add(keys("put"));
        works.add(watched());
        works.add(pool("many in flight", IN_FLIGHT));
        works.add(pool("one at a time", 1));
        for (int ranks : quick ? new int[] {2} : new int[] {2, 4}) {
            works.add(allReduce(ranks, "8 B", 8));
            works.add(allReduce(ranks, "1 MB", 1_000_000));
        }
        return works;
    }

    private static Work messages(String kind, String python, int bytes, boolean echo) {
        String shape = echo ? "round trip" : "one way";
        return Work.of(kind + ", " + shape + ", " + bytes + " B", () -> Messages.java(kind, bytes, echo))
                .beside("JDK Unix socket", () -> Messages.java("unix", bytes, echo))
                .goal(Metric.WALL, 1)
                .beside(Program.script(
                        "Python " + python, "ipc.py", kind, Integer.toString(bytes), echo ? "echo" : "stream"))
                .goal(Metric.WALL, kind.equals("queue") ? 100 : 1);
    }

    private static Work besideOthers(Work work, int bytes, boolean echo) {
        Work all = work.beside("Aeron IPC", () -> Messages.java("aeron", bytes, echo))
                .goal(Metric.WALL, 1)
                .beside("Agrona ring", () -> Messages.java("agrona", bytes, echo))
                .goal(Metric.WALL, 1)
                .beside("JeroMQ", () -> Messages.java("jeromq", bytes, echo))
                .goal(Metric.WALL, 1);
        return bytes > LONGEST_ITEM // it keeps all that was sent within a second
                ? all
                : all.beside("Chronicle Queue", () -> Messages.java("chronicle", bytes, echo))
                        .goal(Metric.WALL, 1);
    }

    private static Work fan(int putters, int takers) {
        String shape = putters + " to " + takers;
        return Work.of("queue, one way, 64 B, " + shape + " processes", () -> new Fan(putters, takers))
                .batch(putters)
                .beside(Program.script("Python Queue", "fan.py", Integer.toString(putters), Integer.toString(takers)))
                .goal(Metric.WALL, 100);
    }

    private static Work withPython() {
        int bytes = 64;
        return Work.of("pipe, Java to Python and back, 64 B", () -> Messages.python("pipe", bytes, true))
                .beside("Unix socket", () -> Messages.python("unix", bytes, true))
                .goal(Metric.WALL, 1);
    }

    private static Work keys(String what) {
        return Work.of("namespace, " + what + ", 64 B", () -> new Keys(what.equals("put")))
                .beside(Program.script("Python Manager", "keys.py", what))
                .goal(Metric.WALL, 100)
                .beside("Chronicle Map", () -> new ChronicleKeys(what.equals("put")));
    }

    private static Work watched() {
        return Work.of("namespace, put to a watch and back", Watched::new)
                .beside(Program.script("Python Manager", "watched.py"))
                .goal(Metric.WALL, 100);
    }

    private static Work pool(String shape, int inFlight) {
        return Work.of("pool, empty calls, " + shape, () -> PoolCalls.of(inFlight))
                .beside(Program.script("Python ProcessPoolExecutor", "pool.py", Integer.toString(inFlight)))
                .goal(Metric.WALL, 50)
                .beside(Program.script("Celery, Redis", "celery_calls.py", Integer.toString(inFlight))
                        .needing(
                                "python3-celery python3-redis redis-server",
                                Path.of("/usr/lib/python3/dist-packages/celery"),
                                Path.of("/usr/bin/redis-server")))
                .goal(Metric.WALL, 50);
    }

    private static Work allReduce(int ranks, String size, int bytes) {
        return Work.of("all-reduce of " + ranks + " ranks, " + size, () -> new AllReduce(bytes, ranks))
                .beside(Program.mpi("Open MPI", "allreduce", Integer.toString(bytes), Integer.toString(ranks)));
    }
}
