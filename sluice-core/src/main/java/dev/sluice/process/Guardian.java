package dev.sluice.process;

import dev.sluice.internal.linux.CallState;
import dev.sluice.internal.linux.Errno;
import dev.sluice.internal.linux.Fcntl;
import dev.sluice.internal.linux.Socket;
import dev.sluice.internal.linux.Spawn;
import dev.sluice.internal.linux.SpawnRequest;
import dev.sluice.internal.linux.Unistd;
import dev.sluice.internal.linux.Wait;
import dev.sluice.time.Clock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Ends our children when this process is killed in a way that leaves it no time: `kill -9`, a crash.
///
/// The guardian is a shell that reads a socket which nobody writes to, and whose other end only this process
/// holds. When it ends, so has this process, however. Then it kills every process whose environment has our
/// mark, again and again until two looks in a row find none.
///
/// The mark, not a list of children, because it has no gap: a child has it from its first instruction on, it
/// passes to all descendants, also to those that leave the group or the session, and a guardian that is started
/// anew needs to be told nothing. A process between `vfork` and `exec` has no mark yet; that takes far less
/// than the pause between two looks. What it does not reach: a program that was given, or gives its children,
/// an environment without the mark (`env -i`, `sudo`).
///
/// It is in a session of its own, ignores signals, and has no mark itself, as it must outlive the JVM it
/// guards, and the guardian of a JVM above. If it dies first, a thread that reads the socket sees it end, too, and
/// starts another one, at the next child or a second after the last at the latest.
///
/// That thread goes when the JVM begins to shut down: for one that is in a system call, the JVM's exit would wait
/// 300 ms. The guardian stays.
///
///     NONE ──ensure──▶ STARTING ──▶ GUARDING ──it died──▶ NONE, resting ──ensure, or a second──▶ STARTING
///                          ├──failed──▶ NONE
///                          └──no shell──▶ ABSENT
///
/// Threads: any that may block. `lock` guards all fields.
final class Guardian {
    /// The variable that marks our children, with [#mark] as its value.
    static final String VARIABLE = "SLUICE_PARENT";

    private static final String SCRIPT = """
            trap '' HUP INT QUIT TERM PIPE TSTP USR1 USR2
            cd /
            while read -r line; do :; done
            quiet=0
            while [ $quiet -lt 2 ]; do
              quiet=$((quiet + 1))
              for found in $(grep -lFs -e "$1" /proc/[0-9]*/environ); do
                found=${found#/proc/}
                found=${found%/environ}
                kill -9 "-$found"
                kill -9 "$found" && quiet=0
              done
              sleep 0.1 || sleep 1
            done
            """;
    private static final byte[] SHELL = Command.bytes("/bin/sh");
    private static final byte[] NULL = Command.bytes("/dev/null");
    private static final long SHORT_LIFE_NANOS = 1_000_000_000;
    private static final int START_TIME = 19; // of the fields behind the name

    private static final ReentrantLock lock = new ReentrantLock();
    private static final Condition changed = lock.newCondition();

    // Guarded by lock.
    private static State state = State.NONE;
    private static @Nullable Failure failure;
    private static int pid;
    private static int end = -1; // of the socket to the guardian that lives
    private static boolean leaving;
    private static boolean resting; // the thread, before it starts another one
    private static @Nullable Thread keeper;

    /// Read by whoever needs it first; all read the same. Pairs with itself.
    private static volatile @Nullable String mark;

    /// How far it is.
    private enum State {
        NONE,
        STARTING,
        GUARDING,
        /// There is no shell; children go unguarded.
        ABSENT
    }

    /// @param error the system's name of it, if it is the system's
    private record Failure(@Nullable String error, String text) {
        static Failure of(String what, int result) {
            return new Failure(Errno.name(-result), what + ": " + Errno.describe(-result));
        }
    }

    private Guardian() {}

    /// The value of the mark, which tells our children from all others: `<pid>.<start>`, our process id, and
    /// when we started, in ticks since the boot.
    static String mark() {
        String known = mark;
        if (known == null) {
            known = readMark();
            mark = known;
        }
        return known;
    }

    private static String readMark() {
        try {
            // The name of the program, in parentheses, may contain anything; the fields behind it do not.
            String stat = Files.readString(Path.of("/proc/self/stat"));
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            return ProcessHandle.current().pid() + "." + fields[START_TIME];
        } catch (IOException unreadable) {
            throw new IllegalStateException("read /proc/self/stat: " + unreadable, unreadable);
        }
    }

    /// Makes sure that there is a guardian.
    ///
    /// @param command for whose sake
    static void ensure(String command) throws ProcessStartException {
        lock.lock();
        try {
            if (state == State.NONE && resting) {
                state = State.STARTING;
                changed.signalAll();
            } else if (state == State.NONE) {
                leaveOnShutdown();
                keeper = Thread.ofPlatform().daemon().name("sluice-guardian").start(Guardian::keep);
                state = State.STARTING;
                failure = null;
            }
            while (state == State.STARTING) {
                changed.awaitUninterruptibly();
            }
            if (state == State.NONE && failure != null) {
                throw new ProcessStartException(command, failure.error, "guardian: " + failure.text);
            }
        } finally {
            lock.unlock();
        }
    }

