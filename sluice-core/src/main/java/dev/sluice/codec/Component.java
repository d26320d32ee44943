package dev.sluice.codec;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import org.jspecify.annotations.Nullable;

/// One component of a record: how it gets out of the record, and into a slot of a frame. Primitives are not
/// boxed on the way.
///
/// Handles have exact types, so that calling one costs a few nanoseconds and allocates nothing.
abstract sealed class Component {
    final String name;

    /// The name as a CBOR item.
    final byte[] key;

    /// Its index among the constructor's parameters.
    final int index;

    private Component(String name, int index) {
        this.name = name;
        this.index = index;
        this.key = CborWriter.textItem(name);
    }

    static Component of(Reflection.Part part, int index, Schema<?> schema) {
        Class<?> type = part.type().raw();
        if (!type.isPrimitive()) {
            @SuppressWarnings("unchecked") // the schema was made from the component's type
            Schema<Object> any = (Schema<Object>) schema;
            return new Reference(part, index, any);
        }
        return type == double.class || type == float.class
                ? new Fraction(part, index, type == float.class)
                : new Whole(part, index, type);
    }

    private static MethodHandle getter(Reflection.Part part, Class<?> carrier) {
        MethodType type = MethodType.methodType(carrier, Object.class);
        return MethodHandles.explicitCastArguments(part.accessor(), type);
    }

    /// Writes key and value, or neither if the record leaves it out, and returns whether it did.
    abstract boolean write(Object of, WireOutput out) throws Throwable;

    /// Reads the value into its slot.
    abstract void read(CborReader in, Frame frame, int slot);

    /// Fills in what stands for a missing entry; false if there is no such thing.
    boolean fill(Frame frame, int slot) {
        return false;
    }

    abstract String expected();

    /// Integers, characters and truth values, carried as `long`.
    private static final class Whole extends Component {
        private final MethodHandle get; // (Object)long
        private final boolean truth;
        private final long least;
        private final long most;
        private final String expected;

        Whole(Reflection.Part part, int index, Class<?> type) {
            super(part.name(), index);
            get = getter(part, long.class);
            truth = type == boolean.class;
            int bits = type == byte.class
                    ? 8
                    : type == short.class || type == char.class ? 16 : type == int.class ? 32 : 64;
            least = type == char.class ? 0 : Long.MIN_VALUE >> 64 - bits;
            most = type == char.class ? Character.MAX_VALUE : Long.MAX_VALUE >> 64 - bits;
            expected = truth ? Scalars.TRUTH : Scalars.integers(least, most);
        }

        @Override
        boolean write(Object of, WireOutput out) throws Throwable {
            long value = (long) get.invokeExact(of);
            out.put(key);
            if (truth) {
                CborWriter.bool(out, value != 0);
            } else {
                CborWriter.integer(out, value);
            }
            return true;
        }

        @Override
        void read(CborReader in, Frame frame, int slot) {
            if (truth) {
                frame.set(slot, in.bool(expected) ? 1L : 0L);
            } else {
                frame.set(slot, in.integer(least, most, expected));
            }
        }

        @Override
        String expected() {
            return expected;
        }
    }

    /// Floating-point numbers, carried as `double`.
    private static final class Fraction extends Component {
        private final MethodHandle get; // (Object)double
        private final boolean single;

        Fraction(Reflection.Part part, int index, boolean single) {
            super(part.name(), index);
            get = getter(part, double.class);
            this.single = single;
        }

        @Override
        boolean write(Object of, WireOutput out) throws Throwable {
            double value = (double) get.invokeExact(of);
            out.put(key);
            CborWriter.number(out, value);
            return true;
        }

        @Override
        void read(CborReader in, Frame frame, int slot) {
            frame.set(slot, single ? Scalars.single(in) : in.number(Scalars.DOUBLE));
        }

        @Override
        String expected() {
            return single ? Scalars.FLOAT : Scalars.DOUBLE;
        }
    }

    /// Everything else.
    private static final class Reference extends Component {
        private final MethodHandle get; // (Object)Object
        private final Schema<Object> schema;

        Reference(Reflection.Part part, int index, Schema<Object> schema) {
            super(part.name(), index);
            get = getter(part, Object.class);
            this.schema = schema;
        }

        @Override
        boolean write(Object of, WireOutput out) throws Throwable {
            Object value = (@Nullable Object) get.invokeExact(of);
            if (value != null && schema.omits(value)) {
                return false;
            }
            out.put(key);
            schema.writeChecked(value, out);
            return true;
        }

        @Override
        void read(CborReader in, Frame frame, int slot) {
            frame.set(slot, schema.read(in));
        }

        @Override
        boolean fill(Frame frame, int slot) {
            Object absent = schema.absent();
            if (absent != null) {
                frame.set(slot, absent);
            }
            return absent != null;
        }

        @Override
        String expected() {
            return schema.expected();
        }
    }
}
