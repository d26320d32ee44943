package dev.sluice.bench;

import com.sun.management.ThreadMXBean;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.management.ManagementFactory;
import java.util.EnumMap;
import java.util.Map;

/// What this process has used up: time on the wall, user time of all its threads (compilers and collectors
/// too), bytes allocated.
///
/// The user time is that of `getrusage(2)`: the JDK's beans add the kernel's time to it, and `/proc` rounds to
/// 10 ms.
///
/// @param userNanos of the process, or of its ended children
public record Usage(long wallNanos, long userNanos, long allocatedBytes) {
    private static final int RUSAGE_SELF = 0;
    private static final int RUSAGE_CHILDREN = -1;

    // struct rusage: ru_utime { tv_sec, tv_usec }, ru_stime likewise, fourteen more longs
    private static final long RUSAGE_BYTES = 18 * Long.BYTES;
    private static final long UTIME_SECONDS = 0;
    private static final long UTIME_MICROS = Long.BYTES;
    private static final long STIME = 2 * Long.BYTES;

    @SuppressWarnings("restricted")
    private static final MethodHandle GETRUSAGE = Linker.nativeLinker()
            .downcallHandle(
                    Linker.nativeLinker().defaultLookup().findOrThrow("getrusage"),
                    FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS));

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    /// What this process has used so far.
    public static Usage now() {
        long allocated = THREADS.getTotalThreadAllocatedBytes();
        return new Usage(System.nanoTime(), userNanos(RUSAGE_SELF), allocated);
    }

    /// What the children that have been waited for have used so far, those below them included.
    public static Usage ofChildren() {
        return new Usage(System.nanoTime(), userNanos(RUSAGE_CHILDREN), 0);
    }

    public Usage since(Usage before) {
        return new Usage(
                wallNanos - before.wallNanos, userNanos - before.userNanos, allocatedBytes - before.allocatedBytes);
    }

    /// As the cost of each operation.
    Sample sample(long operations, long check) {
        Map<Metric, Double> values = new EnumMap<>(Metric.class);
        values.put(Metric.WALL, (double) wallNanos / operations);
        values.put(Metric.USER_CPU, (double) userNanos / operations);
        values.put(Metric.ALLOCATED, (double) allocatedBytes / operations);
        return new Sample(check, values);
    }

    /// The processor time of this process so far, that of the kernel included.
    public static long cpuNanos() {
        return nanos(RUSAGE_SELF, 0) + nanos(RUSAGE_SELF, STIME);
    }

    private static long userNanos(int who) {
        return nanos(who, 0);
    }

    private static long nanos(int who, long time) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment usage = arena.allocate(RUSAGE_BYTES, Long.BYTES);
            int result = (int) GETRUSAGE.invokeExact(who, usage);
            if (result != 0) {
                throw new IllegalStateException("getrusage: result=" + result + ", expected 0");
            }
            long seconds = usage.get(ValueLayout.JAVA_LONG, time + UTIME_SECONDS);
            long micros = usage.get(ValueLayout.JAVA_LONG, time + UTIME_MICROS);
            return (seconds * 1_000_000 + micros) * 1_000;
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("getrusage: " + e, e);
        }
    }
}
