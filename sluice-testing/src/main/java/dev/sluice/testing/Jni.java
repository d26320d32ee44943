package dev.sluice.testing;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;

/// The part of the Java Native Interface that registers functions for native methods, called from Java.
///
///     JavaVM* ──▶ table of 8 functions     [6] GetEnv
///     JNIEnv* ──▶ table of 235 functions   [6] FindClass   [215] RegisterNatives
///
///     struct JNINativeMethod { char *name; char *signature; void *fnPtr; }       24 bytes
///
/// Threads: the one that made it, a platform thread.
@SuppressWarnings("restricted")
final class Jni {
    private static final int GET_ENV = 6;
    private static final int FIND_CLASS = 6;
    private static final int REGISTER_NATIVES = 215;
    private static final int TABLE_LENGTH = 235;
    private static final int VERSION = 0x00150000; // 21

    private static final int RETRIES = 5;

    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    private static final ValueLayout POINTER = ValueLayout.ADDRESS;
    private static final long POINTER_BYTES = ValueLayout.ADDRESS.byteSize();

    /// A function for a native method.
    ///
    /// @param signature as class files have it: `(J)J`
    record Method(String name, String signature, MemorySegment function) {}

    private final Arena arena = Arena.global(); // what is registered stays
    private final MemorySegment environment;
    private final MethodHandle findClass;
    private final MethodHandle registerNatives;

    Jni() throws Throwable {
        MemorySegment virtualMachine = virtualMachine();
        MethodHandle getEnvironment =
                function(virtualMachine, GET_ENV, FunctionDescriptor.of(INT, POINTER, POINTER, INT));
        MemorySegment found = arena.allocate(POINTER);
        requireSuccess("GetEnv", (int) getEnvironment.invokeExact(virtualMachine, found, VERSION));
        this.environment = found.get(ValueLayout.ADDRESS, 0);
        this.findClass = function(environment, FIND_CLASS, FunctionDescriptor.of(POINTER, POINTER, POINTER));
        this.registerNatives =
                function(environment, REGISTER_NATIVES, FunctionDescriptor.of(INT, POINTER, POINTER, POINTER, INT));
    }

    /// The library that the JVM is.
    static SymbolLookup libjvm() {
        Path library = Path.of(System.getProperty("java.home"), "lib", "server", System.mapLibraryName("jvm"));
        return SymbolLookup.libraryLookup(library, Arena.global());
    }

    private MemorySegment virtualMachine() throws Throwable {
        MethodHandle getCreated = Linker.nativeLinker()
                .downcallHandle(
                        libjvm().findOrThrow("JNI_GetCreatedJavaVMs"),
                        FunctionDescriptor.of(INT, POINTER, INT, POINTER));
        MemorySegment found = arena.allocate(POINTER);
        MemorySegment count = arena.allocate(INT);
        requireSuccess("JNI_GetCreatedJavaVMs", (int) getCreated.invokeExact(found, 1, count));
        return found.get(ValueLayout.ADDRESS, 0);
    }

    private static MethodHandle function(MemorySegment object, int place, FunctionDescriptor type) {
        MemorySegment table =
                object.reinterpret(POINTER_BYTES).get(ValueLayout.ADDRESS, 0).reinterpret(POINTER_BYTES * TABLE_LENGTH);
        return Linker.nativeLinker().downcallHandle(table.getAtIndex(ValueLayout.ADDRESS, place), type);
    }

    /// Registers a function.
    ///
    /// @param type the class with slashes: `java/lang/System`
    void register(String type, Method method) throws Throwable {
        MemorySegment typeName = arena.allocateFrom(type);
        MemorySegment row = arena.allocate(3 * POINTER_BYTES, POINTER_BYTES);
        row.setAtIndex(ValueLayout.ADDRESS, 0, arena.allocateFrom(method.name()));
        row.setAtIndex(ValueLayout.ADDRESS, 1, arena.allocateFrom(method.signature()));
        row.setAtIndex(ValueLayout.ADDRESS, 2, method.function());
        // The reference to the class lives until a native method returns, and linking the second call runs
        // some: so it is linked by a first round that registers nothing. A reference that is gone all the same
        // finds no method.
        NoSuchMethodError lost = null;
        for (int round = 0; round <= RETRIES; round++) {
            try {
                MemorySegment found = (MemorySegment) findClass.invokeExact(environment, typeName);
                int result = (int) registerNatives.invokeExact(environment, found, row, round == 0 ? 0 : 1);
                if (round > 0) {
                    requireSuccess("RegisterNatives " + type + "." + method.name(), result);
                    return;
                }
            } catch (NoSuchMethodError e) {
                lost = e;
            }
        }
        throw new IllegalStateException("RegisterNatives " + type + "." + method.name() + ": not found", lost);
    }

    private static void requireSuccess(String operation, int result) {
        if (result != 0) {
            throw new IllegalStateException(operation + ": result=" + result + ", expected 0");
        }
    }
}
