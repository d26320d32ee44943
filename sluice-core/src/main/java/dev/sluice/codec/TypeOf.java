package dev.sluice.codec;

import java.lang.invoke.MethodType;

/// Says a generic type, where a class cannot: `new TypeOf<Map<String, List<Order>>>() {}`, braces included.
///
/// @param <T> the type
@SuppressWarnings("unused") // T is read by reflection
public abstract class TypeOf<T> {
    private final TypeRef type;

    /// Reads the argument of the subclass.
    ///
    /// @throws IllegalArgumentException if it is not said by the direct subclass
    protected TypeOf() {
        type = Reflection.argumentOf(getClass());
    }

    private TypeOf(TypeRef type) {
        this.type = type;
    }

    /// A type that was found, not said.
    private static final class Found extends TypeOf<Object> {
        Found(TypeRef type) {
            super(type);
        }
    }

    /// A class as a type; it must not need arguments.
    public static TypeOf<?> ofClass(Class<?> type) {
        return new Found(Reflection.typeOf(type));
    }

    /// The type of a method's parameter, as the source says it.
    ///
    /// @param method its name; `<init>` for a constructor
    /// @param type the parameters and the result of the method, erased; that of a constructor is `void`
    /// @throws IllegalArgumentException if the class itself has no such method, or the type contains variables
    public static TypeOf<?> ofParameter(Class<?> owner, String method, MethodType type, int index) {
        return new Found(Reflection.parameterOf(owner, method, type, index));
    }

    /// The type of a method's result, as the source says it.
    ///
    /// @throws IllegalArgumentException as [#ofParameter]
    public static TypeOf<?> ofResult(Class<?> owner, String method, MethodType type) {
        return new Found(Reflection.resultOf(owner, method, type));
    }

    /// What a class says for a parameter of a generic interface that it implements directly: `Long` for
    /// `class Primes implements Predicate<Long>`.
    ///
    /// @throws IllegalArgumentException if it does not implement it directly, or does not say that in full
    public static TypeOf<?> ofArgument(Class<?> type, Class<?> implemented, int index) {
        return new Found(Reflection.argumentOf(type, implemented, index));
    }

    final TypeRef type() {
        return type;
    }

    @Override
    public final String toString() {
        return type.toString();
    }
}
