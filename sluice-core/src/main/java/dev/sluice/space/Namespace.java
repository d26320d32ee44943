package dev.sluice.space;

import dev.sluice.codec.Codec;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// Keys and values that all members of a space read, change and watch.
///
/// ```java
/// Namespace settings = space.namespace("settings");
/// settings.put("rate", 3);
/// int rate = settings.get("rate", Integer.class).orElse(1);
/// settings.update("rate", Integer.class, 1, now -> now + 1);
/// try (Namespace.Watch watch = settings.watch("worker/")) {
///     for (Namespace.Change change : watch) show(change);
/// }
/// ```
///
/// Keys are text, 1 to 255 bytes of it in UTF-8, in the order of their code units. Values are encoded as CBOR
/// by their own type, or by the codec that is given, and decoded by the type that the reader expects; so each
/// key may have another type. A value that was read never changes: put it again to change what is stored.
///
/// Each change of a key gets a version: a number above zero, greater than all that the key has had before, also
/// when it was removed in between. Version 0 means that there is no such key.
///
/// Threads: any, of any member of the space.
public interface Namespace {
    /// The name in its space.
    String name();

    /// What is stored under a key.
    Optional<Entry> get(String key);

    /// The value of a key, which was put as CBOR.
    ///
    /// @throws dev.sluice.codec.CodecException if it is of another type
    default <T> Optional<T> get(String key, Class<T> type) {
        return get(key).map(entry -> entry.as(type));
    }

    /// Stores a value as CBOR of its own class, until somebody replaces or removes it. What is a list, a map,
    /// or to be read as a sealed type, is encoded by the caller.
    ///
    /// @param value of a class that [dev.sluice.codec.Cbor#of(Class)] knows
    /// @return its version
    /// @throws SpaceException `TOO_LARGE`, `FULL`
    default long put(String key, Object value) {
        return put(key, Entry.encode(value), Lifetime.permanent());
    }

    /// Stores encoded bytes, for a time.
    ///
    /// @param bytes what `Codec.encode` made; copied
    /// @return its version
    /// @throws SpaceException `TOO_LARGE`, `FULL`
    long put(String key, byte[] bytes, Lifetime lifetime);

    /// Stores a value as CBOR if the key is as the caller believes.
    ///
    /// @param version what [Entry#version] was; 0 if there shall be no such key
    /// @return the new version; empty if the key had another version, and nothing has changed
    /// @throws SpaceException `TOO_LARGE`, `FULL`
    default OptionalLong compareAndSet(String key, long version, Object value) {
        return compareAndSet(key, version, Entry.encode(value), Lifetime.permanent());
    }

    /// Stores encoded bytes, for a time, if the key is as the caller believes.
    ///
    /// @return the new version; empty if the key had another version, and nothing has changed
    /// @throws SpaceException `TOO_LARGE`, `FULL`
    OptionalLong compareAndSet(String key, long version, byte[] bytes, Lifetime lifetime);

    /// Changes a value in one step, again and again until nobody came in between. What it stores is permanent.
    ///
    /// @param absent what the change begins with if there is no such key
    /// @param change from the old value to the new one; may be called several times
    /// @return the new value
    default <T> T update(String key, Class<T> type, T absent, UnaryOperator<T> change) {
        Codec<T> codec = Codecs.of(type);
        while (true) {
            Optional<Entry> entry = get(key);
            T value = change.apply(entry.map(now -> now.as(codec)).orElse(absent));
            long version = entry.map(Entry::version).orElse(0L);
            if (compareAndSet(key, version, codec.encode(value), Lifetime.permanent())
                    .isPresent()) {
                return value;
            }
        }
    }

    /// Removes a key.
    ///
    /// @return whether there was one
    boolean remove(String key);

    /// Removes a key if it is as the caller believes.
    ///
    /// @param version what [Entry#version] was
    /// @return whether it was, and is removed now
    boolean remove(String key, long version);

    /// The entries whose keys begin so, in the order of their keys. Each is whole, and was there at some moment
    /// of the call; all of them need not have been at the same.
    ///
    /// @param prefix empty for all
    List<Entry> list(String prefix);

    /// Begins to watch the keys that begin so.
    ///
    /// The watch gives what is there, key by key, and then what changes. It keeps the last state of each key,
    /// not each change: whoever is slow may miss those in between, never the last. Versions of a key come in
    /// their order.
    ///
    /// @param prefix a key, with what it is the beginning of; empty for all
    Watch watch(String prefix);

    /// What a key stores.
    ///
    /// Threads: immutable.
    final class Entry {
        private final String key;
        private final long version;
        private final byte[] bytes;

