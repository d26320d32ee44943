package dev.sluice.internal.local;

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
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;

/// One opening of a `local:` space.
///
///     open ──close──▶ closed: waits are refused, then claims are lost, then the objects are left
///
/// Invariant: what begins to wait, or to hold something, after `closed` was set finds it set and takes itself
/// back; what began before is found by [#close].
/// Threads: any.
final class LocalSpace implements Space {
    /// 64 MiB: more in one item is a mistake.
    static final int LARGEST_ITEM = 1 << 26;

    private static final String DEAD = ".dead";

    private final Realm realm;
    private final AtomicBoolean closed = new AtomicBoolean();
    private final Set<Monitor> used = ConcurrentHashMap.newKeySet();
    final Set<Claim> claims = ConcurrentHashMap.newKeySet();
    private final Set<LocalPipe<?>> pipes = ConcurrentHashMap.newKeySet();

    LocalSpace(Realm realm) {
        this.realm = realm;
    }

    @Override
    public String address() {
        return realm.address();
    }

    @Override
    public Capabilities capabilities() {
        return new Capabilities(Distance.PROCESS, false, Optional.empty(), true, LARGEST_ITEM);
    }

    boolean closed() {
        return closed.get();
    }

    /// @throws SpaceException if it is closed
    void requireOpen(String doing, Monitor of) {
        if (closed()) {
            throw closedException(doing, of);
        }
    }

    private void requireOpen(String doing) {
        if (closed()) {
            throw new SpaceException(Problem.CLOSED, doing + " " + address() + ": the space was closed here");
        }
    }

    SpaceException closedException(String doing, Monitor of) {
        return new SpaceException(Problem.CLOSED, doing + " " + of.subject() + ": the space was closed here");
    }

    private <S extends Monitor> S object(Class<S> type, Kind kind, String name, Function<String, S> make) {
        S object = realm.object(type, kind, name, make);
        use(object);
        return object;
    }

    private void use(Monitor object) {
        if (!closed() && used.add(object)) {
            object.use();
        }
        if (closed()) {
            if (used.remove(object)) {
                object.close(this);
            }
            throw closedException("open", object);
        }
    }

    @Override
    public <T> Queue<T> queue(String name, Codec<T> codec, Queue.Options options) {
        requireItem("queue", name, options.itemBytes());
        Realm.requireName("open QUEUE of " + address(), name);
        if (options.deliveries() > 0) {
            Realm.requireName("open dead letters of QUEUE of " + address(), name + DEAD);
        }
        QueueState state = object(QueueState.class, Kind.QUEUE, name, made -> new QueueState(realm, made, options));
        return new LocalQueue<>(this, state, codec);
    }

    /// The queue of what was not done, in the options of the queue it comes from.
    QueueState deadLetters(QueueState of) {
        QueueState state = graveyard(of);
        use(state);
        return state;
    }

    /// The same, for who only puts something there; also when this opening is closed.
    QueueState graveyard(QueueState of) {
        Queue.Options options = of.options().withDeliveries(0);
        return realm.object(QueueState.class, Kind.QUEUE, of.name + DEAD, made -> new QueueState(realm, made, options));
    }

    @Override
    public <T> Pipe<T> pipe(String name, Codec<T> codec, Pipe.Options options) {
        return localPipe(name, codec, options);
    }

    private <T> LocalPipe<T> localPipe(String name, Codec<T> codec, Pipe.Options options) {
        PipeState state = object(PipeState.class, Kind.PIPE, name, made -> new PipeState(realm, made, options));
        LocalPipe<T> end = new LocalPipe<>(this, state, codec);
        pipes.add(end);
        if (closed()) {
            end.close();
            throw closedException("open", state);
        }
        return end;
    }

    @Override
    public Connection connection(String name, Pipe.Options options) {
        LocalPipe<byte[]> pipe = localPipe(name, Codec.raw(), options);
        return new PipeConnection(pipe, pipe.options(), address() + "/" + name, pipe.end());
    }

    void forget(LocalPipe<?> end) {
        pipes.remove(end);
    }

    @Override
    public <T> Topic<T> topic(String name, Codec<T> codec, Topic.Options options) {
        requireItem("topic", name, options.itemBytes());
        TopicState state = object(TopicState.class, Kind.TOPIC, name, made -> new TopicState(realm, made, options));
        return new LocalTopic<>(this, state, codec);
    }

    @Override
    public Namespace namespace(String name, Namespace.Options options) {
        requireItem("namespace", name, options.itemBytes());
        NamespaceState state =
                object(NamespaceState.class, Kind.NAMESPACE, name, made -> new NamespaceState(realm, made, options));
        return new LocalNamespace(this, state);
    }

