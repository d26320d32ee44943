package dev.sluice.codec;

import java.util.Arrays;
import java.util.List;

/// An array of references as an array.
final class ArraySchema extends Schema<Object[]> {
    private final Schema<Object> element;
    private final Class<? extends Object[]> type;

    ArraySchema(Schema<Object> element, Class<? extends Object[]> type) {
        this.element = element;
        this.type = type;
    }

    @Override
    void write(Object[] value, WireOutput out) {
        ListSchema.write(Arrays.asList(value), element, out);
    }

    @Override
    Object[] read(CborReader in) {
        List<Object> list = ListSchema.read(in, element, expected());
        return Arrays.copyOf(list.toArray(), list.size(), type);
    }

    @Override
    String expected() {
        return "an array";
    }
}
