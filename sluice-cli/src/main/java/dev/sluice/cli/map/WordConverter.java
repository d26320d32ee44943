package dev.sluice.cli.map;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// Options that take one of a few words.
abstract class WordConverter<E extends Enum<E>> implements ITypeConverter<E> {
    private final E[] values;

    private WordConverter(E[] values) {
        this.values = values;
    }

    /// Words of `--halt`.
    static final class OfHalt extends WordConverter<Halt> {
        OfHalt() {
            super(Halt.values());
        }
    }

    /// Words of `--progress`.
    static final class OfProgress extends WordConverter<ProgressMode> {
        OfProgress() {
            super(ProgressMode.values());
        }
    }

    @Override
    public E convert(String text) {
        for (E value : values) {
            if (value.toString().equals(text.toLowerCase(Locale.ROOT))) {
                return value;
            }
        }
        String words = Arrays.stream(values).map(Enum::toString).collect(Collectors.joining(", "));
        throw new TypeConversionException("'" + text + "', expected one of " + words);
    }
}
