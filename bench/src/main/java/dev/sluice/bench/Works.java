package dev.sluice.bench;

import dev.sluice.bench.channel.ChannelSuite;
import dev.sluice.bench.core.CoreSuite;
import dev.sluice.bench.core.SyncWorks;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/// The suites whose works run in JVMs of their own, by name: parent and child look the same work up.
///
/// @param suite core, channel or sync
record Works(String suite) implements Suite {
    static List<Work> of(String suite, boolean quick) {
        return switch (suite) {
            case "core" -> CoreSuite.works(quick);
            case "channel" -> ChannelSuite.works(quick);
            case "sync" -> SyncWorks.works();
            default -> throw new IllegalArgumentException("works: suite=" + suite + ", expected core, channel or sync");
        };
    }

    @Override
    public void run(Plan plan, Consumer<List<Row>> done) throws Exception {
        List<Work> works = of(suite, plan.quick());
        long end = System.nanoTime() + Plan.QUICK.toNanos();
        for (int i = 0; i < works.size(); i++) {
            Plan now = plan.within(Duration.ofNanos(end - System.nanoTime()), works.size() - i);
            done.accept(Pairs.measure(now, works.get(i), new ChildProcess.Place(suite, i, plan.quick())));
        }
    }
}
