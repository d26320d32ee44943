package dev.sluice.bench;

import dev.sluice.bench.channel.ChannelSuite;
import dev.sluice.bench.core.CoreSuite;
import dev.sluice.bench.core.SyncWorks;
import dev.sluice.bench.ipc.IpcSuite;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// The suites whose works run in JVMs of their own, by name: parent and child look the same work up.
///
/// @param suite core, channel, sync or ipc
/// @param some what the names of the works to measure contain
record Works(String suite, String some) implements Suite {
    static List<Work> of(String suite, boolean quick) {
        return switch (suite) {
            case "core" -> core(quick);
            case "channel" -> ChannelSuite.works(quick);
            case "sync" -> SyncWorks.works();
            case "ipc" -> IpcSuite.works(quick);
            default ->
                throw new IllegalArgumentException("works: suite=" + suite + ", expected core, channel, sync or ipc");
        };
    }

    /// A full run has the other two in it; a quick one has time for the goals of channels only.
    private static List<Work> core(boolean quick) {
        List<Work> works = new ArrayList<>(CoreSuite.works(quick));
        works.addAll(quick ? ChannelSuite.goals() : ChannelSuite.works(false));
        works.addAll(quick ? List.of() : SyncWorks.works());
        return works;
    }

    @Override
    public void run(Plan plan, Consumer<List<Row>> done) throws Exception {
        List<Work> all = of(suite, plan.quick());
        List<Work> works =
                all.stream().filter(work -> work.name().contains(some)).toList();
        if (works.isEmpty()) {
            throw new IllegalArgumentException("works: work=" + some + ", expected a part of one of "
                    + all.stream().map(Work::name).toList());
        }
        leftOut(works);
        works = works.stream().filter(Works::hasRows).toList();
        long end = System.nanoTime() + Plan.QUICK.toNanos();
        for (int i = 0; i < works.size(); i++) {
            Plan now = plan.within(Duration.ofNanos(end - System.nanoTime()), works.size() - i);
            var place = new ChildProcess.Place(suite, all.indexOf(works.get(i)), plan.quick());
            done.accept(Pairs.measure(now, works.get(i), place));
        }
    }

    private static boolean hasRows(Work work) {
        return work.goals().stream().anyMatch(goal -> goal.budget() > 0)
                || work.sides().stream().skip(1).anyMatch(Pairs::here);
    }

    private static void leftOut(List<Work> works) {
        works.stream()
                .flatMap(work -> work.sides().stream())
                .filter(side -> side instanceof Program program && !program.here())
                .map(side -> "no " + side.name() + " here, its rows are left out (" + ((Program) side).cure() + ")")
                .distinct()
                .forEach(System.out::println);
    }
}
