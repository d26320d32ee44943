package dev.sluice.internal.sched;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.invoke.VarHandle;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/// The one place that reaches into the JDK: virtual threads with a scheduler of our own.
///
/// JDK 25 has the constructor `ThreadBuilders.VirtualThreadBuilder(Executor)`, and no public way to it. With
/// `--add-opens java.base/java.lang=ALL-UNNAMED` it is reachable; without, [#missing] says why and which flag
/// cures it, and everything runs on the JDK's own scheduler. Other releases name these things differently (26
/// has `Thread.VirtualThreadScheduler`): this class is where the next adapter goes.
///
/// Threads: immutable after initialisation.
public final class VirtualThreads {
    /// Whom a flag of the JVM has to name for this class: where it stands on the module path, its module.
    public static final String AUDIENCE = audience(VirtualThreads.class.getModule());

    /// The flag that opens what this class needs.
    public static final String OPEN_FLAG = "--add-opens java.base/java.lang=" + AUDIENCE;

    private static final @Nullable String MISSING;
    private static final MethodHandle NEW_BUILDER;
    private static final MethodHandle CURRENT_CARRIER;
    private static final MethodHandle DEFAULT_SCHEDULER;
    private static final MethodHandle SET_SCOPED_VALUE_CACHE;
    private static final VarHandle SCOPED_VALUE_BINDINGS;

    /// What a thread has in `scopedValueBindings` when nothing is bound, see
    /// `java.lang.ScopedValue.NEW_THREAD_BINDINGS`.
    private static final Object NOTHING_BOUND = Thread.class;

    static {
        String missing = null;
        MethodHandle builder = null;
        MethodHandle carrier = null;
        MethodHandle scheduler = null;
        MethodHandle cache = null;
        VarHandle bindings = null;
        try {
            MethodHandles.Lookup lookup = MethodHandles.privateLookupIn(Thread.class, MethodHandles.lookup());
            Class<?> builderClass = Class.forName("java.lang.ThreadBuilders$VirtualThreadBuilder");
            Constructor<?> constructor = builderClass.getDeclaredConstructor(Executor.class);
            constructor.setAccessible(true);
            builder = lookup.unreflectConstructor(constructor)
                    .asType(MethodType.methodType(Thread.Builder.OfVirtual.class, Executor.class));
            carrier = lookup.findStatic(Thread.class, "currentCarrierThread", MethodType.methodType(Thread.class));
            Class<?> virtualThread = Class.forName("java.lang.VirtualThread");
            scheduler = MethodHandles.privateLookupIn(virtualThread, MethodHandles.lookup())
                    .findStaticGetter(virtualThread, "DEFAULT_SCHEDULER", java.util.concurrent.ForkJoinPool.class)
                    .asType(MethodType.methodType(Executor.class));
            bindings = lookup.findVarHandle(Thread.class, "scopedValueBindings", Object.class);
            cache = lookup.findStatic(
                    Thread.class, "setScopedValueCache", MethodType.methodType(void.class, Object[].class));
            missing = probe(builder);
        } catch (ReflectiveOperationException | RuntimeException e) {
            missing = "the JDK does not let us choose the scheduler of a virtual thread (" + e + ")";
        }
        MISSING = missing;
        // Only read when MISSING is null; never null then.
        NEW_BUILDER = orConstant(builder);
        CURRENT_CARRIER = orConstant(carrier);
        DEFAULT_SCHEDULER = orConstant(scheduler);
        SET_SCOPED_VALUE_CACHE = orConstant(cache);
        SCOPED_VALUE_BINDINGS = bindings != null ? bindings : MethodHandles.arrayElementVarHandle(Object[].class);
    }

    private VirtualThreads() {}

    static String audience(Module module) {
        return module.isNamed() ? module.getName() : "ALL-UNNAMED";
    }

    private static MethodHandle orConstant(@Nullable MethodHandle handle) {
        return handle != null ? handle : MethodHandles.constant(Object.class, "missing");
    }

