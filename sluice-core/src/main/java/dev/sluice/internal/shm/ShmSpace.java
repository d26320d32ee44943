package dev.sluice.internal.shm;

import dev.sluice.codec.Codec;
import dev.sluice.internal.space.PipeConnection;
import dev.sluice.net.Connection;
import dev.sluice.space.Array;
import dev.sluice.space.Namespace;
import dev.sluice.space.Pipe;
import dev.sluice.space.Queue;
import dev.sluice.space.Space;
import dev.sluice.space.SpaceException;
import dev.sluice.space.SpaceException.Problem;
import dev.sluice.space.Topic;
import dev.sluice.space.Value;
import dev.sluice.space.sync.SharedBarrier;
import dev.sluice.space.sync.SharedCondition;
import dev.sluice.space.sync.SharedCounter;
import dev.sluice.space.sync.SharedEvent;
import dev.sluice.space.sync.SharedLock;
import dev.sluice.space.sync.SharedReadWriteLock;
import dev.sluice.space.sync.SharedSemaphore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// One opening of a `shm:` space: a directory, and what this opening has open in it, each thing once.
///
/// Threads: any. `lock` guards `open`, `others` and `closed`.
final class ShmSpace implements Space {
    private static final String DEAD = ".dead";

    private final String name;
    private final SharedDirectory directory;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, SharedObject> open = new HashMap<>();
    private final Set<SharedObject> others = new HashSet<>(); // ends of pipes, and what has lost its name
    private boolean closed;

    ShmSpace(String name, SharedDirectory directory) {
        this.name = name;
        this.directory = directory;
    }

    @Override
    public String address() {
        return "shm:" + name;
    }

    @Override
    public Capabilities capabilities() {
        return new Capabilities(Distance.MACHINE, true, Optional.empty(), true, QueueOptions.MOST_ITEM_BYTES);
    }

    // ---- objects

    /// What opens a file.
    private interface Opener<S> {
        S open(SharedDirectory directory, String name) throws IOException;
    }

    /// What this opening has under a name, opened if it is not.
    private <S extends SharedObject> S object(Class<S> type, String object, Opener<S> opener) {
        ShmProvider.requireName("open object of " + address(), object);
        lock.lock();
        try {
            requireOpen("open " + object + " of");
            SharedObject known = current(object);
            if (known != null && !type.isInstance(known)) {
                throw new SpaceException(
                        Problem.MISMATCH,
                        "open " + object + " of " + address() + ": it is " + known + ", expected another kind");
            }
            S result = known == null ? opener.open(directory, object) : type.cast(known);
            open.put(object, result);
            return result;
        } catch (IOException e) {
            throw ShmProvider.failure(e);
        } finally {
            lock.unlock();
        }
    }

    /// What this opening has under a name, unless somebody has taken that away.
    private @Nullable SharedObject current(String object) throws IOException {
        SharedObject known = open.get(object);
        if (known == null || directory.isSame(object, known.file().descriptor())) {
            return known;
        }
        open.remove(object);
        others.add(known);
        return null;
    }

    /// The caller holds the lock: the number of a closed directory may be that of another one already.
    private void requireOpen(String doing) {
        assert lock.isHeldByCurrentThread();
        if (closed) {
            throw new SpaceException(Problem.CLOSED, doing + " " + address() + ": the space was closed here");
        }
    }

    private void requireItem(String object, int bytes) {
        if (bytes > QueueOptions.MOST_ITEM_BYTES) {
            throw new SpaceException(
                    Problem.UNSUPPORTED,
                    "open " + object + " of " + address() + ": itemBytes=" + bytes + ", expected at most "
                            + QueueOptions.MOST_ITEM_BYTES);
        }
    }

    @Override
    public <T> Queue<T> queue(String object, Codec<T> codec, Queue.Options options) {
        requireItem(object, options.itemBytes());
        ShmProvider.requireName("open object of " + address(), object);
        if (options.deliveries() > 0) {
            ShmProvider.requireName("open dead letters of " + address(), object + DEAD);
        }
        return new ShmQueue<>(this, object, sharedQueue(object, options), codec);
    }

    SharedQueue sharedQueue(String object, Queue.Options options) {
        return object(SharedQueue.class, object, (where, file) -> {
            var limits =
                    new QueueOptions(options.capacity(), options.itemBytes(), options.levels(), options.deliveries());
            SharedQueue queue = SharedQueue.open(where, file, limits);
            queue.graveyard((item, level) -> bury(file, queue.options(), item, level));
            return queue;
        });
    }

    /// Puts an item that was delivered too often where it belongs.
    ///
    /// @return false if there is no room, or no such place
    private boolean bury(String object, QueueOptions options, byte[] item, int level) {
        try {
            SharedQueue grave = deadLetters(object, options);
            return item.length <= grave.options().itemBytes()
                    && grave.tryPut(
                                    item,
                                    item.length,
                                    Math.min(level, grave.options().levels() - 1))
                            == SharedQueue.Put.DONE;
        } catch (SpaceException | IllegalArgumentException taken) {
            return false; // as if it were full
        }
    }

