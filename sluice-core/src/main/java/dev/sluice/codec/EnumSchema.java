package dev.sluice.codec;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;

/// An enum: the name of the constant as text.
///
/// @param <E> the enum
final class EnumSchema<E extends Enum<E>> extends Schema<E> {
    private static final int FEW = 16; // so many are compared one by one, without making text

    private final E[] constants;
    private final byte[][] items; // their names as CBOR, at the same indexes
    private final Map<E, byte[]> byConstant;
    private final Map<String, E> byName = new HashMap<>();
    private final String expected;

    EnumSchema(Class<E> type) {
        constants = type.getEnumConstants();
        items = new byte[constants.length][];
        byConstant = new EnumMap<>(type);
        for (int i = 0; i < constants.length; i++) {
            E constant = constants[i];
            String name = Reflection.nameOf(constant);
            items[i] = CborWriter.textItem(name);
            byConstant.put(constant, items[i]);
            if (byName.put(name, constant) != null) {
                throw new IllegalArgumentException(
                        "cbor codec: type=" + type.getSimpleName() + ", expected different names, found two " + name);
            }
        }
        expected = "one of " + String.join(", ", new TreeSet<>(byName.keySet())) + ", as text";
    }

    @Override
    void write(E value, WireOutput out) {
        out.put(Objects.requireNonNull(byConstant.get(value), "constant"));
    }

    @Override
    E read(CborReader in) {
        for (int i = 0; i < items.length && i < FEW; i++) {
            if (in.accept(items[i])) {
                return constants[i];
            }
        }
        int start = in.in.position();
        E constant = byName.get(in.text(expected));
        if (constant == null) {
            throw in.refused(start, expected);
        }
        return constant;
    }

    @Override
    String expected() {
        return expected;
    }
}