    /// Runs one virtual thread on a scheduler of ours: a JVM without continuations has the constructor and
    /// still cannot.
    private static @Nullable String probe(MethodHandle builder) {
        var queue = new java.util.ArrayDeque<Runnable>();
        boolean[] ran = {false};
        try {
            var probe = (Thread.Builder.OfVirtual) builder.invokeExact((Executor) queue::add);
            probe.name("sluice-probe").start(() -> ran[0] = true);
        } catch (Throwable e) {
            return "a virtual thread on a scheduler of ours does not start (" + e + ")";
        }
        Runnable continuation = queue.poll();
        if (continuation == null) {
            return "a virtual thread on a scheduler of ours is not handed to it";
        }
        if (Thread.currentThread().isVirtual()) {
            return null; // a virtual thread cannot run another one; that it was handed over has to do
        }
        continuation.run();
        return ran[0] ? null : "a virtual thread on a scheduler of ours does not run";
    }

    /// Why virtual threads cannot be scheduled by us, or null when they can.
    public static @Nullable String missing() {
        return MISSING;
    }

    /// Whether virtual threads can be scheduled by us.
    public static boolean available() {
        return MISSING == null;
    }

    /// A builder of virtual threads that run on `scheduler`.
    public static Thread.Builder.OfVirtual builder(Executor scheduler) {
        assert MISSING == null : MISSING;
        try {
            return (Thread.Builder.OfVirtual) NEW_BUILDER.invokeExact(scheduler);
        } catch (Throwable e) {
            throw new IllegalStateException("virtual thread builder: " + e, e);
        }
    }

    /// The platform thread under the current thread: its carrier, or itself.
    public static Thread currentCarrier() {
        if (MISSING != null) {
            return Thread.currentThread();
        }
        try {
            return (Thread) CURRENT_CARRIER.invokeExact();
        } catch (Throwable e) {
            throw new IllegalStateException("current carrier: " + e, e);
        }
    }

    /// The scheduler that the JDK gives to virtual threads; a closed loop forwards what still arrives to it.
    public static Executor defaultScheduler() {
        assert MISSING == null : MISSING;
        try {
            return (Executor) DEFAULT_SCHEDULER.invokeExact();
        } catch (Throwable e) {
            throw new IllegalStateException("default scheduler: " + e, e);
        }
    }

    /// The scoped values bound on the current thread, to be given to [#inheritScopedValues]; null: none, or
    /// they cannot be read.
    public static @Nullable Object scopedValues() {
        if (MISSING != null) {
            return null;
        }
        Object bindings = SCOPED_VALUE_BINDINGS.get(Thread.currentThread());
        return bindings == NOTHING_BOUND ? null : bindings;
    }

    /// Makes a thread that has not started see the scoped values of another.
    public static void inheritScopedValues(Thread unstarted, Object bindings) {
        assert MISSING == null && unstarted.getState() == Thread.State.NEW;
        SCOPED_VALUE_BINDINGS.set(unstarted, bindings);
    }

    /// Replaces what is bound on the current thread, which runs work for another; undone with the value
    /// returned.
    public static @Nullable Object swapScopedValues(@Nullable Object bindings) {
        if (MISSING != null) {
            return null;
        }
        Thread self = Thread.currentThread();
        Object before = SCOPED_VALUE_BINDINGS.get(self);
        SCOPED_VALUE_BINDINGS.set(self, bindings == null ? NOTHING_BOUND : bindings);
        try {
            SET_SCOPED_VALUE_CACHE.invokeExact((Object[]) null);
        } catch (Throwable e) {
            throw new IllegalStateException("scoped value cache: " + e, e);
        }
        return before == NOTHING_BOUND ? null : before;
    }

    /// The virtual thread behind a continuation that a scheduler was given, or null if it is something else.
    public static @Nullable Thread threadOf(@Nullable Runnable continuation) {
        if (continuation == null || MISSING != null || !continuation.getClass().isHidden()) {
            return null;
        }
        Field[] captured = continuation.getClass().getDeclaredFields();
        if (captured.length != 1 || !Thread.class.isAssignableFrom(captured[0].getType())) {
            return null;
        }
        try {
            captured[0].setAccessible(true);
            return (Thread) captured[0].get(continuation);
        } catch (ReflectiveOperationException | RuntimeException e) {
            return null;
        }
    }
}
