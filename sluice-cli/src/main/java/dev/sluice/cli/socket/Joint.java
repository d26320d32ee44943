package dev.sluice.cli.socket;

import dev.sluice.cli.command.UserLocale;
import dev.sluice.io.StandardStreams;
import dev.sluice.net.Connection;
import dev.sluice.net.NetException;
import dev.sluice.net.Udp;
import dev.sluice.process.Child;
import dev.sluice.process.Command;
import dev.sluice.process.Input;
import dev.sluice.process.Output;
import dev.sluice.sync.Event;
import dev.sluice.task.Action;
import dev.sluice.task.CancelScope;
import dev.sluice.task.Deadline;
import dev.sluice.task.Promise;
import dev.sluice.task.TaskFailedException;
import dev.sluice.task.TaskGroup;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/// Joins a connection to something else, until the peer has said all.
final class Joint {
    /// How long nothing may come of standard input, when the peer has said all, before it is left alone.
    private static final Duration PATIENCE = Duration.ofMillis(250);

    /// How long a peer may go on saying what a child that has ended does not read; as socat has it.
    private static final Duration LINGER = Duration.ofMillis(500);

    private static final int DISCARDED = 8_192; // bytes at once

    private Joint() {}

    /// Standard input goes to the peer, and what it says to standard output.
    static void toStandardStreams(Connection connection) throws IOException {
        join(connection, Connection.over(StandardStreams.in(), StandardStreams.out(), "stdin", "stdout"));
    }

    /// A child reads what the peer says, and writes to it. When it has closed its output, or the peer is gone,
    /// it ends.
    static void toCommand(Connection connection, List<String> words) throws IOException {
        String[] arguments = words.subList(1, words.size()).toArray(String[]::new);
        Command command = UserLocale.of(Command.of(words.getFirst(), arguments))
                .stdin(Input.piped())
                .stdout(Output.piped())
                .stderr(Output.inherited());
        try (Child child = command.start()) {
            Connection pipes = Connection.over(child.stdout(), child.stdin(), "sluice", words.getFirst());
            beside(
                    "to child",
                    () -> {
                        try {
                            half(connection, pipes);
                        } catch (NetException hasEnoughRead) {
                            if (!isBrokenPipe(hasEnoughRead)) {
                                throw hasEnoughRead;
                            }
                        }
                    },
                    () -> pipes.transferTo(connection));
        }
        if (!(connection.remote() instanceof Udp.End)) {
            discardRest(connection);
        }
    }

    /// Ends our half, and reads on for a moment. To close what has unread bytes resets it, and a peer that is
    /// reset may lose what it has not read yet: the child's answer.
    private static void discardRest(Connection connection) throws IOException {
        byte[] unread = new byte[DISCARDED];
        try {
            connection.closeOutput();
            Deadline.after(LINGER).tryRun(() -> {
                while (connection.read(unread, 0, DISCARDED) >= 0) {}
            });
        } catch (NetException peer) {
            if (!peer.isPeerGone()) {
                throw peer;
            }
        }
    }

    /// Whether who reads our output, or a child, reads no more.
    static boolean isBrokenPipe(NetException failure) {
        return failure.isPeerGone() && failure.remote().orElse(null) instanceof Connection.Pipe;
    }

    /// Two connections, each half of them until its own end.
    static void relay(Connection one, Connection other) throws IOException {
        together(group -> {
            group.start("back", () -> half(other, one));
            half(one, other);
        });
    }

    private static void half(Connection from, Connection to) throws IOException {
        from.transferTo(to);
        to.closeOutput();
    }

    private static void join(Connection connection, Connection standard) throws IOException {
        var sent = new Event("input sent");
        beside(
                "to " + connection.remote(),
                () -> {
                    try {
                        half(standard, connection);
                    } catch (NetException peer) {
                        // Its reader tells what happened; that of a socket without a connection is not told.
                        if (!peer.isPeerGone() || connection.remote() instanceof Udp.End) {
                            throw peer;
                        }
                    } finally {
                        sent.set();
                    }
                },
                () -> {
                    connection.transferTo(standard); // the next connection needs it, too
                    // It may have ended one half only. What is there to be sent goes out; nobody waits for
                    // more.
                    long before;
                    do {
                        before = connection.statistics().bytesWritten();
                    } while (!Deadline.after(PATIENCE).tryRun(sent::await)
                            && connection.statistics().bytesWritten() > before);
                });
    }

    /// Does two things at once, until the second is done.
    private static void beside(String name, Action<IOException> aside, Action<IOException> main) throws IOException {
        var started = new Promise<CancelScope>(name);
        together(group -> {
            group.start(
                    name,
                    () -> CancelScope.run(scope -> {
                        started.complete(scope);
                        aside.run();
                    }));
            main.run();
            started.await().cancel("the other direction has ended");
        });
    }

    /// As a group, whose failures are those of its tasks.
    private static void together(TaskGroup.Body<IOException> body) throws IOException {
        try {
            TaskGroup.run(body);
        } catch (TaskFailedException failed) {
            if (failed.getCause() instanceof IOException cause) {
                throw cause;
            }
            throw failed;
        }
    }
}
