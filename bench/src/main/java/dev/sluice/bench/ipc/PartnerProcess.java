package dev.sluice.bench.ipc;

import dev.sluice.bench.ChildProcess;
import dev.sluice.bench.Program;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/// The other process of a load, which ends with the load.
record PartnerProcess(Process process) implements AutoCloseable {
    /// A [Partner].
    static PartnerProcess java(String... arguments) {
        List<String> command = new ArrayList<>(ChildProcess.jvm());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Partner.class.getName()));
        command.addAll(List.of(arguments));
        return start(command);
    }

    /// Its like in Python.
    static PartnerProcess python(String... arguments) {
        return start(Program.script("partner", "partner.py", arguments).command());
    }

    private static PartnerProcess start(List<String> command) {
        try {
            return new PartnerProcess(new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
