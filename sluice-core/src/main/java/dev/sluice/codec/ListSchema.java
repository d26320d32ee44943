package dev.sluice.codec;

import static dev.sluice.codec.CodecException.Problem.UNENCODABLE;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.RandomAccess;

/// A list as an array; what is decoded cannot be modified.
///
/// @param <T> the elements
final class ListSchema<T> extends Schema<Collection<T>> {
    /// Room for elements is taken for so many at first, whatever count is announced: it may be announced at
    /// every depth.
    static final int FIRST = 16;

    private final Schema<T> element;

    ListSchema(Schema<T> element) {
        this.element = element;
    }

    @Override
    void write(Collection<T> value, WireOutput out) {
        write(value, element, out);
    }

    static <T> void write(Collection<T> value, Schema<T> element, WireOutput out) {
        out.enter();
        int size = value.size();
        CborWriter.array(out, size);
        if (value instanceof List<T> list && value instanceof RandomAccess) {
            writeIndexed(list, size, element, out);
            out.leave();
            return;
        }
        int index = 0;
        for (T each : value) {
            try {
                element.writeChecked(each, out);
            } catch (CodecException failure) {
                throw failure.at(index);
            }
            index++;
        }
        if (index != size) {
            throw CodecException.of(
                    UNENCODABLE, "elements=" + index, size + " as its size said: nobody may change it meanwhile");
        }
        out.leave();
    }

    /// Without an iterator, that is, without allocating.
    private static <T> void writeIndexed(List<T> list, int size, Schema<T> element, WireOutput out) {
        for (int i = 0; i < size; i++) {
            try {
                element.writeChecked(list.get(i), out);
            } catch (CodecException failure) {
                throw failure.at(i);
            }
        }
    }

    @Override
    List<T> read(CborReader in) {
        List<T> list = read(in, element, expected());
        return list.isEmpty() ? List.of() : Collections.unmodifiableList(list);
    }

    static <T> List<T> read(CborReader in, Schema<T> element, String expected) {
        int count = in.array(expected);
        List<T> list = new ArrayList<>(count == CborReader.INDEFINITE ? FIRST : Math.min(count, FIRST));
        for (int read = 0; in.more(count, read); read++) {
            try {
                list.add(element.read(in));
            } catch (CodecException failure) {
                throw failure.at(read);
            }
        }
        in.leave();
        return list;
    }

    @Override
    String expected() {
        return "an array";
    }
}
