package dev.sluice.codec;

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

    final TypeRef type() {
        return type;
    }

    @Override
    public final String toString() {
        return type.toString();
    }
}
