package dev.sluice.process;

/// Picks how programs are started: by the kernel where the loop's poller performs operations, else by the JDK.
final class Starter {
    private Starter() {}

    static Child start(Command command) throws ProcessException {
        return new Child(command, JdkProcess.start(command));
    }
}
