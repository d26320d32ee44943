package dev.sluice.pool;

import dev.sluice.codec.Cbor;
import dev.sluice.codec.Codec;
import dev.sluice.codec.TypeOf;
import dev.sluice.ranks.Group;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// A function that was found by its name, and how its argument and its result become bytes: the same on both
/// sides, as both look at the same method.
///
/// A value's type is the one that the method declares, `List<Order>`, unless the function is called with
/// another one, as `Math::sqrt` is with an `Integer`: then the class that it is called with. Instead of a
/// [Group] a [Seat] travels, and the function is called with what joins there.
///
/// Threads: immutable, any.
final class LinkedFunction {
    private static final String GROUP = TypeOf.ofClass(Group.class).toString();

    final Codec<Object> argument;
    final Codec<Object> result;

    /// That of the record which is the function; else there is a handle.
    final @Nullable Codec<Object> self;

    private final @Nullable MethodHandle handle;

    private LinkedFunction(
            TypeOf<?> argument, TypeOf<?> result, @Nullable Codec<Object> self, @Nullable MethodHandle handle) {
        this.argument = codec(argument.toString().equals(GROUP) ? TypeOf.ofClass(Seat.class) : argument);
        this.result = codec(result);
        this.self = self;
        this.handle = handle;
    }

    /// On the side that has the function.
    ///
    /// @throws IllegalArgumentException if its types have no encoding
    static LinkedFunction of(FunctionName name, PoolFunction<?, ?> function) {
        ClassLoader loader = function.getClass().getClassLoader();
        return of(name, loader != null ? loader : ClassLoader.getSystemClassLoader());
    }

    /// @throws IllegalArgumentException if there is no such function, or its types have no encoding
    static LinkedFunction of(FunctionName name, ClassLoader loader) {
        try {
            Class<?> type = Class.forName(name.type(), true, loader);
            return name.kind() == FunctionName.Kind.RECORD ? record(type) : method(name, type, loader);
        } catch (ReflectiveOperationException | TypeNotPresentException | LinkageError missing) {
            throw new IllegalArgumentException(
                    "function " + name.shown() + ": not found: " + missing + ", expected " + name.type() + " "
                            + name.method() + name.descriptor() + " on the class path",
                    missing);
        }
    }

    @SuppressWarnings("unchecked") // a codec of a record's own class
    private static LinkedFunction record(Class<?> type) {
        return new LinkedFunction(
                TypeOf.ofArgument(type, PoolFunction.class, 0),
                TypeOf.ofArgument(type, PoolFunction.class, 1),
                (Codec<Object>) Cbor.of(type),
                null);
    }

    private static LinkedFunction method(FunctionName name, Class<?> type, ClassLoader loader)
            throws ReflectiveOperationException {
        MethodType declared = MethodType.fromMethodDescriptorString(name.descriptor(), loader);
        MethodType called = MethodType.fromMethodDescriptorString(name.called(), loader);
        MethodHandles.Lookup lookup = lookup(type);
        MethodHandle handle = switch (name.kind()) {
            case STATIC -> lookup.findStatic(type, name.method(), declared);
            case CONSTRUCTOR -> lookup.findConstructor(type, declared);
            default -> lookup.findVirtual(type, name.method(), declared);
        };
        Class<?> taken = called.parameterType(0);
        boolean asDeclared = declared.parameterCount() == 1
                && declared.parameterType(0) != Object.class
                && declared.wrap().parameterType(0).isAssignableFrom(taken);
        TypeOf<?> argument = asDeclared ? TypeOf.ofParameter(type, name.method(), declared, 0) : TypeOf.ofClass(taken);
        TypeOf<?> result = result(name, type, declared, called.returnType());
        return new LinkedFunction(
                argument, result, null, handle.asType(called).asType(MethodType.genericMethodType(1)));
    }

    private static TypeOf<?> result(FunctionName name, Class<?> type, MethodType declared, Class<?> called) {
        if (name.kind() == FunctionName.Kind.CONSTRUCTOR) {
            return TypeOf.ofClass(type);
        }
        return called.isAssignableFrom(declared.wrap().returnType())
                ? TypeOf.ofResult(type, name.method(), declared)
                : TypeOf.ofClass(called);
    }

    /// What is private is found in classes of the program; of the JDK's, only what everybody sees.
    private static MethodHandles.Lookup lookup(Class<?> type) {
        try {
            return MethodHandles.privateLookupIn(type, MethodHandles.lookup());
        } catch (IllegalAccessException closed) {
            return MethodHandles.publicLookup();
        }
    }

    @SuppressWarnings("unchecked") // values are of the type that the function's own method says
    private static Codec<Object> codec(TypeOf<?> type) {
        return (Codec<Object>) Cbor.of(type);
    }

    /// Calls it.
    ///
    /// @param components of the record that is the function; else empty
    Object call(ByteBuffer components, Object value) throws Throwable {
        return value instanceof Seat seat ? seat.take(group -> called(components, group)) : called(components, value);
    }

    @SuppressWarnings("unchecked") // it takes what its own codec read
    private Object called(ByteBuffer components, Object value) throws Throwable {
        if (handle != null) {
            return (Object) handle.invokeExact(value);
        }
        assert self != null : "neither a handle nor a record";
        return ((PoolFunction<Object, Object>) self.decode(components)).apply(value);
    }
}
