package dev.sluice.internal.shm;

import dev.sluice.internal.linux.CallState;
import dev.sluice.internal.linux.Signals;
import dev.sluice.ranks.Group;
import dev.sluice.testing.RankFailuresContract;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/// A process that is one rank, and is killed in the middle of an operation, or behind it if that has fewer steps.
///
/// Arguments: the group's address, the rank, the size, the number of the operation, at which step.
final class RankVictim {
    private RankVictim() {}

    static void main(String[] arguments) throws Exception {
        int operation = Integer.parseInt(arguments[3]);
        AtomicInteger left = new AtomicInteger(Integer.parseInt(arguments[4]));
        Group group = Group.join(arguments[0], Integer.parseInt(arguments[1]), Integer.parseInt(arguments[2]));
        group.barrier();
        Steps.watch(label -> {
            if (label.equals("ranks.wake") && left.decrementAndGet() == 0) {
                die();
            }
        });
        RankFailuresContract.all().get(operation).body().run(group);
        die();
    }

    private static void die() {
        Signals.kill(new CallState(), (int) ProcessHandle.current().pid(), Signals.SIGKILL);
    }

    static Process start(String address, int rank, int size, int operation, int step) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(System.getProperty("java.home") + "/bin/java");
        command.addAll(List.of("-ea", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx64m"));
        command.add("--enable-native-access=ALL-UNNAMED");
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), RankVictim.class.getName(), address));
        for (int argument : new int[] {rank, size, operation, step}) {
            command.add(Integer.toString(argument));
        }
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
    }
}
