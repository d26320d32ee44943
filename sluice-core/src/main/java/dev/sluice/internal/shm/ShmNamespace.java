package dev.sluice.internal.shm;

import dev.sluice.space.Namespace;
import dev.sluice.space.SpaceException;
import dev.sluice.space.SpaceException.Problem;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;

/// A namespace between processes, as users see it.
///
/// Threads: any.
record ShmNamespace(NamespaceWords words) implements Namespace {
    private static final int LONGEST_KEY = 255;

    @Override
    public String name() {
        return words.name();
    }

    /// Runs what may meet damage.
    private <R> R use(String doing, Supplier<R> body) {
        try {
            return body.get();
        } catch (IndexOutOfBoundsException damaged) {
            throw new SpaceException(Problem.REFUSED, doing + " " + words + ": " + damaged.getMessage(), damaged);
        }
    }

    @Override
    public Optional<Entry> get(String key) {
        return use("get from", () -> Optional.ofNullable(words.get(key)));
    }

    @Override
    public long put(String key, byte[] bytes, Lifetime lifetime) {
        NamespaceWords.Content content = checked(key, bytes, lifetime);
        return version(key, use("put in", () -> words.put(content))).orElseThrow();
    }

    @Override
    public OptionalLong compareAndSet(String key, long version, byte[] bytes, Lifetime lifetime) {
        NamespaceWords.Content content = checked(key, bytes, lifetime);
        requireVersion("compare and set in", version, 0);
        return version(key, use("put in", () -> words.replace(content, version)));
    }

    private OptionalLong version(String key, long result) {
        if (result == NamespaceWords.FULL) {
            throw new SpaceException(
                    Problem.FULL,
                    "put " + key + " in " + words + ": keys=" + words.options().keys()
                            + ", expected room for one more");
        }
        return result == NamespaceWords.DIFFERENT ? OptionalLong.empty() : OptionalLong.of(result);
    }

    private void requireVersion(String doing, long version, long least) {
        if (version < least) {
            throw new IllegalArgumentException(
                    doing + " " + words + ": version=" + version + ", expected " + least + " or more");
        }
    }

    private NamespaceWords.Content checked(String key, byte[] bytes, Lifetime lifetime) {
        byte[] name = key.getBytes(StandardCharsets.UTF_8);
        if (name.length < 1 || name.length > LONGEST_KEY) {
            throw new IllegalArgumentException(
                    "put in " + words + ": bytes of key=" + name.length + ", expected 1.." + LONGEST_KEY);
        }
        if (bytes.length > words.options().itemBytes()) {
            throw new SpaceException(
                    Problem.TOO_LARGE,
                    "put " + key + " in " + words + ": bytes=" + bytes.length + ", expected at most "
                            + words.options().itemBytes());
        }
        long due = lifetime.expiry()
                .map(time -> NamespaceWords.now() + time.toNanos())
                .orElse(NamespaceWords.NEVER);
        return new NamespaceWords.Content(name, bytes, lifetime.owned(), due);
    }

    @Override
    public boolean remove(String key) {
        return use("remove from", () -> words.remove(key, 0));
    }

    @Override
    public boolean remove(String key, long version) {
        requireVersion("remove from", version, 1);
        return use("remove from", () -> words.remove(key, version));
    }

    @Override
    public List<Entry> list(String prefix) {
        return use("list", () -> List.copyOf(words.list(prefix)));
    }

    @Override
    public Watch watch(String prefix) {
        return use("watch", () -> new NamespaceWatch(words, prefix));
    }

    @Override
    public String toString() {
        return words.toString();
    }
}
