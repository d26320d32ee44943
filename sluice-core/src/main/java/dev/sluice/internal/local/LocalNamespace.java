package dev.sluice.internal.local;

import dev.sluice.channel.Received;
import dev.sluice.internal.space.Incoming;
import dev.sluice.space.Namespace;
import dev.sluice.space.SpaceException;
import dev.sluice.space.SpaceException.Problem;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// A namespace, as one opening sees it.
///
/// Threads: any.
record LocalNamespace(LocalSpace opening, NamespaceState state) implements Namespace {
    private static final int LONGEST_KEY = 255;

    @Override
    public String name() {
        return state.name;
    }

    @Override
    public Optional<Entry> get(String key) {
        opening.requireOpen("get from", state);
        return Optional.ofNullable(state.get(key));
    }

    @Override
    public long put(String key, byte[] bytes, Lifetime lifetime) {
        check(key, bytes);
        return version(key, state.put(opening, key, bytes.clone(), lifetime)).orElseThrow();
    }

    @Override
    public OptionalLong compareAndSet(String key, long version, byte[] bytes, Lifetime lifetime) {
        check(key, bytes);
        requireVersion("compare and set in", version, 0);
        return version(key, state.replace(opening, key, bytes.clone(), lifetime, version));
    }

    private OptionalLong version(String key, long result) {
        if (result == NamespaceState.FULL) {
            throw new SpaceException(
                    Problem.FULL,
                    "put " + key + " in " + state.subject() + ": keys="
                            + state.options().keys() + ", expected room for one more");
        }
        return result == NamespaceState.DIFFERENT ? OptionalLong.empty() : OptionalLong.of(result);
    }

    private void requireVersion(String doing, long version, long least) {
        if (version < least) {
            throw new IllegalArgumentException(
                    doing + " " + state.subject() + ": version=" + version + ", expected " + least + " or more");
        }
    }

    private void check(String key, byte[] bytes) {
        int length = key.getBytes(StandardCharsets.UTF_8).length;
        if (length < 1 || length > LONGEST_KEY) {
            throw new IllegalArgumentException(
                    "put in " + state.subject() + ": bytes of key=" + length + ", expected 1.." + LONGEST_KEY);
        }
        Encoded.requireSize(
                "put " + key + " in",
                state.subject(),
                bytes.length,
                state.options().itemBytes());
    }

    @Override
    public boolean remove(String key) {
        return state.remove(opening, key, 0);
    }

    @Override
    public boolean remove(String key, long version) {
        requireVersion("remove from", version, 1);
        return state.remove(opening, key, version);
    }

    @Override
    public List<Entry> list(String prefix) {
        opening.requireOpen("list", state);
        return state.list(prefix);
    }

    @Override
    public Watch watch(String prefix) {
        opening.requireOpen("watch", state);
        return new LocalWatch(this, state.watch(opening, prefix));
    }

    @Override
    public String toString() {
        return state.subject();
    }

    private record LocalWatch(LocalNamespace namespace, NamespaceState.Pending pending) implements Watch {
        @Override
        public Change next() {
            Change change = take();
            if (change == NamespaceState.END) {
                throw new SpaceException(Problem.FINISHED, "watch " + namespace + ": the watch was closed");
            }
            return change;
        }

        private Change take() {
            return pending.watchers.await(namespace.opening, pending::hasChange, pending::next);
        }

        @Override
        public Optional<Change> poll() {
            return Optional.ofNullable(pending.watchers.tryNow(namespace.opening, pending::hasChange, pending::next))
                    .filter(change -> change != NamespaceState.END);
        }

        @Override
        public void close() {
            namespace.state.unwatch(pending);
        }

        @Override
        public Iterator<Change> iterator() {
            return new Incoming<>(() -> {
                Change change = take();
                return change == NamespaceState.END ? new Received.Done<>() : new Received.Value<>(change);
            });
        }
    }
}
