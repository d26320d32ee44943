package dev.sluice.testing;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// The clocks of the JDK, made to show virtual time to whoever runs in a simulation, and real time to everybody
/// else.
///
/// `System.nanoTime`, `System.currentTimeMillis` and what `Instant.now` reads are native methods. The function
/// by which a native library registers its own for them (`RegisterNatives` of JNI) takes any pointer; ours are
/// upcalls into this class. So `Thread.sleep`, `poll(time)` and whatever else looks at the clock again after a
/// wait end in virtual time.
///
/// It changes the whole JVM, and the JIT compilers have these methods built in unless flags say otherwise: so a
/// property asks for it. A call takes some 30 ns. An upcall that throws, as for a lack of stack, ends the JVM.
///
/// Threads: [#installIfAsked] any; the upcalls any.
@SuppressWarnings("restricted")
final class JdkClock {
    private static final String PROPERTY = "sluice.jdkClock";

    /// What a JVM needs to be started with.
    static final List<String> FLAGS = List.of(
            "-XX:+UnlockDiagnosticVMOptions",
            "-XX:DisableIntrinsic=_nanoTime,_currentTimeMillis",
            "-Xlog:jni+resolve=off",
            "-D" + PROPERTY + "=virtual");

    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
    private static final long SECOND = 1_000_000_000L;
    private static final long FARTHEST_SECONDS = 1L << 32; // as the JVM's own function has it

    private static final ReentrantLock installation = new ReentrantLock();
    private static volatile boolean installed; // set once, under `installation`; pairs with the reads outside of it

    private JdkClock() {}

    /// Whether the clocks of the JDK show virtual time in simulations.
    static boolean installed() {
        return installed;
    }

    /// Replaces the clocks if the command line asks for it.
    ///
    /// @throws IllegalStateException if a flag is missing, or it is not possible in this JVM
    static void installIfAsked() {
        if (!installed && "virtual".equals(System.getProperty(PROPERTY))) {
            installation.lock();
            try {
                if (!installed) {
                    install();
                }
            } finally {
                installation.unlock();
            }
        }
    }

    private static void install() {
        List<String> given = ManagementFactory.getRuntimeMXBean().getInputArguments();
        if (!given.containsAll(FLAGS.subList(0, 2))) {
            throw new IllegalStateException("clocks of the JDK: flags missing, expected " + String.join(" ", FLAGS));
        }
        try {
            // Links what the upcalls use: one that came to need the clock itself would not end.
            long warm = nanoTime(0, 0) + currentTimeMillis(0, 0) + adjustment(0, 0, 0);
            Jni jni = new Jni();
            MemorySegment nanoTime = upcall("nanoTime", LONG, LONG);
            MemorySegment millis = upcall("currentTimeMillis", LONG, LONG);
            MemorySegment adjustment = upcall("adjustment", LONG, LONG, LONG);
            jni.register("java/lang/System", new Jni.Method("nanoTime", "()J", nanoTime));
            jni.register("java/lang/System", new Jni.Method("currentTimeMillis", "()J", millis));
            jni.register("jdk/internal/misc/VM", new Jni.Method("getNanoTimeAdjustment", "(J)J", adjustment));
            installed = warm != 0;
        } catch (Throwable e) {
            throw new IllegalStateException("clocks of the JDK: " + e, e);
        }
    }

    private static MemorySegment upcall(String method, MemoryLayout... parameters) throws ReflectiveOperationException {
        FunctionDescriptor function = FunctionDescriptor.of(LONG, parameters);
        MethodHandle target = MethodHandles.lookup().findStatic(JdkClock.class, method, function.toMethodType());
        return Linker.nativeLinker().upcallStub(target, function, Arena.global());
    }

    // ---- what the JVM calls in place of its own

    private static long nanoTime(long unusedEnvironment, long unusedType) {
        World world = inSimulation();
        return world != null ? world.clock.nanoTime() : Real.nanoTime();
    }

    private static long currentTimeMillis(long unusedEnvironment, long unusedType) {
        World world = inSimulation();
        return world != null ? world.clock.millis() : Real.currentTimeMillis();
    }

    /// The nanoseconds since `offset`, which is in seconds after 1970; -1 if they are too many.
    private static long adjustment(long unusedEnvironment, long unusedType, long offset) {
        World world = inSimulation();
        if (world == null) {
            return Real.adjustment(offset);
        }
        long nanos = world.clock.nanoTime();
        long seconds = VirtualClock.EPOCH_SECONDS + nanos / SECOND - offset;
        return Math.abs(seconds) >= FARTHEST_SECONDS ? -1 : seconds * SECOND + nanos % SECOND;
    }

    private static @Nullable World inSimulation() {
        // The loop thread itself waits in real time, when it does.
        return Thread.currentThread().isVirtual() ? World.current() : null;
    }

    /// The JVM's own functions, which were registered before; they take no notice of the two pointers.
    private static final class Real {
        private static final MethodHandle NANO_TIME = function("JVM_NanoTime", LONG, LONG);
        private static final MethodHandle MILLIS = function("JVM_CurrentTimeMillis", LONG, LONG);
        private static final MethodHandle ADJUSTMENT = function("JVM_GetNanoTimeAdjustment", LONG, LONG, LONG);

        private static MethodHandle function(String name, MemoryLayout... parameters) {
            return Linker.nativeLinker()
                    .downcallHandle(Jni.libjvm().findOrThrow(name), FunctionDescriptor.of(LONG, parameters));
        }

        static long nanoTime() {
            try {
                return (long) NANO_TIME.invokeExact(0L, 0L);
            } catch (Throwable e) {
                throw new AssertionError(e);
            }
        }

        static long currentTimeMillis() {
            try {
                return (long) MILLIS.invokeExact(0L, 0L);
            } catch (Throwable e) {
                throw new AssertionError(e);
            }
        }

        static long adjustment(long offset) {
            try {
                return (long) ADJUSTMENT.invokeExact(0L, 0L, offset);
            } catch (Throwable e) {
                throw new AssertionError(e);
            }
        }
    }
}
