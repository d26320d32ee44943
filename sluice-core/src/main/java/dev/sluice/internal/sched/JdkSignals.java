package dev.sluice.internal.sched;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandleProxies;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Signals of the operating system, through `sun.misc.Signal`: since JDK 9 the only public way, in module
/// `jdk.unsupported`.
///
/// By method handles, because naming the class draws a warning that the compiler lets nobody suppress.
///
/// Threads: any; a handler is called on a new thread of the JVM for each signal.
public final class JdkSignals {
    private JdkSignals() {}

    /// A handler in place, and how to undo it.
    ///
    /// @param number what the system calls the signal
    ///
    /// @param alone whether nobody handled the signal before
    public record Installed(int number, boolean alone, Runnable undo) {}

    /// Calls `handler` with the signal's number each time it arrives.
    ///
    /// @param name without `SIG`: `INT`
    /// @return null if this JVM does not let us: it was started with `-Xrs`, has no module `jdk.unsupported`,
    ///     or the system has no such signal
    public static @Nullable Installed handle(String name, Consumer<Integer> handler) {
        try {
            Class<?> signalClass = Class.forName("sun.misc.Signal");
            Class<?> handlerClass = Class.forName("sun.misc.SignalHandler");
            var lookup = MethodHandles.publicLookup();
            MethodHandle make = lookup.findConstructor(signalClass, MethodType.methodType(void.class, String.class));
            MethodHandle install = lookup.findStatic(
                    signalClass, "handle", MethodType.methodType(handlerClass, signalClass, handlerClass));
            MethodHandle number = lookup.findVirtual(signalClass, "getNumber", MethodType.methodType(int.class));
            Object signal = make.invoke(name);
            int known = (int) number.invoke(signal);
            MethodHandle call = MethodHandles.lookup()
                    .findVirtual(Consumer.class, "accept", MethodType.methodType(void.class, Object.class))
                    .bindTo(handler);
            call = MethodHandles.dropArguments(MethodHandles.insertArguments(call, 0, (Object) known), 0, signalClass);
            Object before = install.invoke(signal, MethodHandleProxies.asInterfaceInstance(handlerClass, call));
            boolean alone = before
                    == lookup.findStaticGetter(handlerClass, "SIG_DFL", handlerClass)
                            .invoke();
            return new Installed(known, alone, () -> restore(install, signal, before));
        } catch (IllegalArgumentException | ClassNotFoundException refused) {
            return null;
        } catch (Throwable e) {
            throw new IllegalStateException("handle signal " + name + ": " + e, e);
        }
    }

    private static void restore(MethodHandle install, Object signal, Object before) {
        try {
            Object ours = install.invoke(signal, before);
            assert ours != null;
        } catch (Throwable e) {
            throw new IllegalStateException("restore handler of " + signal + ": " + e, e);
        }
    }
}
