package dev.sluice.internal.linux;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The functions of the C library, and through `syscall(2)` the kernel itself.
///
/// All parameters and results are declared `long`, and each call passes six of them: on x86_64 and aarch64 an
/// `int` or a pointer travels in the same register as a `long`, and a callee does not look at registers that it
/// has no parameter for. So all calls share two stubs; each further shape would cost about 10 ms at start. A
/// function that returns `int` leaves the upper half of the result undefined: [#invoke] cuts it off.
///
/// No call is `critical`: a thread inside one does not hold up the JVM's safepoints.
@SuppressWarnings("restricted")
final class Native {
    private static final Linker LINKER = Linker.nativeLinker();
    private static final SymbolLookup LIBRARY = LINKER.defaultLookup();
    private static final MethodHandle SYSCALL = LINKER.downcallHandle(
            address("syscall"), longs(7), Linker.Option.firstVariadicArg(1), Linker.Option.captureCallState("errno"));

    private Native() {}

    /// A system call of up to six arguments.
    ///
    /// @return its result, or the negated `errno`
    static long call(CallState state, int number, long a, long b, long c, long d, long e, long f) {
        long result;
        try {
            result = (long) SYSCALL.invokeExact(state.errnoSegment, (long) number, a, b, c, d, e, f);
        } catch (Throwable failure) {
            throw unexpected(failure);
        }
        return result != -1 ? result : -state.errno();
    }

    static int call(CallState state, int number, long a) {
        return (int) call(state, number, a, 0, 0, 0, 0, 0);
    }

    static int call(CallState state, int number, long a, long b) {
        return (int) call(state, number, a, b, 0, 0, 0, 0);
    }

    static int call(CallState state, int number, long a, long b, long c) {
        return (int) call(state, number, a, b, c, 0, 0, 0);
    }

    /// A function of the C library that reports its errors by its result, not by `errno`; for [#invoke], or to be
    /// called exactly, with six longs.
    static MethodHandle function(String name) {
        return LINKER.downcallHandle(address(name), longs(6));
    }

    static @Nullable MethodHandle functionIfPresent(String name) {
        return has(name) ? function(name) : null;
    }

    static boolean has(String symbol) {
        return LIBRARY.find(symbol).isPresent();
    }

    /// Calls a function that returns `int`. Slower than an exact call of a constant handle; not for every
    /// operation.
    static int invoke(MethodHandle function, long a, long b, long c, long d, long e, long f) {
        try {
            return (int) (long) function.invokeExact(a, b, c, d, e, f);
        } catch (Throwable failure) {
            throw unexpected(failure);
        }
    }

    /// The address of a function or variable.
    static MemorySegment address(String symbol) {
        return LIBRARY.findOrThrow(symbol);
    }

    /// For the `catch (Throwable)` that `invokeExact` demands: a downcall itself throws nothing.
    static AssertionError unexpected(Throwable failure) {
        return new AssertionError("downcall failed: " + failure, failure);
    }

    private static FunctionDescriptor longs(int parameters) {
        var layouts = new MemoryLayout[parameters];
        Arrays.fill(layouts, JAVA_LONG);
        return FunctionDescriptor.of(JAVA_LONG, layouts);
    }
}
