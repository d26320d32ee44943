package dev.sluice.codec;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// A set as an array, ordered by the bytes of its elements, so that equal sets have equal bytes. What is
/// decoded cannot be modified, and keeps the order in which it came; an element that comes twice is refused.
/// The tag of sets (258) is accepted.
///
/// @param <T> the elements
final class SetSchema<T> extends Schema<Set<T>> {
    private static final int TAG_SET = 258;

    private final Schema<T> element;

    SetSchema(Schema<T> element) {
        this.element = element;
    }

    @Override
    void write(Set<T> value, WireOutput out) {
        out.enter();
        CborWriter.array(out, value.size());
        if (value.size() > 1) {
            List<byte[]> elements = new ArrayList<>();
            WireOutput scratch = MapSchema.scratch(out);
            for (T each : value) {
                element.writeChecked(each, scratch);
                elements.add(MapSchema.taken(scratch));
            }
            elements.sort(Arrays::compareUnsigned);
            MapSchema.requireDifferent(elements);
            elements.forEach(out::put);
        } else {
            for (T each : value) {
                element.writeChecked(each, out);
            }
        }
        out.leave();
    }

    @Override
    Set<T> read(CborReader in) {
        in.acceptTag(TAG_SET);
        int count = in.array(expected());
        Set<T> set = new LinkedHashSet<>();
        for (int read = 0; in.more(count, read); read++) {
            int start = in.in.position();
            try {
                if (!set.add(element.read(in))) {
                    throw in.refused(start, "no element twice");
                }
            } catch (CodecException failure) {
                throw failure.at(read);
            }
        }
        in.leave();
        return set.isEmpty() ? Set.of() : Collections.unmodifiableSet(set);
    }

    @Override
    String expected() {
        return "an array (a set)";
    }
}
