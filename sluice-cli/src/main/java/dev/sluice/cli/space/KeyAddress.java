package dev.sluice.cli.space;

import dev.sluice.space.Namespace;
import dev.sluice.space.Space;
import dev.sluice.space.SpaceException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// `shm:SPACE/NAMESPACE/KEY`, as it is typed. A key may have more slashes.
///
/// @param space `shm:SPACE`
/// @param key empty for all keys of the namespace, where that is possible
record KeyAddress(String space, String object, String key) {
    @Override
    public String toString() {
        return space + "/" + object + (key.isEmpty() ? "" : "/" + key);
    }

    /// The namespace, which somebody has made.
    ///
    /// @param opened the space
    /// @throws SpaceException `UNAVAILABLE` if nobody has
    Namespace existing(Space opened) {
        Items.requireThere(opened, object, space + "/" + object + ": no such namespace");
        return of(opened);
    }

    /// The namespace, which is made if nobody has.
    Namespace of(Space opened) {
        return opened.namespace(object, Namespace.Options.defaults());
    }

    /// With a key.
    static final class Reader implements ITypeConverter<KeyAddress> {
        @Override
        public KeyAddress convert(String text) {
            KeyAddress address = parse(text);
            if (address == null || address.key.isEmpty()) {
                throw new TypeConversionException("'" + text + "' is not like shm:SPACE/NAMESPACE/KEY");
            }
            return address;
        }
    }

    /// With a key, or what keys begin with, or nothing.
    static final class PrefixReader implements ITypeConverter<KeyAddress> {
        @Override
        public KeyAddress convert(String text) {
            KeyAddress address = parse(text.indexOf('/') == text.lastIndexOf('/') ? text + "/" : text);
            if (address == null) {
                throw new TypeConversionException("'" + text + "' is not like shm:SPACE/NAMESPACE[/KEY]");
            }
            return address;
        }
    }

    private static @Nullable KeyAddress parse(String text) {
        int space = text.indexOf('/');
        int object = text.indexOf('/', space + 1);
        if (space < 0 || object < space + 2 || !Items.isShm(text.substring(0, space))) {
            return null;
        }
        return new KeyAddress(text.substring(0, space), text.substring(space + 1, object), text.substring(object + 1));
    }
}