    @Override
    public <T> Value<T> value(String name, Codec<T> codec, T initial, Value.Options options) {
        requireItem("value", name, options.bytes());
        byte[] first = codec.encode(initial);
        Encoded.requireSize("open value " + name + " of", address(), first.length, options.bytes());
        ValueState state =
                object(ValueState.class, Kind.VALUE, name, made -> new ValueState(realm, made, options.bytes(), first));
        return new LocalValue<>(this, state, codec);
    }

    @Override
    public Array array(String name, int length) {
        requireRange("array " + name, "length", length, (1 << 27) - 1);
        LocalArray array = object(LocalArray.class, Kind.ARRAY, name, made -> new LocalArray(realm, made, length));
        requireSame(array, "length", length, array.length());
        return array.in(this);
    }

    @Override
    public SharedLock lock(String name) {
        LockState state = object(LockState.class, Kind.LOCK, name, made -> new LockState(realm, Kind.LOCK, made));
        requireKind(state, Kind.LOCK);
        return new LocalLock(this, state, true);
    }

    @Override
    public SharedReadWriteLock readWriteLock(String name) {
        LockState state = object(
                LockState.class, Kind.READ_WRITE_LOCK, name, made -> new LockState(realm, Kind.READ_WRITE_LOCK, made));
        requireKind(state, Kind.READ_WRITE_LOCK);
        return new LocalReadWriteLock(name, new LocalLock(this, state, false), new LocalLock(this, state, true));
    }

    private record LocalReadWriteLock(String name, SharedLock read, SharedLock write) implements SharedReadWriteLock {}

    @Override
    public SharedSemaphore semaphore(String name, int permits) {
        requireRange("semaphore " + name, "permits", permits, 4096);
        SemaphoreState state =
                object(SemaphoreState.class, Kind.SEMAPHORE, name, made -> new SemaphoreState(realm, made, permits));
        requireSame(state, "permits", permits, state.permits());
        return state.in(this);
    }

    @Override
    public SharedEvent event(String name) {
        return object(EventState.class, Kind.EVENT, name, made -> new EventState(realm, made))
                .in(this);
    }

    @Override
    public SharedBarrier barrier(String name, int parties) {
        requireRange("barrier " + name, "parties", parties, 4096);
        BarrierState state =
                object(BarrierState.class, Kind.BARRIER, name, made -> new BarrierState(realm, made, parties));
        requireSame(state, "parties", parties, state.parties());
        return state.in(this);
    }

    @Override
    public SharedCondition condition(String name) {
        return object(ConditionState.class, Kind.CONDITION, name, made -> new ConditionState(realm, made))
                .in(this);
    }

    @Override
    public SharedCounter counter(String name) {
        return object(CounterState.class, Kind.COUNTER, name, made -> new CounterState(realm, made))
                .in(this);
    }

    private void requireItem(String kind, String name, int bytes) {
        requireRange(kind + " " + name, "itemBytes", bytes, LARGEST_ITEM);
    }

    private void requireRange(String what, String of, int value, int most) {
        if (value < 1 || value > most) {
            throw new IllegalArgumentException(
                    "open " + what + " of " + address() + ": " + of + "=" + value + ", expected 1.." + most);
        }
    }

    private static void requireSame(Monitor object, String what, int asked, int made) {
        if (asked != made) {
            throw new SpaceException(
                    Problem.MISMATCH,
                    "open " + object.subject() + ": " + what + "=" + asked + ", expected " + made + " as it was made");
        }
    }

    private static void requireKind(Monitor object, Kind kind) {
        if (object.kind != kind) {
            throw new SpaceException(
                    Problem.MISMATCH, "open " + object.subject() + ": kind=" + object.kind + ", expected " + kind);
        }
    }

    @Override
    public List<Item> list() {
        requireOpen("list");
        return realm.list();
    }

    @Override
    public boolean remove(String name) {
        Realm.requireName("remove from " + address(), name);
        requireOpen("remove " + name + " of");
        return realm.remove(name);
    }

    @Override
    public void close() {
        if (closed.getAndSet(true)) { // pairs with closed(), as the invariant says
            return;
        }
        used.forEach(object -> object.refuse(this)); // first, or what is given back would go to them
        pipes.forEach(LocalPipe::close);
        claims.forEach(Claim::lose);
        for (Monitor object : List.copyOf(used)) {
            if (used.remove(object) && object.close(this) && !realm.contains(object)) {
                object.disarm();
            }
        }
        Claim.Holder.forget(this);
        realm.leave();
    }

    @Override
    public String toString() {
        return "space " + address();
    }
}