        /// @param bytes the encoded value; handed over
        public Entry(String key, long version, byte[] bytes) {
            this.key = key;
            this.version = version;
            this.bytes = bytes;
        }

        /// The key.
        public String key() {
            return key;
        }

        /// The number of the change that stored it.
        public long version() {
            return version;
        }

        /// The encoded value, in an array of the caller's own.
        public byte[] bytes() {
            return bytes.clone();
        }

        /// The value, which was put as CBOR.
        ///
        /// @throws dev.sluice.codec.CodecException if it is of another type
        public <T> T as(Class<T> type) {
            return as(Codecs.of(type));
        }

        /// The value.
        ///
        /// @throws dev.sluice.codec.CodecException if it is of another type
        public <T> T as(Codec<T> codec) {
            return codec.decode(bytes);
        }

        private static <T> byte[] encode(T value) {
            @SuppressWarnings("unchecked") // the class of a value is one of its types
            Class<T> type = (Class<T>) value.getClass();
            return Codecs.of(type).encode(value);
        }

        @Override
        @SuppressWarnings("exports") // an annotation
        public boolean equals(@Nullable Object other) {
            return other instanceof Entry entry
                    && key.equals(entry.key)
                    && version == entry.version
                    && Arrays.equals(bytes, entry.bytes);
        }

        @Override
        public int hashCode() {
            return Objects.hash(key, version);
        }

        @Override
        public String toString() {
            return key + "@" + version + " (" + bytes.length + " bytes)";
        }
    }

    /// What happened to a key.
    sealed interface Change {
        /// The key.
        String key();

        /// The key has this value now.
        record Put(Entry entry) implements Change {
            @Override
            public String key() {
                return entry.key();
            }
        }

        /// There is no such key any more: it was removed, its time was over, or its owner has gone.
        record Removed(String key) implements Change {}
    }

    /// What changes, for one who looks.
    ///
    /// Threads: any of the process that watches; each change goes to one of those who wait.
    interface Watch extends AutoCloseable, Iterable<Change> {
        /// The next change; waits while there is none.
        ///
        /// @throws SpaceException `FINISHED` after [#close]
        /// @throws dev.sluice.cancel.CancelledException if the caller is cancelled; nothing is lost then
        Change next();

        /// The next change, if there is one.
        Optional<Change> poll();

        /// Ends the watch; who waits gets the end. Again it does nothing.
        @Override
        void close();

        /// Changes until the watch is closed; waits in `hasNext`.
        @Override
        java.util.Iterator<Change> iterator();
    }

    /// How long an entry stays.
    ///
    /// @param owned whether it vanishes with the opening of the space that put it: when that is closed, or
    ///     its process dies
    /// @param expiry when it vanishes; empty for never
    record Lifetime(boolean owned, Optional<Duration> expiry) {
        public Lifetime {
            expiry.ifPresent(time -> {
                if (time.isNegative() || time.isZero() || time.compareTo(Duration.ofDays(365)) > 0) {
                    throw new IllegalArgumentException("lifetime: expiry=" + time + ", expected above 0 to 365 days");
                }
            });
        }

        /// Until it is replaced or removed.
        public static Lifetime permanent() {
            return new Lifetime(false, Optional.empty());
        }

        /// As long as the space is open where it was put.
        public static Lifetime ephemeral() {
            return new Lifetime(true, Optional.empty());
        }

        /// For a time, from now on.
        ///
        /// @param expiry above zero, at most 365 days
        public static Lifetime expiring(Duration expiry) {
            return new Lifetime(false, Optional.of(expiry));
        }
    }

    /// What a namespace is made with.
    ///
    /// @param keys how many there may be, 1 to 2^20
    /// @param itemBytes how large an encoded value may be, 1 to what the distance allows
    record Options(int keys, int itemBytes) {
        public Options {
            if (keys < 1 || keys > 1 << 20) {
                throw new IllegalArgumentException("namespace options: keys=" + keys + ", expected 1.." + (1 << 20));
            }
            if (itemBytes < 1 || itemBytes > 1 << 30) {
                throw new IllegalArgumentException(
                        "namespace options: itemBytes=" + itemBytes + ", expected 1.." + (1 << 30));
            }
        }

        /// 1024 keys with values of up to 4 KiB.
        public static Options defaults() {
            return new Options(1024, 1 << 12);
        }

        public Options withKeys(int keys) {
            return new Options(keys, itemBytes);
        }

        public Options withItemBytes(int itemBytes) {
            return new Options(keys, itemBytes);
        }
    }
}
