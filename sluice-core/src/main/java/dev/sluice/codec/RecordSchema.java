package dev.sluice.codec;

import static dev.sluice.codec.CodecException.Problem.UNENCODABLE;
import static dev.sluice.codec.CodecException.Problem.UNEXPECTED;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// A record as a map from the names of its components to their values.
///
/// Entries are written in the deterministic order (by the bytes of their keys) and read in any. Where they come
/// in the order in which we write them, a key is compared with the bytes that are expected next, and no text is
/// made of it.
final class RecordSchema extends Schema<Object> {
    /// More would not fit the word that notes which have been read.
    static final int MOST_COMPONENTS = 64;

    private static final int SMALL = 23; // counts up to here are part of the first byte

    private final String name;
    private final MethodHandle make; // (Frame)Object

    // Set once by resolve, before the codec is used; types may contain themselves.
    private Component[] components = {}; // in the order of their keys
    private Map<String, Integer> positions = Map.of();

    /// @param constructor the canonical one
    RecordSchema(String name, MethodHandle constructor) {
        this.name = name;
        this.make = fromFrame(constructor);
    }

    /// The second half of construction.
    void resolve(List<Component> all) {
        components = all.toArray(Component[]::new);
        Arrays.sort(components, Comparator.comparing(component -> component.key, Arrays::compareUnsigned));
        Map<String, Integer> byName = new HashMap<>();
        for (int i = 0; i < components.length; i++) {
            byName.put(components[i].name, i);
        }
        positions = Map.copyOf(byName);
    }

    /// Lets a constructor take its arguments from a frame: `(Frame) -> record`.
    private static MethodHandle fromFrame(MethodHandle constructor) {
        MethodType type = constructor.type();
        MethodHandle[] arguments = new MethodHandle[type.parameterCount()];
        for (int i = 0; i < arguments.length; i++) {
            Class<?> parameter = type.parameterType(i);
            MethodHandle carrier = switch (parameter.descriptorString()) {
                case "F", "D" -> ofFrame("number", double.class);
                case "Z", "B", "S", "C", "I", "J" -> ofFrame("integer", long.class);
                default -> ofFrame("reference", Object.class);
            };
            arguments[i] = MethodHandles.explicitCastArguments(
                    MethodHandles.insertArguments(carrier, 1, i), MethodType.methodType(parameter, Frame.class));
        }
        MethodHandle fromFrames = MethodHandles.filterArguments(constructor, 0, arguments);
        MethodType result = MethodType.methodType(type.returnType(), Frame.class);
        return MethodHandles.permuteArguments(fromFrames, result, new int[arguments.length])
                .asType(MethodType.methodType(Object.class, Frame.class));
    }

    private static MethodHandle ofFrame(String method, Class<?> result) {
        try {
            return MethodHandles.lookup().findVirtual(Frame.class, method, MethodType.methodType(result, int.class));
        } catch (ReflectiveOperationException impossible) {
            throw new IllegalStateException("frame: method=" + method + ", expected one", impossible);
        }
    }

    @Override
    void write(Object value, WireOutput out) {
        out.enter();
        int start = out.position();
        CborWriter.map(out, components.length);
        int omitted = 0;
        for (Component component : components) {
            try {
                if (!component.write(value, out)) {
                    omitted++;
                }
            } catch (CodecException failure) {
                throw failure.at(component.name);
            } catch (RuntimeException | Error failure) {
                throw failure;
            } catch (Throwable failure) {
                throw CodecException.of(
                                UNENCODABLE, "accessor threw=" + failure, "one that returns the component", failure)
                        .at(component.name);
            }
        }
        if (omitted > 0) {
            correctCount(out, start, components.length - omitted);
        }
        out.leave();
    }

    /// The head was written for all components.
    private void correctCount(WireOutput out, int head, int count) {
        if (components.length <= SMALL) {
            out.set(head, CborWriter.MAP << 5 | count);
        } else if (count > SMALL) {
            out.set(head + 1, count);
        } else {
            out.set(head, CborWriter.MAP << 5 | count);
            out.remove(head + 1);
        }
    }

    @Override
    Object read(CborReader in) {
        int start = in.in.position();
        int count = in.map(expected());
        Frame frame = in.frame;
        int first = frame.push(components.length);
        long seen = 0;
        int next = 0;
        for (int read = 0; in.more(count, read); read++) {
            int position = find(in, next);
            if (position < 0) {
                continue;
            }
            Component component = components[position];
            if ((seen & 1L << position) != 0) {
                throw in.refused(in.at(), "no second entry of this name").at(component.name);
            }
            try {
                component.read(in, frame, first + component.index);
            } catch (CodecException failure) {
                throw failure.at(component.name);
            }
            seen |= 1L << position;
            next = position + 1;
        }
        in.leave();
        if (seen != -1L >>> MOST_COMPONENTS - components.length) {
            fill(in, start, first, seen);
        }
        Object value = make(in, start, first);
        frame.pop(first);
        return value;
    }

    /// Reads a key, and returns which component it names. Passes over the value of one that is unknown: the
    /// sender may be newer.
    private int find(CborReader in, int next) {
        for (int i = next; i < components.length; i++) {
            if (in.accept(components[i].key)) {
                return i;
            }
        }
        String key = in.text("the name of a component, as text");
        Integer position = positions.get(key);
        if (position != null) {
            return position;
        }
        try {
            in.skip();
        } catch (CodecException failure) {
            throw failure.at(Diagnostic.printable(key));
        }
        return -1;
    }

    private void fill(CborReader in, int start, int first, long seen) {
        for (int i = 0; i < components.length; i++) {
            Component component = components[i];
            if ((seen & 1L << i) == 0 && !component.fill(in.frame, first + component.index)) {
                throw in.refusedAs(start, "found=no entry", component.expected())
                        .at(component.name);
            }
        }
    }

    /// A constructor that refuses its arguments refuses the input.
    private Object make(CborReader in, int start, int first) {
        in.frame.select(first);
        try {
            return (Object) make.invokeExact(in.frame);
        } catch (Error failure) {
            throw failure;
        } catch (Throwable failure) {
            throw CodecException.of(
                            UNEXPECTED,
                            "constructor threw=" + failure.getClass().getSimpleName() + " ("
                                    + Diagnostic.printable(String.valueOf(failure.getMessage())) + ")",
                            "components that record " + name + " accepts",
                            failure)
                    .atByte(in.offset(start));
        }
    }

    @Override
    String expected() {
        return "a map (record " + name + ")";
    }

    @Override
    public String toString() {
        return name;
    }
}
