package dev.sluice.loop;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.sluice.Sluice;
import dev.sluice.internal.access.Engines;
import dev.sluice.internal.linux.CallState;
import dev.sluice.internal.linux.DescriptorLeaks;
import dev.sluice.internal.linux.ThreadLimit;
import dev.sluice.internal.testkit.Jvm;
import dev.sluice.internal.testkit.TestLoops;
import dev.sluice.io.BlockingStreams;
import dev.sluice.io.ByteSink;
import dev.sluice.io.ByteSource;
import dev.sluice.observe.Report;
import dev.sluice.observe.Reports;
import dev.sluice.task.Action;
import dev.sluice.task.Promise;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A system that gives no more threads for a while: whoever wanted one is told, and everything goes on
/// afterwards.
@Tag("needs-opens") // else coroutines need threads of the JDK's
class NoThreadTest {
    @Test
    void aSourceReadsAgain() throws Exception {
        try (Jvm jvm = start("source")) {
            jvm.awaitLine("refused: java.lang.OutOfMemoryError");
            jvm.awaitLine("read: 1 A");
        }
    }

    @Test
    void aSinkWritesAgainAndNothingTwice() throws Exception {
        try (Jvm jvm = start("sink")) {
            jvm.awaitLine("refused: java.lang.OutOfMemoryError");
            jvm.awaitLine("written: AB");
        }
    }

    @Test
    void aLoopThatCannotReportLivesOn() throws Exception {
        try (Jvm jvm = start("report")) {
            jvm.awaitLine("the loop lives");
            jvm.awaitLine("thrown by the test");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void aGroupOfLoopsLeavesNothingOpen(int started) throws Exception {
        try (Jvm jvm = start("loops " + started)) {
            jvm.awaitLine("refused: java.lang.OutOfMemoryError");
            jvm.awaitLine("left: []");
            jvm.awaitLine("opened after all");
        }
    }

    private static Jvm start(String what) throws Exception {
        return Jvm.start(ThreadLimit.FLAGS, Program.class, what);
    }

    /// Run in a JVM of its own, which has no room for stacks for a while.
    static final class Program {
        private static final CallState CALLS = new CallState();
        private static final int LOOPS = 6; // more than there is room for, however much the limit leaves

        private Program() {}

        public static void main(String[] arguments) throws Exception {
            if (arguments[0].startsWith("loops ")) {
                loops(Integer.parseInt(arguments[0].substring(6)));
                return;
            }
            Sluice.run(TestLoops.config(), () -> {
                switch (arguments[0]) {
                    case "source" -> source();
                    case "sink" -> sink();
                    default -> report();
                }
            });
        }

        private static void source() throws Exception {
            try (ByteSource source = BlockingStreams.source(new ByteArrayInputStream(new byte[] {'A'}), "test")) {
                ByteBuffer into = ByteBuffer.allocate(8);
                refused(() -> source.read(into));
                System.out.println("read: " + source.read(into) + " " + (char) into.get(0));
            }
        }

        private static void sink() throws Exception {
            var written = new ByteArrayOutputStream();
            try (ByteSink sink = BlockingStreams.sink(written, "test")) {
                ByteBuffer from = US_ASCII.encode("AB");
                refused(() -> sink.write(from));
                sink.write(from);
                System.out.println("written: " + written.toString(US_ASCII));
            }
        }

        private static void loops(int started) throws Exception {
            Loops.open(TestLoops.config()).close();
            List<String> before = DescriptorLeaks.open();
            ThreadLimit.set(CALLS, started);
            try (Loops loops = Loops.open(TestLoops.config(LOOPS))) {
                System.out.println("opened: " + loops);
            } catch (OutOfMemoryError refused) {
                ThreadLimit.lift(CALLS);
                System.out.println("refused: " + refused);
            }
            List<String> left = new ArrayList<>(DescriptorLeaks.open());
            before.forEach(left::remove);
            Thread.getAllStackTraces().keySet().stream()
                    .map(Thread::getName)
                    .filter(name -> name.startsWith("test-"))
                    .forEach(left::add);
            System.out.println("left: " + left);
            Loops.open(TestLoops.config(LOOPS)).close();
            System.out.println("opened after all");
        }

        private static void refused(Action<?> action) throws Exception {
            ThreadLimit.set(CALLS);
            try {
                action.run();
            } catch (OutOfMemoryError refused) {
                ThreadLimit.lift(CALLS);
                System.out.println("refused: " + refused);
            }
        }

        private static void report() throws Exception {
            ThreadLimit.set(CALLS);
            fail();
            Sluice.yield();
            Sluice.yield();
            System.out.println("the loop lives");
            ThreadLimit.lift(CALLS);
            var told = new Promise<Report>("report");
            Reports.handler(told::complete);
            fail();
            System.out.println(told.await().describe());
        }

        private static void fail() {
            Engines.of(Loop.current()).submit(() -> {
                throw new IllegalStateException("thrown by the test");
            });
        }
    }
}