    SharedQueue deadLetters(String object, QueueOptions of) {
        var options = new Queue.Options(of.capacity(), of.itemBytes(), of.levels(), 0);
        return sharedQueue(object + DEAD, options);
    }

    @Override
    public <T> Pipe<T> pipe(String object, Codec<T> codec, Pipe.Options options) {
        return new ShmPipe<>(this, object, sharedPipe(object, options), codec);
    }

    @Override
    public Connection connection(String object, Pipe.Options options) {
        SharedPipe pipe = sharedPipe(object, options);
        return new PipeConnection(
                new ShmPipe<>(this, object, pipe, Codec.raw()),
                new Pipe.Options(pipe.bytes()),
                address() + "/" + object,
                pipe.end());
    }

    private SharedPipe sharedPipe(String object, Pipe.Options options) {
        ShmProvider.requireName("open object of " + address(), object);
        lock.lock();
        try {
            requireOpen("open " + object + " of");
            SharedPipe pipe = SharedPipe.open(directory, object, options.bytes());
            others.add(pipe);
            return pipe;
        } catch (IOException e) {
            throw ShmProvider.failure(e);
        } finally {
            lock.unlock();
        }
    }

    /// A pipe was closed.
    void forget(SharedPipe pipe) {
        lock.lock();
        try {
            others.remove(pipe);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public <T> Topic<T> topic(String object, Codec<T> codec, Topic.Options options) {
        requireItem(object, options.itemBytes());
        return new ShmTopic<>(
                object(TopicWords.class, object, (where, file) -> TopicWords.open(where, file, options)), codec);
    }

    @Override
    public Namespace namespace(String object, Namespace.Options options) {
        requireItem(object, options.itemBytes());
        return new ShmNamespace(
                object(NamespaceWords.class, object, (where, file) -> NamespaceWords.open(where, file, options)));
    }

    @Override
    public <T> Value<T> value(String object, Codec<T> codec, T initial, Value.Options options) {
        requireItem(object, options.bytes());
        byte[] first = codec.encode(initial);
        ShmValue.requireSize(object + " of " + address(), first, options.bytes());
        ValueWords words =
                object(ValueWords.class, object, (where, file) -> ValueWords.open(where, file, options.bytes(), first));
        return new ShmValue<>(words, codec);
    }

    @Override
    public Array array(String object, int length) {
        return object(ShmArray.class, object, (where, file) -> ShmArray.open(where, file, length))
                .requireLength(length);
    }

    @Override
    public SharedLock lock(String object) {
        return object(ShmLock.class, object, (where, file) -> ShmLock.open(this, where, file));
    }

    @Override
    public SharedReadWriteLock readWriteLock(String object) {
        return object(ShmReadWriteLock.class, object, (where, file) -> ShmReadWriteLock.open(this, where, file));
    }

    @Override
    public SharedSemaphore semaphore(String object, int permits) {
        return object(ShmSemaphore.class, object, (where, file) -> ShmSemaphore.open(this, where, file, permits))
                .requirePermits(permits);
    }

    @Override
    public SharedEvent event(String object) {
        return object(ShmEvent.class, object, ShmEvent::open);
    }

    @Override
    public SharedBarrier barrier(String object, int parties) {
        return object(ShmBarrier.class, object, (where, file) -> ShmBarrier.open(where, file, parties))
                .requireParties(parties);
    }

    @Override
    public SharedCondition condition(String object) {
        return object(ShmCondition.class, object, (where, file) -> ShmCondition.open(this, where, file));
    }

    @Override
    public SharedCounter counter(String object) {
        return object(ShmCounter.class, object, ShmCounter::open);
    }

    // ---- what there is

    @Override
    public List<Item> list() {
        List<Item> items = new ArrayList<>();
        lock.lock();
        try {
            requireOpen("list");
            for (String object : directory.list()) {
                Optional<FileHeader.Kind> kind = SharedFile.kindOf(directory, object);
                kind.ifPresent(of -> items.add(new Item(object, Kind.valueOf(of.name()))));
            }
        } catch (IOException e) {
            throw ShmProvider.failure(e);
        } finally {
            lock.unlock();
        }
        return items;
    }

    @Override
    public boolean remove(String object) {
        ShmProvider.requireName("remove object of " + address(), object);
        lock.lock();
        try {
            requireOpen("remove " + object + " of");
            return directory.remove(object);
        } catch (IOException e) {
            throw ShmProvider.failure(e);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        List<SharedObject> all;
        lock.lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
            all = new ArrayList<>(open.values());
            all.addAll(others);
            open.clear();
            others.clear();
        } finally {
            lock.unlock();
        }
        all.forEach(SharedObject::close);
        directory.close();
    }

    /// Ends, with its small objects, as a killed process does; for tests.
    void abandon() {
        lock.lock();
        try {
            closed = true;
            for (AutoCloseable one : open.values()) {
                if (one instanceof SharedWords words && !words.isClosed()) {
                    words.abandon();
                }
            }
            for (AutoCloseable other : others) {
                if (other instanceof SharedPipe pipe && !pipe.file().hasLeft()) {
                    pipe.abandon();
                }
            }
            open.clear();
        } finally {
            lock.unlock();
        }
        directory.close();
    }

    @Override
    public String toString() {
        return address();
    }
}
