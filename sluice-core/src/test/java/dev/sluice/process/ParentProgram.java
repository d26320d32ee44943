package dev.sluice.process;

import dev.sluice.Sluice;
import dev.sluice.internal.linux.CallState;
import dev.sluice.internal.linux.DescriptorLeaks;
import dev.sluice.internal.linux.DescriptorLimit;
import dev.sluice.internal.testkit.Patience;
import dev.sluice.internal.testkit.TestLoops;
import dev.sluice.loop.Backend;
import dev.sluice.task.TaskGroup;
import java.io.IOException;
import java.time.Duration;

/// A program with children, in a JVM of its own that tests kill or starve.
final class ParentProgram {
    private ParentProgram() {}

    public static void main(String... arguments) throws Exception {
        System.out.println("mark " + Guardian.VARIABLE + "=" + Guardian.mark());
        Backend backend = Backend.valueOf(arguments[1]);
        Sluice.run(TestLoops.config().withBackend(backend), () -> {
            switch (arguments[0]) {
                case "storm" -> storm();
                case "family" -> family();
                case "starve" -> starve();
                case "leave" -> leave();
                case "odd" -> odd();
                case "exit" -> exit();
                default -> throw new IllegalArgumentException(arguments[0]);
            }
        });
    }

    /// Starts children as fast as it can, which last from a moment to for ever.
    private static void storm() {
        try (var group = TaskGroup.open()) {
            for (int i = 0; i < 8; i++) {
                String[] seconds = {"0", "0.05", "100000"};
                int number = i;
                group.start("storm", () -> {
                    for (int n = 0; n < 1000; n++) {
                        System.out.println("starting");
                        Child child = Command.of("sleep", seconds[(n + number) % seconds.length])
                                .start();
                        if (n % 2 == 0) {
                            child.close();
                        }
                    }
                });
            }
            group.join();
        }
    }

    /// Children with children of their own: in the group, in another session, and started by Sluice in another
    /// JVM.
    private static void family() throws IOException {
        Command shell = Command.of(
                "/bin/sh",
                "-c",
                "sleep 100000 & setsid sleep 100000 & env -i sleep 100000 & trap '' TERM HUP; echo up; wait");
        try (Child child = shell.start()) {
            child.stdout().read(new byte[10], 0, 10);
            System.out.println("group " + child.pid());
            System.out.println("guardian " + Guardian.pid());
            System.out.println("ready");
            Sluice.sleep(Duration.ofHours(1));
        }
    }

    /// Begins to shut down with a child that lives, and goes on once nobody watches the guardian.
    private static void exit() throws IOException {
        Command.of("sleep", "100000").start();
        System.out.println("guardian " + Guardian.pid());
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            Patience.until(
                    "nobody watches the guardian",
                    () -> Thread.getAllStackTraces().keySet().stream()
                            .noneMatch(thread -> thread.getName().equals("sluice-guardian")));
            System.out.println("unwatched");
            Runtime.getRuntime()
                    .halt(
                            Procs.withArgument(Guardian.VARIABLE + "=" + Guardian.mark())
                                            .isEmpty()
                                    ? 1
                                    : 0);
        }));
        System.exit(0);
    }

    /// Has fewer and fewer descriptors left.
    private static void starve() throws IOException {
        var calls = new CallState();
        Command.of("true").detached().run(); // loads the classes, which takes descriptors, but needs no guardian
        for (boolean guarded : new boolean[] {false, true}) {
            for (int left = 0; left < 12; left++) {
                if (guarded && left == 0) {
                    Command.of("true").run();
                }
                int before = DescriptorLeaks.open().size();
                int open = openFiles();
                DescriptorLimit.set(calls, open + left);
                String outcome;
                try (Child child = Command.of("true")
                        .stdin(Input.piped())
                        .stdout(Output.file(java.nio.file.Path.of("/dev/null")))
                        .start()) {
                    outcome = child.exit().toString();
                } catch (ProcessStartException failure) {
                    outcome = failure.error().orElse("?") + " " + failure.getMessage();
                }
                DescriptorLimit.set(calls, 10_000);
                boolean leaks = guarded && DescriptorLeaks.open().size() != before;
                System.out.println("left=" + left + " guarded=" + guarded + " " + outcome + (leaks ? " LEAK" : ""));
                if (!guarded && outcome.startsWith("exit")) {
                    break; // there is a guardian now
                }
            }
        }
        System.out.println("children " + Procs.children());
    }

    private static int openFiles() throws IOException {
        try (var files = java.nio.file.Files.list(java.nio.file.Path.of("/proc/self/fd"))) {
            return (int) files.count() - 1;
        }
    }

    /// Ends in the middle of things, without closing anything.
    private static void leave() throws IOException {
        Command.of("sleep", "100000").start();
        System.out.println("ready");
        Runtime.getRuntime().halt(3);
    }

    /// In a process that was started with odd signals and descriptors all is as ever.
    private static void odd() throws IOException {
        System.out.println(Command.of("/bin/sh", "-c", "exit 7").run().exit());
        System.out.println(Command.of("cat").stdin(Input.of("fed")).run().stdoutText());
        System.out.println(Command.of("cat").run());
        System.out.println(Command.of("cat", "/proc/self/status")
                .run()
                .stdoutText()
                .lines()
                .filter(line -> line.startsWith("SigIgn"))
                .findFirst()
                .orElse(""));
        System.out.println("done");
    }
}