    /// The process id of the guardian, or 0.
    static int pid() {
        lock.lock();
        try {
            return state == State.GUARDING ? pid : 0;
        } finally {
            lock.unlock();
        }
    }

    /// Starts it, and again whenever it dies. The watching thread only.
    private static void keep() {
        var calls = new CallState();
        try {
            boolean again = true;
            while (again) {
                again = keepOne(calls);
            }
        } catch (Throwable defect) {
            // Nobody may wait for a thread that has ended.
            become(State.NONE, new Failure(null, "watch: " + defect));
            throw defect;
        }
    }

    /// Starts one, and waits for its death.
    ///
    /// @return whether another one is to be started
    private static boolean keepOne(CallState calls) {
        long started = Clock.system().nanoTime();
        long ends = Socket.pair(calls);
        if (ends < 0) {
            become(State.NONE, Failure.of("socketpair", (int) ends));
            return false;
        }
        int ours = Unistd.writeEnd(ends);
        int child;
        try {
            child = Spawn.spawn(request(Unistd.readEnd(ends)));
        } finally {
            Unistd.close(calls, Unistd.readEnd(ends));
        }
        if (child > 0 && !awaitDeath(calls, child, ours)) {
            return false; // and our end stays open
        }
        Unistd.close(calls, ours);
        if (child < 0) {
            become(child == -Errno.ENOENT ? State.ABSENT : State.NONE, Failure.of("/bin/sh", child));
            return false;
        }
        return rest(started + SHORT_LIFE_NANOS - Clock.system().nanoTime());
    }

    /// Lets some time pass before the next one, which may die at once, too; a child that is started meanwhile does
    /// not wait for it.
    ///
    /// @return whether another one is to be started
    private static boolean rest(long nanos) {
        lock.lock();
        try {
            state = nanos > 0 ? State.NONE : State.STARTING;
            failure = null;
            resting = true;
            changed.signalAll();
            long left = nanos;
            while (state == State.NONE && left > 0 && !leaving) {
                left = changed.awaitNanos(left);
            }
            if (!leaving) {
                state = State.STARTING;
            }
            return state == State.STARTING;
        } catch (InterruptedException nobodyElses) {
            throw new IllegalStateException("guardian: interrupted", nobodyElses);
        } finally {
            resting = false;
            lock.unlock();
        }
    }

    private static SpawnRequest request(int socket) {
        List<byte[]> words = List.of(
                Command.bytes("sh"),
                Command.bytes("-c"),
                Command.bytes(SCRIPT),
                Command.bytes("sluice-guardian"),
                Command.bytes(VARIABLE + "=" + mark()));
        return new SpawnRequest(SHELL, words)
                .environment(List.of(Command.bytes("PATH=/usr/local/bin:/usr/bin:/bin")))
                .newSession()
                .defaultSignals(-1L)
                .duplicate(socket, 0)
                .open(1, NULL, Fcntl.O_WRONLY)
                .open(2, NULL, Fcntl.O_WRONLY)
                .closeFrom(3);
    }

    /// @return false when the JVM shuts down first
    private static boolean awaitDeath(CallState calls, int child, int socket) {
        lock.lock();
        try {
            pid = child;
            end = socket;
            if (leaving) {
                Socket.shutdown(calls, socket, Socket.SHUT_RD);
            }
        } finally {
            lock.unlock();
        }
        become(State.GUARDING, null);
        int result = Socket.awaitEnd(calls, socket);
        assert result == 0 : Errno.message("await", "guardian", result);
        lock.lock();
        try {
            end = -1;
            if (leaving) {
                return false;
            }
        } finally {
            lock.unlock();
        }
        do {
            result = Wait.waitpid(calls, child, Wait.WEXITED);
        } while (result == -Errno.EINTR);
        assert result == 0 : Errno.message("await", "guardian", result);
        return true;
    }

    /// Under the lock.
    private static void leaveOnShutdown() {
        if (keeper == null && !leaving) {
            try {
                Runtime.getRuntime().addShutdownHook(new Thread(Guardian::leave, "sluice-guardian-leave"));
            } catch (IllegalStateException underWay) {
                leaving = true;
            }
        }
    }

    /// Makes the watching thread end, and waits for that.
    private static void leave() {
        Thread watching;
        lock.lock();
        try {
            leaving = true;
            changed.signalAll();
            watching = keeper;
            if (end >= 0) {
                Socket.shutdown(new CallState(), end, Socket.SHUT_RD);
            }
        } finally {
            lock.unlock();
        }
        if (watching != null) {
            try {
                watching.join();
            } catch (InterruptedException hurried) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static void become(State now, @Nullable Failure why) {
        lock.lock();
        try {
            state = now;
            failure = why;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        if (now == State.ABSENT) {
            System.getLogger("dev.sluice")
                    .log(
                            System.Logger.Level.WARNING,
                            "child processes would outlive a kill -9 of this JVM: there is no /bin/sh to guard them");
        }
    }
}
