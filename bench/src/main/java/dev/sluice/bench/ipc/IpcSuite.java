package dev.sluice.bench.ipc;

import dev.sluice.bench.Metric;
import dev.sluice.bench.Program;
import dev.sluice.bench.Work;
import java.util.ArrayList;
import java.util.List;

/// The works of the suite `ipc`.
public final class IpcSuite {
    private static final int[] SIZES = {16, 64, 1024, 65_536};
    private static final int[] QUICK_SIZES = {64};

    private IpcSuite() {}

    public static List<Work> works(boolean quick) {
        List<Work> works = new ArrayList<>();
        for (int bytes : quick ? QUICK_SIZES : SIZES) {
            for (boolean echo : new boolean[] {false, true}) {
                works.add(work("pipe", "Pipe", bytes, echo));
                if (bytes <= 4096) {
                    works.add(work("queue", "Queue", bytes, echo));
                }
            }
        }
        return works;
    }

    private static Work work(String kind, String python, int bytes, boolean echo) {
        String shape = echo ? "round trip" : "one way";
        return Work.of(kind + ", " + shape + ", " + bytes + " B", () -> new Messages(kind, bytes, echo))
                .beside("JDK Unix socket", () -> new Messages("unix", bytes, echo))
                .goal(Metric.WALL, 1)
                .beside(Program.script(
                        "Python " + python, "ipc.py", kind, Integer.toString(bytes), echo ? "echo" : "stream"))
                .goal(Metric.WALL, kind.equals("queue") ? 100 : 1);
    }
}
